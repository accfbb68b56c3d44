"""Saving what a person wrote: every save is a new version."""

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from content.models import MediaAsset, Piece, PieceVersion, Section, VersionMedia
from organisation.audit import record
from organisation.models import Brand, User
from platforms.splitting import without_cuts

TEXT_MAX = 100_000  # characters; the longest any platform takes is 63,206
# NUL cannot be stored in PostgreSQL and half a surrogate pair cannot be sent at all.
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


class EditConflict(Exception):
    """Someone else saved this piece in the meantime. Nothing was overwritten."""


def clean_text(text: str, field: str = "text") -> str:
    """Return the text with uniform line ends. Raises ValidationError for what cannot be sent."""
    if _UNUSABLE.search(text):
        raise ValidationError(
            {field: "The text holds a character no platform can take. Nothing was saved. "
                    "Remove the broken character; pasting as plain text often does."}
        )  # fmt: skip
    if len(text) > TEXT_MAX:
        raise ValidationError(
            {field: f"The text has {len(text):,} characters and {TEXT_MAX:,} is the most kept. "
                    "Nothing was saved. Shorten it."}
        )  # fmt: skip
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def without_unusable(text: str) -> str:
    """Return the text without the characters that cannot be kept, for names nobody typed."""
    return _UNUSABLE.sub("", text)


def clean_link(link: str) -> str:
    """Return the link. Raises ValidationError unless it is an http or https address."""
    link = link.strip()
    if link:
        try:
            URLValidator(schemes=["http", "https"])(link)
        except ValidationError as error:
            raise ValidationError(
                {"link": f"{link[:80]} is not a web address. It begins with https://"}
            ) from error
    return link


def write_piece(
    *,
    brand: Brand,
    title: str,
    text: str,
    by: User | None,
    link: str = "",
    media: Sequence[MediaAsset] = (),
    variants: dict[str, Any] | None = None,
    origin: str = Piece.Origin.WRITTEN,
    status: str = Piece.Status.READY,
    section: Section | None = None,
    channel: str = "",
) -> Piece:
    """Make a piece with its first version. Raises ValidationError; nothing is half saved.

    `section`: what it is made from, and `channel` the one it is for; empty for all.
    """
    words = clean_text(text)
    title = clean_text(title, "title")[:200] or (without_cuts(words) or words)[:60]
    with transaction.atomic():
        piece = Piece.objects.create(
            brand=brand,
            title=title,
            author=by,
            origin=origin,
            status=status,
            section=section,
            channel=channel,
        )
        save_version(
            piece, text=text, by=by, expected_edits=0, link=link, media=media, variants=variants
        )
    return piece


def save_version(
    piece: Piece,
    *,
    text: str,
    by: User | None,
    expected_edits: int,
    link: str = "",
    media: Sequence[MediaAsset] = (),
    variants: dict[str, Any] | None = None,
    becomes_current: bool = True,
) -> PieceVersion:
    """Save a new version. Raises EditConflict when `expected_edits` is no longer the piece's.

    One that does not become current is for a post whose piece says something else by now.
    """
    text, link = clean_text(text), clean_link(link)
    with transaction.atomic():
        number = expected_edits + 1
        as_known = Piece.objects.filter(pk=piece.pk, edits=expected_edits)
        taken = as_known.update(edits=number, updated_at=timezone.now())
        if not taken:
            raise EditConflict(f"{piece} was saved by someone else a moment ago.")
        version = PieceVersion.objects.create(
            piece=piece, number=number, text=text, link=link, variants=variants or {}, author=by
        )
        VersionMedia.objects.bulk_create(
            VersionMedia(
                version=version,
                position=place,
                asset=asset,
                alt=asset.alt,
                focus_x=asset.focus_x,
                focus_y=asset.focus_y,
            )
            for place, asset in enumerate(media, start=1)
        )
        piece.edits = number
        if becomes_current:
            Piece.objects.filter(pk=piece.pk).update(current=version)
            piece.current = version
        record(
            "write piece",
            f"{by or 'The system'} saved version {number} of “{piece}”.",
            by=by or "system",
            subject=piece,
            brand=piece.brand,
        )
    return version
