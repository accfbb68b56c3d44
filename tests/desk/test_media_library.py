"""The pages of the media library: finding, adding, describing, choosing, deleting."""

import io
import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from content.library import Said, change, make_folder
from content.media import keep_picture
from content.models import Draft, MediaAsset, MediaFolder
from organisation.models import Role
from tests.content.films import film
from tests.content.pictures import moving, picture
from tests.factories import AccountFactory, MembershipFactory, PieceFactory, PostFactory

pytestmark = pytest.mark.django_db
LIBRARY = reverse("desk:media")
UPLOAD = reverse("desk:media_upload")
CHOOSE = reverse("desk:media_choose")
PART = {"HTTP_X_PART": "upload"}


@pytest.fixture
def member(data_dir):
    return MembershipFactory(role=Role.AUTHOR)


@pytest.fixture
def signed_in(client, member):
    client.force_login(member.user)
    return client


def kept(member, name="loom.png", colour=128, **said):
    file = io.BytesIO(picture("PNG", mode="RGB", colour=(colour, 9, 9)))
    asset = keep_picture(file, name, brand=member.brand, by=member.user)
    change(asset, Said(**said), by=member.user)
    return asset


def file_of(data, name="loom.png"):
    return SimpleUploadedFile(name, data)


def names_on(answer):
    return [tile.asset.original_name for tile in answer.context["library"].tiles]


def many(member, count):
    now = timezone.now()
    made = MediaAsset.objects.bulk_create(
        MediaAsset(
            brand=member.brand, file="media/x.png", sha256=f"{n:064}", mime="image/png", size=9,
            width=4, height=3, original_name=f"{n:03}.png",
        )
        for n in range(count)
    )  # fmt: skip
    for n, asset in enumerate(made):
        asset.created_at = now - timedelta(seconds=n // 3)  # some at the same moment
    MediaAsset.objects.bulk_update(made, ["created_at"])


def test_the_library_has_every_asset_once_over_its_pages_and_back(signed_in, member):
    many(member, 110)
    seen, address, pages = [], LIBRARY, []
    while address:
        answer = signed_in.get(address)
        seen += names_on(answer)
        pages.append(names_on(answer))
        address = answer.context["library"].later_url
    assert len(seen) == len(set(seen)) == 110
    assert names_on(signed_in.get(answer.context["library"].earlier_url)) == pages[1]


@pytest.mark.parametrize("count", [3, 60])
def test_the_number_of_queries_does_not_grow(
    signed_in, member, count, django_assert_max_num_queries
):
    many(member, count)
    for asset in MediaAsset.objects.all()[:40]:
        change(asset, Said(tags=("tweed", "wool")), by=member.user)
    with django_assert_max_num_queries(18):
        signed_in.get(LIBRARY)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=loom", {"loom.png"}),
        ("q=HARBOUR", {"boat.png"}),
        ("q=tweed", {"loom.png"}),
        ("q=loom+tweed", {"loom.png"}),
        ("q=loom+harbour", set()),
        ("q=100%25", set()),
        ("kind=video", {"Weaving.mp4"}),
        ("kind=moving", {"loop.gif"}),
        ("kind=picture", {"loom.png", "boat.png", "loop.gif"}),
        ("only=undescribed", {"loom.png", "loop.gif", "Weaving.mp4"}),
        ("only=unused", {"boat.png", "loop.gif", "Weaving.mp4"}),
        ("folder=none", {"loom.png", "loop.gif", "Weaving.mp4"}),
        ("kind=nonsense&only=nonsense&tag=x&after=zz", None),
    ],
)
def test_filters_find_what_they_say(signed_in, member, query, found):
    loom = kept(member, "loom.png", 1, tags=("Tweed",))
    folder = make_folder(member.brand, "Boats", by=member.user)
    kept(member, "boat.png", 2, alt="The harbour", folder=folder.pk)
    keep_picture(io.BytesIO(moving()), "loop.gif", brand=member.brand, by=None)
    signed_in.post(UPLOAD, {"brand": member.brand.pk, "upload": file_of(film(), "Weaving.mp4")})
    PieceFactory(brand=member.brand, media=[loom])
    names = set(names_on(signed_in.get(f"{LIBRARY}?{query}")))
    assert names == (
        {"loom.png", "boat.png", "loop.gif", "Weaving.mp4"} if found is None else found
    )
    assert names_on(signed_in.get(f"{LIBRARY}?folder={folder.pk}")) == ["boat.png"]


