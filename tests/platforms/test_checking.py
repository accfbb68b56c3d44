"""What is wrong with a rendition, in sentences with the platform's name and numbers."""

from collections.abc import Mapping
from typing import Any

import pytest

from platforms.adapters.facebook import Facebook
from platforms.adapters.mastodon import Mastodon
from platforms.checking import limits_for, problems_of, stopping
from platforms.values import Limits, MediaItem, Rendition

LIMITS = Limits(
    text_max=10,
    images_max=1,
    image_types=frozenset({"image/png"}),
    image_bytes_max=2_000_000,
    image_pixels_max=10_000,
    alt_max=20,
)


def picture(**facts: Any) -> MediaItem:
    known: dict[str, Any] = {"mime": "image/png", "size": 8, "width": 4, "height": 3}
    known |= {"position": 1, "type": "image", "name": "1.png", "sha256": "0", "alt": "A square"}
    return MediaItem(**{**known, **facts})


def sentences(text: str = "Hello", *media: MediaItem, link: str = "") -> dict[str, str]:
    rendition = Rendition("status", text, link, media)
    return {p.code: p.sentence for p in problems_of(Mastodon, rendition, LIMITS)}


def test_what_fits_has_no_problem():
    assert sentences("Hello", picture()) == {}


def test_a_text_that_is_too_long_says_by_how_much():
    assert sentences("x" * 1012) == {
        "text_too_long": "The text has 1,012 characters and Mastodon takes 10. Shorten it by 1,002."
    }


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_nothing_to_send_is_a_problem(text):
    assert list(sentences(text)) == ["empty"]
    assert sentences(text, picture()) == {}
    assert sentences(text, link="https://example.org") == {}


def test_too_many_pictures_say_how_many_to_remove():
    found = sentences("Hello", picture(), picture(position=2), picture(position=3))
    assert found["too_many_images"].endswith("Mastodon takes 1 here. Remove 2.")


@pytest.mark.parametrize(
    ("facts", "code", "words"),
    [
        ({"mime": "image/tiff"}, "image_type", "does not take image/tiff"),
        ({"size": 3_400_000}, "image_too_large", "has 3.4 MB and Mastodon takes 2 MB"),
        ({"width": 200, "height": 51}, "image_too_many_pixels", "200 × 51 pixels"),
        ({"alt": "x" * 21}, "alt_too_long", "21 characters"),
    ],
)
def test_a_picture_that_does_not_fit_is_named(facts, code, words):
    found = sentences("Hello", picture(position=3, **facts))
    assert list(found) == [code]
    assert "icture 3" in found[code]
    assert words in found[code]


def test_a_missing_description_is_only_a_warning():
    rendition = Rendition("status", "Hello", media=(picture(alt=" "),))
    (problem,) = problems_of(Mastodon, rendition, LIMITS)
    assert (problem.code, problem.level) == ("alt_missing", "warn")
    assert stopping([problem]) == []


@pytest.mark.parametrize(
    ("lower", "most"),
    [
        (None, 500),
        ({}, 500),
        ({"text_max": 300}, 300),
        ({"text_max": 900}, 500),
        ({"text_max": 0}, 500),
        ({"text_max": -5}, 500),
    ],
)
def test_staff_may_tighten_limits_and_not_loosen_them(lower, most):
    assert limits_for(Mastodon, "status", {}, lower).text_max == most


def test_staff_may_set_a_limit_where_the_platform_names_none():
    lower: Mapping[str, int] = {"alt_max": 1000}
    assert limits_for(Facebook, "feed-post", {}).alt_max == 0
    assert limits_for(Facebook, "feed-post", {}, lower).alt_max == 1000


def test_staff_cannot_set_what_is_no_limit():
    limits = limits_for(Mastodon, "status", {}, {"unit": 5, "count": 7, "nonsense": 1})
    assert limits.unit == "characters"
    assert limits.count("four") == 4
