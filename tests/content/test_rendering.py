"""One renderer for everything: what a channel shows of a version."""

import pytest

from content.rendering import ChannelContent, channel_content, first_comment, render
from platforms.values import Limits, MediaItem, Rendition
from tests.factories import BrandFactory, MediaAssetFactory, PieceFactory

LINK = "https://example.org/peat"
IN_TEXT = Limits(text_max=500, link_in_text=True)
APART = Limits(text_max=500)


def test_a_link_goes_into_the_text_where_the_platform_has_no_field_for_it():
    shown = render(ChannelContent("Peat", LINK), "status", IN_TEXT)
    assert (shown.text, shown.link) == (f"Peat\n\n{LINK}", "")


def test_a_link_that_stands_in_the_text_already_is_not_repeated():
    shown = render(ChannelContent(f"Peat: {LINK} now", LINK), "status", IN_TEXT)
    assert (shown.text, shown.link) == (f"Peat: {LINK} now", "")


def test_a_link_that_only_begins_like_one_in_the_text_is_added():
    shown = render(ChannelContent(f"Peat: {LINK}/more", LINK), "status", IN_TEXT)
    assert shown.text == f"Peat: {LINK}/more\n\n{LINK}"


def test_a_link_alone_is_the_text():
    assert render(ChannelContent("", LINK), "status", IN_TEXT).text == LINK


def test_a_link_stays_apart_where_the_platform_has_a_field():
    shown = render(ChannelContent("Peat", LINK), "feed-post", APART)
    assert (shown.text, shown.link) == ("Peat", LINK)


@pytest.mark.parametrize(("pictures", "shown"), [(0, ("Peat", LINK)), (1, (f"Peat\n\n{LINK}", ""))])
def test_a_link_goes_into_the_text_where_pictures_take_the_place_of_its_card(pictures, shown):
    item = MediaItem(1, "image", "image/png", "1.png", "0" * 64, 8, 40, 30)
    limits = Limits(text_max=300, link_beside_media=True)
    content = ChannelContent("Peat", LINK, media=(item,) * pictures)
    rendition = render(content, "post", limits)
    assert (rendition.text, rendition.link) == shown


def test_rendering_twice_gives_the_same():
    content = ChannelContent("Peat", LINK, options={"a": 1})
    assert render(content, "status", IN_TEXT) == render(content, "status", IN_TEXT)


@pytest.mark.django_db
def test_a_variant_replaces_what_it_names_and_nothing_else():
    variants = {"mastodon/status": {"text": "Short.", "first_comment": "More in the shop."}}
    version = PieceFactory(text="Long.", link=LINK, variants=variants).current
    own = channel_content(version, "mastodon", "status")
    shared = channel_content(version, "facebook", "feed-post")
    assert (own.text, own.link) == ("Short.", LINK)
    assert (shared.text, shared.link) == ("Long.", LINK)
    assert first_comment(version, "mastodon", "status") == "More in the shop."
    assert first_comment(version, "facebook", "feed-post") == ""


@pytest.mark.django_db
def test_pictures_of_a_channel_take_the_place_of_the_shared_ones():
    brand = BrandFactory()
    shared, own = MediaAssetFactory(brand=brand), MediaAssetFactory(brand=brand)
    version = PieceFactory(brand=brand, media=[shared]).current
    version.media.create(channel="mastodon/status", position=1, asset=own, alt="Own")
    assert [m.sha256 for m in channel_content(version, "mastodon", "status").media] == [own.sha256]
    elsewhere = channel_content(version, "facebook", "feed-post").media
    assert [m.sha256 for m in elsewhere] == [shared.sha256]


@pytest.mark.django_db
def test_the_description_of_the_use_goes_out_and_not_that_of_the_library():
    brand = BrandFactory()
    asset = MediaAssetFactory(brand=brand, alt="Loom")
    version = PieceFactory(brand=brand, media=[asset]).current
    asset.alt = "Changed since"
    asset.save()
    [item] = channel_content(version, "mastodon", "status").media
    assert item.alt == "Loom"


@pytest.mark.django_db
def test_a_snapshot_gives_the_same_rendition_back():
    brand = BrandFactory()
    version = PieceFactory(brand=brand, media=[MediaAssetFactory(brand=brand)]).current
    shown = render(channel_content(version, "mastodon", "status"), "status", IN_TEXT)
    assert Rendition.from_snapshot(shown.as_snapshot()) == shown