def test_nobody_sees_what_belongs_to_another_brand(signed_in, member):
    theirs = kept(MembershipFactory(), "theirs.png", tags=("theirs",))
    make_folder(theirs.brand, "Theirs", by=member.user)
    words = signed_in.get(LIBRARY).content.decode().lower()
    assert "theirs" not in words


def test_a_script_sends_one_file_and_gets_its_tile(signed_in, member):
    answer = signed_in.post(
        UPLOAD, {"brand": member.brand.pk, "upload": file_of(picture("PNG"))}, **PART
    ).json()
    asset = MediaAsset.objects.get()
    assert answer["id"] == asset.pk
    assert not answer["known"]
    assert f'id="tile-{asset.pk}"' in answer["tile"]


def test_the_same_file_again_is_told_and_kept_once(signed_in, member):
    data = {"brand": member.brand.pk}
    signed_in.post(UPLOAD, data | {"upload": file_of(picture("PNG"))}, **PART)
    folder = make_folder(member.brand, "Looms", by=member.user)
    again = data | {"upload": file_of(picture("PNG"), "copy.png"), "folder": folder.pk}
    answer = signed_in.post(UPLOAD, again, **PART).json()
    assert "already, as “loom.png”" in answer["known"]
    assert MediaAsset.objects.get().folder is None  # where it was


def test_a_script_is_told_why_a_file_is_refused(signed_in, member):
    data = {"brand": member.brand.pk, "upload": file_of(b"<html>", "page.jpg")}
    assert "page.jpg is not a picture" in signed_in.post(UPLOAD, data, **PART).json()["refused"]
    none = signed_in.post(UPLOAD, {"brand": member.brand.pk}, **PART).json()
    assert none == {"refused": "No file came with it."}


def test_a_script_that_is_signed_out_is_told_so(client, member):
    assert client.post(UPLOAD, {"brand": member.brand.pk}, **PART).status_code == 401


def test_what_is_added_in_a_folder_lies_in_it(signed_in, member):
    folder = make_folder(member.brand, "Looms", by=member.user)
    data = {"brand": member.brand.pk, "folder": folder.pk, "upload": file_of(picture("PNG"))}
    signed_in.post(UPLOAD, data)
    assert MediaAsset.objects.get().folder == folder


def test_a_folder_of_another_brand_keeps_no_file_out(signed_in, member):
    theirs = make_folder(MembershipFactory().brand, "Theirs", by=member.user)
    data = {"brand": member.brand.pk, "folder": theirs.pk, "upload": file_of(picture("PNG"))}
    assert signed_in.post(UPLOAD, data).status_code == 200
    assert MediaAsset.objects.get().folder is None


def test_what_comes_with_a_post_stands_in_the_library(signed_in, member):
    data = {"brand": member.brand.pk, "upload": file_of(picture("PNG"))}
    signed_in.post(reverse("desk:compose_picture"), data)
    assert names_on(signed_in.get(LIBRARY)) == ["loom.png"]


def test_a_description_is_filled_in_on_its_tile(signed_in, member):
    asset = kept(member)
    address = reverse("desk:media_act", args=[asset.pk, "describe"])
    tile = signed_in.post(address, {"alt": "A loom"}, HTTP_HX_REQUEST="true").content.decode()
    assert MediaAsset.objects.get().alt == "A loom"
    assert "<form" not in tile
    other = kept(member, "other.png", 7)
    address = reverse("desk:media_act", args=[other.pk, "describe"])
    answer = signed_in.post(address, {"decorative": "on", "next": f"{LIBRARY}?q=x"})
    assert answer.url == f"{LIBRARY}?q=x"
    assert MediaAsset.objects.get(pk=other.pk).decorative


