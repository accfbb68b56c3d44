"""What people do in the media library: folders, names, tags, descriptions; and taking things out.

Each verb changes rows only. The bytes of an asset never change, and leave only with its row.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connection, transaction

from content.models import Draft, MediaAsset, MediaFolder, MediaTag, PieceVersion, VersionMedia
from content.writing import clean_text, without_unusable
from organisation.audit import record
from organisation.models import Brand, User

NAME_MAX, FOLDER_MAX, TAG_MAX = 200, 60, 40  # characters
TAGS_MAX = 20  # of one asset
FOLDERS_MAX = 500  # of one brand


class StillUsed(Exception):
    """The asset is in a piece or in a post that is being written. Nothing was deleted."""


@dataclass(frozen=True)
class Said:
    """What a person says of an asset; None: as it was."""

    name: str | None = None
    alt: str | None = None
    decorative: bool | None = None
    focus: tuple[float, float] | None = None  # shares of width and height, from 0 to 1
    tags: tuple[str, ...] | None = None
    folder: int | None = None  # the id of one of the brand's; 0: none


def change(asset: MediaAsset, said: Said, *, by: User) -> None:
    """Say something else of an asset. Pieces that use it keep the words they have.

    Raises ValidationError, with nothing changed.
    """
    with transaction.atomic():
        changed = _words(asset, said)
        if said.focus is not None:
            asset.focus_x, asset.focus_y = (min(max(share, 0.0), 1.0) for share in said.focus)
            changed += ["focus_x", "focus_y"]
        if said.folder is not None:
            asset.folder = _folder_of(asset.brand_id, said.folder)
            changed.append("folder")
        if changed:
            asset.save(update_fields=changed)
        if said.tags is not None:
            _set_tags(asset, said.tags)
            changed.append("tags")
        if changed:
            record("change media", f"{by} changed what is said of “{asset}”.", by=by,
                   subject=asset, brand=asset.brand)  # fmt: skip


def _words(asset: MediaAsset, said: Said) -> list[str]:
    changed = []
    if said.name is not None:
        asset.original_name = clean_name(said.name, "name", NAME_MAX)
        changed.append("original_name")
    if said.alt is not None:
        asset.alt = clean_text(said.alt, "alt")
        changed.append("alt")
    if said.decorative is not None:
        asset.decorative = said.decorative
        changed.append("decorative")
    return changed


def clean_name(text: str, what: str, most: int) -> str:
    """Return a name on one line. Raises ValidationError for an empty or a too long one."""
    name = " ".join(without_unusable(text).split())
    if not name:
        raise ValidationError({what: "It needs a name. Nothing was changed."})
    if len(name) > most:
        raise ValidationError(
            {what: f"“{name[:40]}…” has {len(name)} characters, and {most} is the most. "
                   "Nothing was changed."}
        )  # fmt: skip
    return name


def _folder_of(brand: int, pk: int) -> MediaFolder | None:
    if not pk:
        return None
    folder = MediaFolder.objects.filter(brand=brand, pk=pk).first()
    if folder is None:
        raise ValidationError(
            {"folder": "This folder is no longer there. Nothing was changed. Choose another."}
        )
    return folder


def _set_tags(asset: MediaAsset, names: Iterable[str]) -> None:
    wanted: dict[str, str] = {}
    for name in names:
        if name.strip():
            clean = clean_name(name, "tags", TAG_MAX)
            wanted.setdefault(clean.casefold(), clean)
    if len(wanted) > TAGS_MAX:
        raise ValidationError(
            {"tags": f"{len(wanted)} tags are more than the {TAGS_MAX} that one thing may bear. "
                     "Nothing was changed."}
        )  # fmt: skip
    before = list(asset.tags.all())
    asset.tags.set([_tag(asset.brand_id, name) for name in wanted.values()])
    # A tag that nothing bears any more would only be in the way.
    MediaTag.objects.filter(pk__in=[tag.pk for tag in before], assets=None).delete()


def _tag(brand: int, name: str) -> MediaTag:
    known = MediaTag.objects.filter(brand=brand, name__iexact=name).first()
    return known or MediaTag.objects.get_or_create(brand_id=brand, name=name)[0]


def make_folder(brand: Brand, name: str, *, by: User) -> MediaFolder:
    """Make a folder, or return the one of that name. Raises ValidationError."""
    clean = clean_name(name, "folder", FOLDER_MAX)
    known = MediaFolder.objects.filter(brand=brand, name__iexact=clean).first()
    if known:
        return known
    if MediaFolder.objects.filter(brand=brand).count() >= FOLDERS_MAX:
        raise ValidationError({"folder": f"{brand} has {FOLDERS_MAX} folders, which is the most."})
    with transaction.atomic():
        folder, _ = MediaFolder.objects.get_or_create(brand=brand, name=clean)
        record("make folder", f"{by} made the folder “{folder}”.", by=by, subject=folder,
               brand=brand)  # fmt: skip
    return folder


def rename_folder(folder: MediaFolder, name: str, *, by: User) -> None:
    """Give a folder another name. Raises ValidationError when another one has it."""
    clean = clean_name(name, "folder", FOLDER_MAX)
    others = MediaFolder.objects.filter(brand=folder.brand_id, name__iexact=clean)
    if others.exclude(pk=folder.pk).exists():
        raise ValidationError({"folder": f"There is a folder “{clean}” already. Nothing changed."})
    with transaction.atomic():
        record("rename folder", f"{by} renamed the folder “{folder}” to “{clean}”.", by=by,
               subject=folder, brand=folder.brand)  # fmt: skip
        folder.name = clean
        folder.save(update_fields=["name"])


def remove_folder(folder: MediaFolder, *, by: User) -> int:
    """Take a folder away and return how many assets lie in none now. They stay in the library."""
    with transaction.atomic():
        count = MediaAsset.objects.filter(folder=folder).update(folder=None)
        record("remove folder", f"{by} removed the folder “{folder}”.", by=by, brand=folder.brand)
        folder.delete()
    return count


@dataclass(frozen=True)
class Usage:
    """Where an asset is: how many pieces show it, in any version, and how many unsent forms."""

    pieces: int
    drafts: int

    def __bool__(self) -> bool:
        return bool(self.pieces or self.drafts)


def usage_of(asset: MediaAsset) -> Usage:
    """Count where an asset is used. A version once saved stays, and so does what it shows."""
    versions = VersionMedia.objects.filter(asset=asset).values("version")
    pieces = PieceVersion.objects.filter(pk__in=versions).values("piece").distinct()
    return Usage(pieces.count(), _drafts_with(asset))


def _drafts_with(asset: MediaAsset) -> int:
    """Forms that are being filled in; few, and each names its pictures by id."""
    open_forms = Draft.objects.filter(brand=asset.brand_id, became=None)
    rows = open_forms.values_list("payload__pictures", flat=True)
    return sum(
        any(isinstance(one, dict) and one.get("id") == asset.pk for one in pictures or [])
        for pictures in rows.iterator()
    )


def delete(asset: MediaAsset, *, by: User) -> None:
    """Delete an asset that nothing uses, and its bytes when no other brand has them.

    Raises StillUsed, with nothing deleted.
    """
    with transaction.atomic():
        locked = MediaAsset.objects.select_for_update().filter(pk=asset.pk).first()
        if locked is None:
            return  # somebody else was quicker
        if usage_of(locked):
            raise StillUsed(f"“{locked}” is used. Nothing was deleted.")
        record("delete media", f"{by} deleted “{locked}” from the library.", by=by,
               brand=locked.brand)  # fmt: skip
        hold_bytes(str(locked.file))
        tags = list(locked.tags.all())
        locked.delete()
        MediaTag.objects.filter(pk__in=[tag.pk for tag in tags], assets=None).delete()
        _check_now()
        # Last, and under the lock: whoever uploads the same bytes waits, and writes them anew.
        if not MediaAsset.objects.filter(file=locked.file).exists():
            default_storage.delete(str(locked.file))
            if locked.poster:
                default_storage.delete(locked.poster)


def hold_bytes(name: str) -> None:
    """Wait until nobody else is adding or deleting rows of these bytes; lasts to the commit.

    On SQLite every transaction that writes is alone already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def _check_now() -> None:
    """Have a reference that came in meanwhile refused here, not at the commit after the bytes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
