"""Pictures as a channel will cut them: seen before they go out, and chosen what stays in them."""

import io

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from content.fitting import Unfit, ensure_fitted, sign_recipe
from content.media import keep_picture
from content.models import VersionMedia
from content.rendering import channel_content, item_of, render
from desk.compose.filled import Picked
from organisation.models import Role
from platforms.adapters.instagram import Instagram
from platforms.adapters.instagram.rules import FEED_SHAPE, STORY_SHAPE
from platforms.fitting import fitted
from posting.models import Post
from posting.preparing import rendition_of
from tests.content.pictures import picture
from tests.desk.composing import form
from tests.factories import AccountFactory, BrandFactory, MembershipFactory, PieceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client, data_dir):
    member = MembershipFactory(role=Role.PUBLISHER)
    client.force_login(member.user)
    return member


@pytest.fixture
def account(member):
    return AccountFactory(brand=member.brand, platform="instagram", server="sandbox")


@pytest.fixture
def asset(member):
    drawn = Image.new("RGB", (1000, 250), (250, 0, 0))
    drawn.paste((0, 0, 250), (900, 0, 1000, 250))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    file.seek(0)
    return keep_picture(file, "loom.png", brand=member.brand, by=None, alt="A loom")


def address(item):
    return reverse("desk:fitted_picture", args=[item.sha256, sign_recipe(item)])


def seen(client, item):
    answer = client.get(address(item))
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_picture_is_shown_as_it_will_go_out_and_made_once(client, member, asset):
    (item,) = fitted([item_of(asset, 1, "")], FEED_SHAPE)
    shown = seen(client, item)
    assert (shown.format, shown.size) == ("JPEG", (item.width, item.height))
    with default_storage.open(item.name) as file:
        first = file.read()
    default_storage.delete(str(asset.file))
    seen(client, item)
    ensure_fitted(item)
    with default_storage.open(item.name) as file:
        assert file.read() == first


@pytest.mark.parametrize("recipe", ["whole-of-1x1-9x9-9", "0.0.1.1-of-1x1-9000x9000-9~forged", "x"])
def test_a_cut_that_this_server_did_not_offer_is_not_made(client, member, asset, recipe):
    path = reverse("desk:fitted_picture", args=[asset.sha256, recipe])
    assert client.get(path).status_code == 404
    assert not default_storage.exists("fitted")


def test_a_picture_whose_file_is_gone_is_not_there(client, member, asset):
    (item,) = fitted([item_of(asset, 1, "")], FEED_SHAPE)
    default_storage.delete(str(asset.file))
    assert client.get(address(item)).status_code == 404
    with pytest.raises(FileNotFoundError):
        ensure_fitted(item)


def test_a_broken_file_is_said_to_be_so(member, asset):
    (item,) = fitted([item_of(asset, 1, "")], FEED_SHAPE)
    with default_storage.open(str(asset.file), "wb") as file:
        file.write(b"nothing")
    with pytest.raises(Unfit, match="cannot be read"):
        ensure_fitted(item)


def test_the_composer_shows_the_cut_and_says_what_is_lost(client, account, asset):
    sent = form(account, picture=[str(asset.pk)], text="Tweed", to=[f"{account.pk}/feed-post"])
    page = client.post(reverse("desk:compose_check"), sent).content.decode()
    assert f"/syndication/pictures/{asset.sha256}/" in page
    assert "of picture 1 is cut off" in page
    whole = client.post(reverse("desk:compose"), {**sent, "fix": "whole:instagram/feed-post"})
    page = whole.content.decode()
    assert 'name="own-option-whole_pictures:instagram/feed-post" value="1" checked' in page
    assert "of picture 1 is cut off" not in page


def test_what_matters_most_is_kept_with_the_post_and_with_the_picture(client, account, asset):
    focus = {f"focus-x:{asset.pk}": "95", f"focus-y:{asset.pk}": "40"}
    to = [f"{account.pk}/feed-post"]
    sent = form(account, picture=[str(asset.pk)], text="Tweed", to=to, when="now", **focus)
    client.post(reverse("desk:compose"), sent)
    use = VersionMedia.objects.get()
    assert (use.focus_x, use.focus_y) == (0.95, 0.4)
    post = Post.objects.get()
    shown = seen(client, rendition_of(post, account).media[0])
    assert shown.getpixel((shown.width - 5, 5))[2] > 200  # the blue end is in it
    asset.refresh_from_db()
    assert Picked.of(asset).focus == (0.95, 0.4)
    page = client.get(reverse("desk:compose"), {"piece": post.piece_id}, follow=True)
    assert f'name="focus-x:{asset.pk}" min="0" max="100" value="95"' in page.content.decode()


@pytest.mark.parametrize("said", ["", "-1", "101", "1e9", "nan", "٥", "9" * 40])
def test_a_slider_says_no_more_than_a_slider_can(client, account, asset, said):
    focus = {f"focus-x:{asset.pk}": said}
    sent = form(account, picture=[str(asset.pk)], text="Tweed", **focus)
    page = client.post(reverse("desk:compose_check"), sent)
    assert page.status_code == 200


def test_another_focus_is_another_version_and_other_content(account, asset):
    piece = PieceFactory(brand=account.brand, media=[asset])
    content = channel_content(piece.current, "instagram", "feed-post")
    limits = Instagram.limits("feed-post", {})
    before = render(content, "feed-post", limits).request
    VersionMedia.objects.update(focus_x=0.9)
    after = render(channel_content(piece.current, "instagram", "feed-post"), "feed-post", limits)
    assert after.request != before


def test_a_story_whole_or_cut(account, asset):
    piece = PieceFactory(
        brand=account.brand,
        media=[asset],
        variants={"instagram/story": {"options": {"whole_pictures": True}}},
    )
    limits = Instagram.limits("story", {})
    content = channel_content(piece.current, "instagram", "story")
    (whole,) = render(content, "story", limits).media
    assert whole.fitting.startswith("whole-")
    (cut,) = fitted([item_of(asset, 1, "")], STORY_SHAPE)
    assert (cut.width, cut.height) == (whole.width, whole.height) == (1080, 1920)


def test_where_nothing_can_be_fetched_the_composer_says_so(client, member, asset, settings):
    settings.SITE_URL, settings.MEDIA_BASE_URL = "http://127.0.0.1:8000", ""
    real = AccountFactory(brand=member.brand, platform="instagram", server="")
    sent = form(real, picture=[str(asset.pk)], text="Tweed", to=[f"{real.pk}/feed-post"])
    page = client.post(reverse("desk:compose_check"), sent).content.decode()
    assert "sets MEDIA_BASE_URL" in page
    settings.MEDIA_BASE_URL = "https://media.example.org"
    page = client.post(reverse("desk:compose_check"), sent).content.decode()
    assert "MEDIA_BASE_URL" not in page


def test_a_stranger_sees_no_fitted_picture(client, asset):
    client.force_login(MembershipFactory(brand=BrandFactory()).user)
    (item,) = fitted([item_of(asset, 1, "")], FEED_SHAPE)
    assert client.get(address(item)).status_code == 404


def test_a_moving_picture_is_said_to_stand_still(client, account, member):
    gif = keep_picture(
        io.BytesIO(picture("GIF", (400, 400))), "a.gif", brand=member.brand, by=None, alt="A loom"
    )
    sent = form(account, picture=[str(gif.pk)], text="Tweed", to=[f"{account.pk}/feed-post"])
    page = client.post(reverse("desk:compose_check"), sent).content.decode()
    assert "one still picture" in page