def test_a_description_that_cannot_be_kept_is_refused_on_its_tile(signed_in, member):
    asset = kept(member)
    address = reverse("desk:media_act", args=[asset.pk, "describe"])
    tile = signed_in.post(address, {"alt": "x" * 100_001}, HTTP_HX_REQUEST="true")
    assert "is the most kept" in tile.content.decode()


def page_form(asset, **changed):
    """The form of an asset's page as the browser sends it."""
    form = {
        "name": asset.original_name, "alt": asset.alt, "tags": "", "folder": "0",
        "focus-x": "50", "focus-y": "50",
    }  # fmt: skip
    return form | {f"was_{name}": value for name, value in form.items()} | changed


def test_the_page_of_an_asset_changes_what_is_said_of_it(signed_in, member):
    asset = kept(member)
    folder = make_folder(member.brand, "Looms", by=member.user)
    changed = {
        "name": "Big loom", "alt": "A loom", "tags": "tweed, wool", "folder": folder.pk,
        "decorative": "on", "focus-x": "10",
    }  # fmt: skip
    address = reverse("desk:media_act", args=[asset.pk, "save"])
    assert signed_in.post(address, page_form(asset, **changed)).status_code == 302
    asset = MediaAsset.objects.get()
    assert (asset.original_name, asset.alt, asset.decorative) == ("Big loom", "A loom", True)
    assert (asset.folder, asset.focus_x, asset.focus_y) == (folder, 0.1, 0.5)
    assert [tag.name for tag in asset.tags.all()] == ["tweed", "wool"]


def test_what_another_changed_meanwhile_stays(signed_in, member):
    asset = kept(member)
    form = page_form(asset, name="Mine")
    change(asset, Said(alt="Theirs"), by=member.user)
    address = reverse("desk:media_act", args=[asset.pk, "save"])
    signed_in.post(address, form)
    asset = MediaAsset.objects.get()
    assert (asset.original_name, asset.alt) == ("Mine", "Theirs")
    answer = signed_in.post(address, form | {"alt": "Mine too"})
    assert answer.status_code == 422
    assert "Somebody else changed the same" in answer.content.decode()
    assert "Mine too" in answer.content.decode()
    assert MediaAsset.objects.get().alt == "Theirs"


def test_words_that_cannot_be_kept_come_back_with_the_reason(signed_in, member):
    asset = kept(member)
    address = reverse("desk:media_act", args=[asset.pk, "save"])
    answer = signed_in.post(address, page_form(asset, tags="x" * 99, alt="Kept in the form"))
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "99 characters, and 40 is the most" in words
    assert "Kept in the form" in words


def test_the_page_shows_where_an_asset_is_used_and_what_channels_get(signed_in, member):
    asset = kept(member, alt="A loom")
    account = AccountFactory(brand=member.brand, platform="instagram", server="sandbox")
    piece = PieceFactory(brand=member.brand, media=[asset], title="Eight looms")
    PostFactory(account=account, piece_version=piece.current)
    answer = signed_in.get(reverse("desk:media_asset", args=[asset.pk]))
    words = " ".join(answer.content.decode().split())
    assert "In 1 piece and 1 post." in words
    assert "Eight looms" in words
    feed = next(one for one in answer.context["page"].channels if one.channel.slug == "feed-post")
    assert "is cut off" in feed.words
    url = words.partition('<ul class="tiles channels">')[2].partition('src="')[2].partition('"')[0]
    shown = signed_in.get(url)
    assert b"".join(shown.streaming_content)[:3] == b"\xff\xd8\xff"


def test_what_is_used_is_not_deleted_and_the_question_says_where(signed_in, member):
    asset = kept(member)
    PieceFactory(brand=member.brand, media=[asset], title="Eight looms")
    address = reverse("desk:media_delete", args=[asset.pk])
    words = signed_in.get(address).content.decode()
    assert "Eight looms" in words
    assert "btn-outline-danger" not in words
    signed_in.post(address)
    assert MediaAsset.objects.exists()


