"""Limits: what does not fit is a problem before anything leaves."""

from platforms.checking import problems_of, stopping
from platforms.values import Rendition
from tests.platforms.contract_base import ContractBase, picture


class LimitsContract(ContractBase):
    def codes(self, rendition: Rendition) -> set[str]:
        found = stopping(problems_of(self.adapter, rendition, self.limits()))
        return {problem.code for problem in found}

    def test_what_fits_has_no_problem(self):
        assert self.codes(self.text_post) == set()
        assert self.codes(self.picture_post) == set()

    def test_text_at_the_limit_fits_and_one_more_does_not(self):
        channel, most = self.adapter.channels[0].slug, self.limits().text_max
        assert self.codes(Rendition(channel, "x" * most)) == set()
        assert self.codes(Rendition(channel, "x" * (most + 1))) == {"text_too_long"}

    def test_too_many_pictures_are_a_problem(self):
        most = self.limits().images_max
        media = tuple(picture(n) for n in range(1, most + 2))
        channel = self.adapter.channels[0].slug
        assert self.codes(Rendition(channel, "Look.", media=media)) == {"too_many_images"}

    def test_a_picture_of_the_wrong_kind_or_size_is_a_problem(self):
        channel, most = self.adapter.channels[0].slug, self.limits().image_bytes_max
        wrong = Rendition(channel, "Look.", media=(picture(mime="image/x-icon"),))
        large = Rendition(channel, "Look.", media=(picture(size=most + 1),))
        assert self.codes(wrong) == {"image_type"}
        assert self.codes(large) == {"image_too_large"}

    def test_an_option_the_platform_does_not_have_is_a_problem(self):
        odd = Rendition(self.adapter.channels[0].slug, "Hello", options={"glitter": True})
        assert self.codes(odd) == {"unknown_option"}
