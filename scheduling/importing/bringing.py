"""Taking a file in, saying how its columns are read, and having it checked."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any, cast

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F

from content.tables.opening import CHUNK, Row, Written, head_of, look_at, rows_of
from content.writing import without_unusable
from organisation.models import Brand, User
from posting.deciding import NotPossible
from scheduling.importing import columns
from scheduling.importing.columns import HOOTSUITE_PLACES, Guess
from scheduling.importing.judging import Reading
from scheduling.importing.times import looks_like_a_time
from scheduling.models import Import
from scheduling.models.imported import LASTS

SHOWN = 5  # rows that are shown beside the columns
CELL = 120  # characters of them
State = Import.State


def bring(
    key: uuid.UUID, file: IO[bytes], name: str, size: int, *, brand: Brand, by: User, now: datetime
) -> Import:
    """Keep a file that is a table, with a guess at what its columns hold.

    The same key again returns the first file. Raises ValidationError for what is no table; then
    nothing is kept.
    """
    written = look_at(file, size)
    first = next(rows_of(file, written), None)
    if first is None:
        raise ValidationError("The file has no rows. Nothing was kept of it. Choose another.")
    head = head_of(first[1])
    headless = any(looks_like_a_time(cell) for cell in first[1])
    guess = _without_head(first) if headless else columns.guess(head)
    sha256 = _hash(file)
    values = {
        "brand": brand, "by": by, "at": now, "expires_at": now + LASTS,
        "name": (without_unusable(name).strip() or "Without a name")[:200], "size": size,
        "sha256": sha256, "written": asdict(written),
        "head": [] if headless else head,
        "reading": asdict(Reading(tuple(guess.columns), headless=headless)),
    }  # fmt: skip
    place = f"imports/{key.hex}-{sha256[:12]}.csv"
    file.seek(0)
    kept = default_storage.save(place, File(cast(Any, file)))
    try:
        with transaction.atomic():
            return Import.objects.create(id=key, file=kept, **values)
    except IntegrityError:
        before = Import.objects.filter(pk=key, by=by).first()
        if before is None or before.file.name != kept:
            default_storage.delete(kept)
        if before is None:
            raise ValidationError("This is none of our forms. Choose the file anew.") from None
        return before


def _without_head(first: Row) -> Guess:
    """Hootsuite's tables have no headings: their columns are told by their places."""
    places = HOOTSUITE_PLACES[: len(first[1])]
    time_first = looks_like_a_time(first[1][0])
    known = list(places) if time_first else [""] * len(places)
    return Guess(known + [""] * (len(first[1]) - len(known)), "hootsuite" if time_first else "")


def _hash(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while data := file.read(CHUNK):
        digest.update(data)
    return digest.hexdigest()


def guess_of(imported: Import) -> Guess:
    """Return what the columns were taken for when the file came."""
    if not imported.head:
        return Guess(list(imported.reading["columns"]), "hootsuite")
    return columns.guess(imported.head)


def first_rows(imported: Import) -> list[list[str]]:
    """Return some rows as they stand in the file, each as wide as the headings, cut short.

    Empty where the file is gone, or cannot be read that far.
    """
    if not imported.file:
        return []
    width = len(imported.reading["columns"])
    skip = 0 if imported.reading["headless"] else 1
    found: list[list[str]] = []
    try:
        with imported.file.open("rb") as file:
            for place, (_, cells) in enumerate(rows_of(file, Written(**imported.written))):
                if place >= skip:
                    short = [cell.replace("\x00", "\ufffd")[:CELL] for cell in cells[:width]]
                    found.append(short + [""] * (width - len(short)))
                if len(found) == SHOWN:
                    break
    except (ValidationError, OSError):
        return found
    return found


def same_before(imported: Import) -> Import | None:
    """Return the last import of the very same file into this brand that was not undone."""
    done = Import.objects.filter(
        brand=imported.brand_id, sha256=imported.sha256, state=State.DONE
    ).select_related("by")
    return done.exclude(pk=imported.pk).order_by("-at").first()


def set_reading(imported: Import, reading: Reading, *, version: int, now: datetime) -> None:
    """Let the columns be read so, and have the table checked.

    Raises ValidationError where nothing is read as what a piece says, or one thing stands in two
    columns; NotPossible when it was changed meanwhile, or is over.
    """
    _check_columns(reading.columns)
    _move(
        imported, (State.COLUMNS, State.CHECKED), State.CHECKING, version, now,
        reading=asdict(reading), report={}, digest="",
    )  # fmt: skip


def _check_columns(names: Sequence[str]) -> None:
    used = [name for name in names if name]
    if wrong := [name for name in used if not columns.is_known(name)]:
        raise ValidationError(f"“{wrong[0][:60]}” is nothing that a column can hold.")
    if double := [name for name in dict.fromkeys(used) if used.count(name) > 1]:
        raise ValidationError(
            f"Two columns are read as “{double[0]}”. Leave one of them out. Nothing was checked."
        )
    if not {"text", "link", "pictures"} & set(used) and not any(": " in name for name in used):
        raise ValidationError(
            "No column is read as the text, the link or the pictures of a piece, so that there is "
            "nothing to import. Choose which one holds it."
        )


def back_to_columns(imported: Import, *, version: int, now: datetime) -> None:
    """Let the columns be read in another way. Raises NotPossible."""
    _move(imported, (State.CHECKED,), State.COLUMNS, version, now, report={}, digest="")


def ask_to_save(
    imported: Import, *, digest: str, without_bad: bool, by: User, version: int, now: datetime
) -> None:
    """Have it imported as the person saw it. Raises NotPossible."""
    if not digest or imported.digest != digest:
        raise NotPossible(
            "The table was checked anew since you looked. Nothing was imported. Look again, then "
            "confirm."
        )
    _move(
        imported, (State.CHECKED,), State.SAVING, version, now,
        without_bad=without_bad, confirmed_by=by,
    )  # fmt: skip


def _move(
    imported: Import, old: Sequence[str], new: str, version: int, now: datetime, **values: Any
) -> None:
    rows = Import.objects.filter(
        pk=imported.pk, version=version, state__in=old, confirmed_at=None, expires_at__gt=now
    )
    changes = {"state": new, "version": F("version") + 1, "told": "", "read": 0, "tries": 0,
               "lease_until": None}  # fmt: skip
    if not rows.update(**changes, **values):
        raise NotPossible(
            "The import was changed or confirmed in another window, or has expired. You changed "
            "nothing. Look at it as it is now."
        )
    imported.refresh_from_db()


def discard(imported: Import) -> None:
    """Take away a file that nobody imported. Raises NotPossible."""
    rows = Import.objects.filter(pk=imported.pk, confirmed_at=None).exclude(state=State.SAVING)
    name = imported.file.name
    if not rows.delete()[0]:
        raise NotPossible("It is imported already, or being imported. Nothing was changed.")
    if name:
        default_storage.delete(name)


def forget_expired(now: datetime) -> int:
    """Delete the files that nobody confirmed in time; return how many."""
    gone = 0
    for imported in Import.objects.expired(now).exclude(state=State.SAVING):
        deleted, _ = Import.objects.expired(now).filter(pk=imported.pk).delete()
        if deleted and imported.file.name:
            default_storage.delete(imported.file.name)
        gone += bool(deleted)
    return gone
