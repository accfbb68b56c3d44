"""Writing thousands of pieces at once: the same rows as `content.writing` makes, in few statements.

What takes time, comparing texts, is done before the transaction: on SQLite nobody else writes while
that is open, the workers that publish included.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower
from django.dispatch import Signal

from content.models import Label, MediaAsset, Piece, PieceVersion, TextPrint, VersionMedia
from content.piece_table import Said
from content.sameness import prints_of
from organisation.models import Brand, User
from platforms.splitting import without_cuts

CHUNK = 500  # rows of one statement
pieces_written = Signal()  # versions: their pieces at hand. Sent inside the transaction.
Labelled = Piece.labels.through


@dataclass
class Prepared:
    """A piece to be written, with the prints of its texts."""

    said: Said
    prints: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, said: Said) -> "Prepared":
        return cls(said, prints_of(said.text, said.link, said.variants))

    @property
    def title(self) -> str:
        said = self.said
        return said.title or (without_cuts(said.text) or said.text or said.link)[:60] or "Pictures"


def write_pieces(
    prepared: Sequence[Prepared],
    assets: dict[str, MediaAsset],
    *,
    brand: Brand,
    by: User,
    origin: str = Piece.Origin.IMPORTED,
) -> list[PieceVersion]:
    """Write the pieces, each with its first version and its labels; missing labels are made.

    Return their versions in order. Call it in a transaction, and note what it was for in the audit
    log: one entry for all of them. `assets` has the pictures by their hashes.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Pieces that are written at once are written in one transaction.")
    labels = _labels_of(prepared, brand)
    versions: list[PieceVersion] = []
    for start in range(0, len(prepared), CHUNK):
        versions += _write(prepared[start : start + CHUNK], assets, labels, brand, by, origin)
    return versions


def _write(
    some: Sequence[Prepared],
    assets: dict[str, MediaAsset],
    labels: dict[str, Label],
    brand: Brand,
    by: User,
    origin: str,
) -> list[PieceVersion]:
    pieces = Piece.objects.bulk_create(
        Piece(brand=brand, title=one.title, author=by, origin=origin, status=one.said.status,
              edits=1)
        for one in some
    )  # fmt: skip
    versions = PieceVersion.objects.bulk_create(
        PieceVersion(piece=piece, number=1, text=one.said.text, link=one.said.link,
                     variants=one.said.variants, author=by)
        for piece, one in zip(pieces, some, strict=True)
    )  # fmt: skip
    first = PieceVersion.objects.filter(piece=OuterRef("pk")).values("pk")[:1]
    Piece.objects.filter(pk__in=[piece.pk for piece in pieces]).update(current=Subquery(first))
    TextPrint.objects.bulk_create(
        TextPrint(version=version, channel=channel[:80], value=value)
        for version, one in zip(versions, some, strict=True)
        for channel, value in one.prints.items()
    )
    VersionMedia.objects.bulk_create(
        media
        for version, one in zip(versions, some, strict=True)
        for media in media_of(one.said, version, assets)
    )
    # Those that are on hold hold the posts that are made of these pieces afterwards.
    Labelled.objects.bulk_create(
        Labelled(piece=piece, label=labels[name.casefold()])
        for piece, one in zip(pieces, some, strict=True)
        for name in one.said.labels
    )
    for piece, version in zip(pieces, versions, strict=True):
        piece.current = version
    pieces_written.send(sender=Piece, versions=versions)
    return versions


def media_of(
    said: Said, version: PieceVersion, assets: dict[str, MediaAsset]
) -> list[VersionMedia]:
    """Return the pictures of a version in their places, none of them saved."""
    counted: dict[str, int] = {}
    found = []
    for picture in said.pictures:
        place = counted[picture.channel] = counted.get(picture.channel, 0) + 1
        found.append(
            VersionMedia(
                version=version, channel=picture.channel, position=place,
                asset=assets[picture.sha256], alt=picture.alt,
                focus_x=picture.focus[0], focus_y=picture.focus[1],
            )
        )  # fmt: skip
    return found


def _labels_of(prepared: Sequence[Prepared], brand: Brand) -> dict[str, Label]:
    """The brand's labels by their names, whatever their case; those that are missing are made."""
    names = names_of_labels(one.said for one in prepared)
    if not names:
        return {}
    known = known_labels(brand)
    missing = [Label(brand=brand, name=name) for key, name in names.items() if key not in known]
    # Somebody may make one of them at this moment, and then it is that one.
    Label.objects.bulk_create(missing, ignore_conflicts=True)
    return known_labels(brand) if missing else known


def names_of_labels(said: Iterable[Said]) -> dict[str, str]:
    """Return the names of all labels, each as it is written first, by its name without capitals."""
    names: dict[str, str] = {}
    for one in said:
        for name in one.labels:
            names.setdefault(name.casefold(), name)
    return names


def known_labels(brand: Any) -> dict[str, Label]:
    """Return the brand's labels by their names without capitals."""
    rows = Label.objects.filter(brand=brand).order_by(Lower("name"))
    return {label.name.casefold(): label for label in rows}
