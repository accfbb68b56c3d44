"""Limits: what does not fit is a problem before anything leaves."""

from dataclasses import replace

from platforms.checking import problems_of, stopping
from platforms.fitting import fitted
from platforms.values import Rendition
from tests.platforms.contract_base import ContractBase, picture


class LimitsContract(ContractBase):
    def codes(self, rendition: Rendition) -> set[str]:
        limits = self.limits()
        if limits.picture_shape:  # as the renderer does before anything is checked or sent
            media = fitted(rendition.media, limits.picture_shape, types=limits.image_types)
            rendition = replace(rendition, media=media)
        found = stopping(problems_of(self.adapter, rendition, limits))
        return {problem.code for problem in found}

    def test_what_fits_has_no_problem(self):
        assert self.codes(self.text_post) == set()
        assert self.codes(self.picture_post) == set()

    def test_text_at_the_limit_fits_and_one_more_does_not(self):
        most = self.limits().text_max
        assert self.codes(replace(self.text_post, text="x" * most)) == set()
        assert self.codes(replace(self.text_post, text="x" * (most + 1))) == {"text_too_long"}

    def test_too_many_pictures_are_a_problem(self):
        most = self.limits().images_max
        media = tuple(picture(n) for n in range(1, most + 2))
        assert "too_many_images" in self.codes(replace(self.picture_post, media=media))

    def test_a_picture_of_the_wrong_kind_or_size_is_a_problem(self):
        most = self.limits().image_bytes_max
        wrong = replace(self.picture_post, media=(picture(mime="image/x-icon"),))
        large = replace(self.picture_post, media=(picture(size=most + 1),))
        is_converted = self.limits().picture_shape is not None
        assert self.codes(wrong) == (set() if is_converted else {"image_type"})
        assert self.codes(large) == (set() if is_converted else {"image_too_large"})

    def test_an_option_the_platform_does_not_have_is_a_problem(self):
        odd = replace(self.text_post, options={"glitter": True})
        assert self.codes(odd) == {"unknown_option"}
