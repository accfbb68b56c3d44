"""What is said of assets, the folders they lie in, and what may be deleted."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connections

from content.library import (
    FOLDER_MAX,
    TAG_MAX,
    TAGS_MAX,
    Said,
    StillUsed,
    change,
    delete,
    make_folder,
    remove_folder,
    rename_folder,
    usage_of,
)
from content.media import keep_picture
from content.models import Draft, MediaAsset, MediaFolder, MediaTag
from organisation.models import AuditEntry
from tests.content.pictures import picture
from tests.factories import BrandFactory, PieceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(data_dir):
    """No test sees another's pictures."""


@pytest.fixture
def by():
    return UserFactory()


def kept(brand=None, colour=(200, 10, 10)):
    file = io.BytesIO(picture("PNG", colour=colour))
    return keep_picture(file, "loom.png", brand=brand or BrandFactory(), by=None)


def there(asset):
    return default_storage.exists(str(asset.file))


def test_what_is_said_of_an_asset_is_saved_and_written_to_the_log(by):
    asset = kept()
    folder = make_folder(asset.brand, " Spring  looms ", by=by)
    said = Said("Loom, left.png", "A loom", True, (0.25, 2.0), ("Tweed", "tweed ", " "), folder.pk)
    change(asset, said, by=by)
    asset = MediaAsset.objects.get()
    assert (str(asset), asset.alt, asset.decorative) == ("Loom, left.png", "A loom", True)
    assert (asset.focus_x, asset.focus_y) == (0.25, 1.0)
    assert [tag.name for tag in asset.tags.all()] == ["Tweed"]
    assert str(asset.folder) == "Spring looms"
    assert AuditEntry.objects.filter(verb="change media", subject_id=asset.pk).exists()


def test_what_is_not_said_stays_as_it_was(by):
    asset = kept()
    change(asset, Said(alt="A loom", tags=("tweed",)), by=by)
    change(asset, Said(name="other.png"), by=by)
    asset = MediaAsset.objects.get()
    assert (asset.alt, asset.tags.get().name, asset.original_name) == (
        "A loom", "tweed", "other.png",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said(name=" \n "), "name"),
        (Said(name="x" * 201), "name"),
        (Said(alt="a\x00"), "alt"),
        (Said(alt="half \ud83d"), "alt"),
        (Said(tags=("x" * (TAG_MAX + 1),)), "tags"),
        (Said(tags=tuple(f"t{n}" for n in range(TAGS_MAX + 1))), "tags"),
        (Said(folder=4711), "folder"),
    ],
)
def test_what_cannot_be_said_is_refused_at_its_field_and_changes_nothing(by, said, field):
    asset = kept()
    before = MediaAsset.objects.values().get()
    with pytest.raises(ValidationError) as refused:
        change(asset, said, by=by)
    assert list(refused.value.message_dict) == [field]
    assert MediaAsset.objects.values().get() == before
    assert not MediaTag.objects.exists()


def test_the_folder_of_another_brand_is_none_to_choose(by):
    asset, theirs = kept(), make_folder(BrandFactory(), "Theirs", by=by)
    with pytest.raises(ValidationError, match="no longer there"):
        change(asset, Said(folder=theirs.pk), by=by)


def test_a_tag_goes_with_the_last_asset_that_bears_it(by):
    brand = BrandFactory()
    one, other = kept(brand), kept(brand, (0, 0, 255))
    for asset in (one, other):
        change(asset, Said(tags=("tweed",)), by=by)
    change(one, Said(tags=()), by=by)
    assert MediaTag.objects.count() == 1
    delete(other, by=by)
    assert not MediaTag.objects.exists()


def test_a_folder_is_made_once_whatever_its_letters(by):
    brand = BrandFactory()
    assert make_folder(brand, "Looms", by=by) == make_folder(brand, "looms", by=by)
    with pytest.raises(ValidationError):
        make_folder(brand, "x" * (FOLDER_MAX + 1), by=by)


def test_a_folder_takes_no_name_that_another_has(by):
    brand = BrandFactory()
    looms = make_folder(brand, "Looms", by=by)
    make_folder(brand, "Yarn", by=by)
    with pytest.raises(ValidationError, match="There is a folder “YARN” already"):
        rename_folder(looms, "YARN", by=by)
    rename_folder(looms, "LOOMS", by=by)
    assert MediaFolder.objects.get(pk=looms.pk).name == "LOOMS"


def test_what_lies_in_a_folder_outlives_it(by):
    asset = kept()
    folder = make_folder(asset.brand, "Looms", by=by)
    change(asset, Said(folder=folder.pk), by=by)
    assert remove_folder(folder, by=by) == 1
    assert MediaAsset.objects.get().folder is None


def test_what_a_piece_shows_is_not_deleted(by):
    asset = kept()
    PieceFactory(brand=asset.brand, media=[asset])
    with pytest.raises(StillUsed):
        delete(asset, by=by)
    assert MediaAsset.objects.exists()
    assert there(asset)


def test_what_an_earlier_version_showed_is_still_used(by):
    asset = kept()
    piece = PieceFactory(brand=asset.brand, media=[asset])
    from content.writing import save_version

    save_version(piece, text="Without it", by=by, expected_edits=piece.edits)
    assert usage_of(asset).pieces == 1


def test_what_somebody_is_writing_with_is_not_deleted(by):
    asset = kept()
    Draft.objects.create(brand=asset.brand, by=by, payload={"pictures": [{"id": asset.pk}]})
    Draft.objects.create(brand=asset.brand, by=by, payload={"text": "No picture"})
    assert usage_of(asset).drafts == 1
    with pytest.raises(StillUsed):
        delete(asset, by=by)


def test_what_nothing_uses_is_deleted_with_its_bytes(by):
    asset = kept()
    delete(asset, by=by)
    assert not MediaAsset.objects.exists()
    assert not there(asset)
    delete(asset, by=by)  # a second press


def test_bytes_that_another_brand_has_too_stay(by):
    mine, theirs = kept(), kept()
    delete(mine, by=by)
    assert there(theirs)


def test_the_same_file_finds_the_same_asset(by):
    asset = kept()
    again = kept(asset.brand)
    assert (again.pk, again.known_before, asset.known_before) == (asset.pk, True, False)


@pytest.mark.django_db(transaction=True)
def test_a_row_never_outlives_its_bytes_however_many_add_and_delete_at_once(by):
    brands = [BrandFactory() for _ in range(4)]
    data = picture("PNG", colour=(1, 2, 3))

    def churn(brand):
        try:
            for _ in range(12):
                asset = keep_picture(io.BytesIO(data), "x.png", brand=brand, by=None)
                delete(asset, by=by)
            return keep_picture(io.BytesIO(data), "x.png", brand=brand, by=None)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assets = list(pool.map(churn, brands))
    assert MediaAsset.objects.count() == 4
    for asset in assets:
        with asset.file.open("rb") as file:
            assert len(file.read()) == asset.size
