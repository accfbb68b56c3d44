"""What X takes from accounts with a subscription and without, and of GIFs."""

from typing import Any

import pytest

from platforms.adapters.twitter import Twitter
from platforms.checking import limits_for, problems_of
from platforms.fitting import fitted
from platforms.values import Rendition
from tests.platforms.contract_base import picture

PREMIUM = {"tier": "premium"}
VIDEO: dict[str, Any] = {
    "type": "video",
    "mime": "video/mp4",
    "alt": "",
    "width": 640,
    "height": 360,
}


def found(rendition, facts, channel="tweet"):
    limits = limits_for(Twitter, channel, facts)
    return {problem.code: problem.level for problem in problems_of(Twitter, rendition, limits)}


@pytest.mark.parametrize("facts", [{}, {"tier": ""}, {"tier": "unheard of"}])
def test_without_a_subscription_posts_are_short(facts):
    assert limits_for(Twitter, "tweet", facts).text_max == 280
    assert found(Rendition("tweet", "a" * 281), facts) == {"text_too_long": "stop"}


def test_with_a_subscription_they_are_long_and_threads_are_cut_as_before():
    assert found(Rendition("tweet", "a" * 25_000), PREMIUM) == {}
    assert found(Rendition("tweet", "a" * 25_001), PREMIUM) == {"text_too_long": "stop"}
    assert limits_for(Twitter, "thread", PREMIUM).part_max == 280


@pytest.mark.parametrize(
    ("seconds", "facts", "codes"),
    [
        (140, {}, {}),
        (141, {}, {"video_may_be_too_long": "warn"}),
        (1_201, {}, {"video_too_long": "stop", "video_may_be_too_long": "warn"}),
        (1_201, PREMIUM, {}),
        (7_501, PREMIUM, {"video_too_long": "stop"}),
    ],
)
@pytest.mark.parametrize("channel", ["tweet", "thread"])
def test_how_long_a_video_may_be(channel, seconds, facts, codes):
    post = Rendition(channel, "One.\n---\nTwo.", media=(picture(**VIDEO, duration=seconds),))
    assert found(post, facts, channel) == codes


def test_the_subscriptions_that_staff_may_choose_are_those_that_count():
    tiers = [name for name in Twitter.tiers() if name]
    usual = limits_for(Twitter, "tweet", {})
    assert all(limits_for(Twitter, "tweet", {"tier": name}) != usual for name in tiers)


@pytest.mark.parametrize(
    ("size", "mime"),
    [(5_000_001, "image/gif"), (15_000_000, "image/gif"), (15_000_001, "image/jpeg")],
)
def test_a_gif_may_be_larger_than_a_picture_and_moves_until_it_is_too_large(size, mime):
    limits = limits_for(Twitter, "tweet", {})
    assert limits.picture_shape
    gif = picture(mime="image/gif", size=size, name="1.gif")
    (sent,) = fitted((gif,), limits.picture_shape, types=limits.image_types)
    assert sent.mime == mime
    codes = found(Rendition("tweet", "Look.", media=(sent,)), {})
    assert codes == ({} if mime == "image/gif" else {"picture_still": "warn"})


def test_a_picture_that_is_no_gif_is_made_smaller_as_before():
    limits = limits_for(Twitter, "tweet", {})
    assert limits.picture_shape
    large = picture(mime="image/png", size=5_000_001)
    (sent,) = fitted((large,), limits.picture_shape, types=limits.image_types)
    assert sent.fitting
