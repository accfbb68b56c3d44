"""Videos in the composer: taken in, shown, judged by each channel's rules, and scheduled."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from content.models import MediaAsset
from content.uploads import keep_upload
from desk.happening import happening
from posting.models import Post
from tests.content.films import film
from tests.content.pictures import picture
from tests.desk.composing import CHECK, COMPOSE, form
from tests.factories import AccountFactory, BrandFactory, PostFactory

PICTURES = reverse("desk:compose_picture")
FEED, REEL, STORY = "feed-post", "reel", "story"


@pytest.fixture
def wall(people):
    return AccountFactory(brand=people.brand)


@pytest.fixture
def toot(people):
    return AccountFactory(brand=people.brand, platform="mastodon")


@pytest.fixture
def mairi(client, people, data_dir):
    client.force_login(people.mairi)
    return client


def kept(brand, data=None, name="boats.mp4") -> MediaAsset:
    return keep_upload(io.BytesIO(data or film()), name, brand=brand, by=None)


def checked(client, account, channel, *assets, **more):
    """What the page says of one channel with these pictures and videos."""
    sent = form(account, to=[f"{account.pk}/{channel}"], **more)
    answer = client.post(CHECK, sent | {"picture": [str(asset.pk) for asset in assets]})
    return answer.context["checks"], answer.content.decode()


def codes(checks) -> set[str]:
    return {row.problem.code for row in checks.problems if row.stops}


def test_a_video_is_taken_in_and_shown_with_its_length(mairi, wall):
    upload = SimpleUploadedFile("boats.mp4", film(12.5), "application/octet-stream")
    answer = mairi.post(PICTURES, {"brand": wall.brand_id, "upload": upload}).json()
    asset = MediaAsset.objects.get(pk=answer["id"])
    assert (asset.is_video, asset.duration) == (True, 12.5)
    assert (
        f'<video class="thumb lg" src="{reverse("desk:picture", args=[asset.sha256])}"'
        in (answer["row"])
    )
    assert "13 s" in answer["row"]


def test_a_video_that_cannot_be_read_is_refused_in_words(mairi, wall):
    upload = SimpleUploadedFile("boats.mp4", film()[:-20], "video/mp4")
    answer = mairi.post(PICTURES, {"brand": wall.brand_id, "upload": upload}).json()
    assert answer["refused"].startswith("boats.mp4 is cut short or damaged. It was not kept.")


@pytest.mark.parametrize(
    ("channel", "data", "expected"),
    [
        (FEED, film(600, (1920, 1080)), set()),
        (REEL, film(12.5), set()),
        (REEL, film(12.5, (1920, 1080)), {"video_ratio"}),
        (REEL, film(12.5, (270, 480)), {"video_too_small"}),
        (REEL, film(91), {"video_too_long"}),
        (REEL, film(2.5), {"video_too_short"}),
        (STORY, film(61), {"video_too_long"}),
        (STORY, film(59), set()),
        (STORY, picture(), set()),
        (REEL, picture(), {"too_many_images"}),
    ],
)
def test_each_channel_judges_by_its_own_rules(mairi, wall, channel, data, expected):
    checks, _ = checked(mairi, wall, channel, kept(wall.brand, data))
    assert codes(checks) == expected


def test_what_a_channel_needs_and_cannot_mix_is_said(mairi, wall, toot):
    still, moving = kept(wall.brand, picture()), kept(wall.brand)
    assert codes(checked(mairi, wall, FEED, still, moving)[0]) == {"mixed_media"}
    assert codes(checked(mairi, wall, STORY, still, moving)[0]) == {"mixed_media"}
    checks, page = checked(mairi, wall, REEL)
    assert codes(checks) == {"media_missing"}
    assert "Facebook needs a video here. Add one." in page
    assert codes(checked(mairi, toot, "status", moving)[0]) == set()
    toot.server_facts = {"video_types": []}
    toot.save()
    checks, page = checked(mairi, toot, "status", moving)
    assert codes(checks) == {"too_many_videos"}
    assert "A video is chosen and Mastodon takes none here. Remove it." in page


def test_a_story_is_shown_without_its_text_and_says_so(mairi, wall):
    asset = kept(wall.brand)
    checks, page = checked(mairi, wall, STORY, asset, text="Not shown there")
    (row,) = [row for row in checks.problems if row.problem.code == "text_not_shown"]
    assert not row.stops
    assert checks.counts == []
    preview = page[page.index('aria-label="Facebook, story preview') :]
    assert "Not shown there" not in preview
    assert "<video" in preview


def test_three_kinds_of_one_account_are_told_apart(mairi, wall):
    sent = form(wall, to=[f"{wall.pk}/{channel}" for channel in (FEED, REEL, STORY)])
    page = mairi.post(COMPOSE, sent | {"fix": "check"}).content.decode()
    for words in ("Own text and choices for Facebook<", "Facebook, reel<", "Facebook, story<"):
        assert words in page


def test_a_reel_is_scheduled_with_its_video(mairi, wall):
    asset = kept(wall.brand)
    sent = form(wall, to=[f"{wall.pk}/{REEL}"], picture=str(asset.pk), send="1")
    answer = mairi.post(COMPOSE, sent)
    assert answer.status_code == 302, answer.content.decode()
    post = Post.objects.get()
    assert post.channel_type.slug == REEL
    assert post.piece_version.media.get().asset == asset
    page = mairi.get(reverse("desk:post", args=[post.pk])).content.decode()
    assert "<video" in page


def ask(client, asset, wanted=None):
    headers = {"Range": wanted} if wanted else {}
    return client.get(reverse("desk:picture", args=[asset.sha256]), headers=headers)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_players_get_the_parts_they_ask_for(mairi, wall):
    asset, data = kept(wall.brand), film()
    whole = ask(mairi, asset)
    assert (whole.status_code, whole["Accept-Ranges"], body(whole)) == (200, "bytes", data)
    part = ask(mairi, asset, "bytes=10-19")
    assert (part.status_code, body(part)) == (206, data[10:20])
    assert part["Content-Range"] == f"bytes 10-19/{len(data)}"
    rest = ask(mairi, asset, "bytes=100-")
    assert (rest["Content-Length"], body(rest)) == (str(len(data) - 100), data[100:])
    assert ask(mairi, asset, f"bytes={len(data)}-").status_code == 416
    assert ask(mairi, asset, "bytes=5-4").status_code == 416
    assert body(ask(mairi, asset, "lines=1-2")) == data


def test_a_part_of_another_brands_video_is_not_there(mairi):
    assert ask(mairi, kept(BrandFactory()), "bytes=0-5").status_code == 404


def test_a_post_that_the_platform_prepares_says_so_and_not_that_it_failed(mairi, wall):
    later = timezone.now() + timedelta(minutes=5)
    words = "Facebook is still preparing video 1. The post is not out. It goes on by itself."
    post = PostFactory(
        account=wall, scheduled=True, due=later, error_class="NotReady", error_sentence=words
    )
    page = mairi.get(reverse("desk:post", args=[post.pk])).content.decode()
    assert "Facebook prepares this post; it is looked at again at" in page
    assert words in page
    assert "is tried again" not in page
    hub = mairi.get(reverse("desk:posting_hub")).content.decode()
    assert "Facebook prepares it; looked at again at" in hub
    assert f"{words} Looked at again at" in happening(post, timezone.now())