def test_what_nothing_uses_is_deleted_after_a_question(signed_in, member):
    asset = kept(member)
    address = reverse("desk:media_delete", args=[asset.pk])
    assert "cannot be brought back" in signed_in.get(address).content.decode()
    assert signed_in.post(address).url == LIBRARY
    assert not MediaAsset.objects.exists()


def test_folders_are_made_renamed_and_taken_away(signed_in, member):
    made = signed_in.post(
        reverse("desk:media_folder_new"), {"brand": member.brand.pk, "name": "Looms"}
    )
    folder = MediaFolder.objects.get()
    assert made.url == f"{LIBRARY}?folder={folder.pk}"
    signed_in.post(reverse("desk:media_folder", args=[folder.pk, "rename"]), {"name": "Yarn"})
    assert "<h1>Yarn</h1>" in signed_in.get(made.url).content.decode()
    signed_in.post(reverse("desk:media_folder", args=[folder.pk, "remove"]))
    assert not MediaFolder.objects.exists()


def test_the_composer_takes_what_was_chosen_and_its_address_adds_nothing_again(signed_in, member):
    loom, boat = kept(member, "loom.png", 1, alt="A loom"), kept(member, "boat.png", 2)
    theirs = kept(MembershipFactory(), "theirs.png")
    key = uuid.uuid4()
    query = f"draft={key}&picture={loom.pk}&picture={boat.pk}&picture={theirs.pk}&picture=x"
    answer = signed_in.get(f"{reverse('desk:compose')}?{query}")
    assert "picture" not in parse_qs(urlsplit(answer.url).query)
    payload = Draft.objects.get(pk=key).payload
    assert [one["id"] for one in payload["pictures"]] == [loom.pk, boat.pk]
    assert payload["pictures"][0]["alt"] == "A loom"
    signed_in.get(f"{reverse('desk:compose')}?{query}")  # back, and once more
    assert len(Draft.objects.get(pk=key).payload["pictures"]) == 2


def test_without_scripts_the_form_is_kept_before_the_library_opens(signed_in, member):
    key = str(uuid.uuid4())
    form = {
        "key": key,
        "draft_edits": "0",
        "brand": member.brand.pk,
        "text": "Tweed",
        "fix": "library",
    }
    answer = signed_in.post(reverse("desk:compose"), form)
    assert answer.url.startswith(CHOOSE)
    assert Draft.objects.get(pk=key).payload["text"] == "Tweed"
    asset = kept(member)
    words = signed_in.get(answer.url).content.decode()
    assert f'value="{key}"' in words
    assert f'name="picture" value="{asset.pk}"' in words


def test_a_row_for_the_composer_comes_for_an_asset_of_the_brand_only(signed_in, member):
    asset, theirs = kept(member), kept(MembershipFactory(), "theirs.png")
    address = reverse("desk:compose_picture")
    data = {"brand": member.brand.pk}
    assert signed_in.post(address, data | {"asset": asset.pk}).json()["id"] == asset.pk
    for wrong in (theirs.pk, "x", 10**30):
        refused = signed_in.post(address, data | {"asset": wrong}).json()["refused"]
        assert "no longer in the library" in refused


def test_lists_show_small_copies_and_not_whole_photos(signed_in, member):
    out = io.BytesIO()
    from PIL import Image

    Image.effect_noise((2000, 1500), 80).convert("RGB").save(out, "JPEG", quality=95)
    out.seek(0)
    keep_picture(out, "photo.jpg", brand=member.brand, by=None)
    words = signed_in.get(LIBRARY).content.decode()
    small = words.partition('class="tile-pic"')[2].partition('src="')[2].partition('"')[0]
    answer = signed_in.get(small)
    data = b"".join(answer.streaming_content)
    assert Image.open(io.BytesIO(data)).width == 480
    assert len(data) < 200_000
