"""What a new form begins with: a kept draft, a piece, or what the address says."""

import uuid
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from content.models import Draft, Piece, Section
from content.sources import wording
from desk.compose.composition import Composition
from desk.compose.filled import Filled, Own, Picked, percent
from desk.compose.options import offered, words_of
from organisation.models import Brand, User
from organisation.rights import PUBLISH_POST, WRITE_PIECE, brands_where, may
from platforms.models import Account
from platforms.registry import UnknownPlatform, adapter_for
from platforms.values import Option
from scheduling.walltime import parse_wall, zone_named


def opened(asked: QueryDict, user: User, chosen: Brand | None, now: datetime) -> Composition:
    """Return the form to show: the kept draft of this id, or a new one under it.

    A new one is for the brand that pages show, unless the address names another, by what it is to
    hold.

    Raises Http404 for what is not this person's; PermissionDenied where they may not write.
    """
    try:
        key = uuid.UUID(asked.get("draft", ""))
    except ValueError as error:
        raise Http404("No such draft.") from error
    draft = Draft.objects.unsent_by(user).filter(pk=key).first()
    if draft is None:  # not kept here yet; the browser may have it
        composition = Composition(_begun(asked, user, chosen, now), user, key)
        composition.filled.follow = [post.pk for post in composition.followers.posts]
        return composition
    filled = Filled.from_json(draft.payload | {"window": str(uuid.uuid4()), "turn": 0})
    return Composition(filled, user, key, draft.edits, strict=False)


def _begun(asked: QueryDict, user: User, chosen: Brand | None, now: datetime) -> Filled:
    piece = _piece(asked.get("piece"), user)
    account = _account(asked.get("account"), user)
    section = _section(asked.get("section"), user) if piece is None else None
    owner = piece or account or (section.source if section else None)
    brand = _brand(owner.brand if owner else chosen, "" if owner else asked.get("brand"), user)
    filled = Filled(brand=brand.pk, text=asked.get("text", ""), link=asked.get("link", ""))
    filled.window = str(uuid.uuid4())
    if piece:
        read_piece(filled, piece)
    if section:
        read_section(filled, section)
    if account and account.can_send:
        there = [channel.slug for channel in account.platform.adapter.channels]
        channel = asked.get("channel", "") if asked.get("channel") in there else there[0]
        filled.to = [f"{account.pk}/{channel}"]
    _set_time(filled, brand, asked, user, now)
    return filled


def as_usual_at(filled: Filled, brand: Brand, user: User) -> None:
    """The zone of the brand, and the way of sending that this person mostly takes there."""
    filled.zone = brand.timezone
    filled.when = "at" if may(user, PUBLISH_POST, brand) else "approval"


def read_piece(filled: Filled, piece: Piece) -> None:
    """Fill in what the piece says now."""
    filled.piece, filled.piece_edits, filled.title = piece.pk, piece.edits, piece.title
    if piece.current is None:
        return
    filled.text, filled.link = piece.current.text, piece.current.link
    uses = piece.current.media.filter(channel="").select_related("asset")
    filled.pictures = [
        Picked(u.asset_id, u.alt, u.asset.decorative, percent(u.focus_x), percent(u.focus_y))
        for u in uses
    ]
    for key, variant in piece.current.variants.items():
        own = Own(
            variant.get("text", ""),
            variant.get("link") == "",
            variant.get("pictures"),
            words_of(_options_of(key), variant.get("options", {})),
        )
        if own != Own():
            filled.own[key] = own


def read_section(filled: Filled, section: Section) -> None:
    """Fill in what a section of a source says, which the piece will be made from."""
    filled.section, filled.title = section.pk, wording.title_of(section)
    filled.text, filled.link = wording.words_of(section), section.source.address


def _options_of(key: str) -> tuple[Option, ...]:
    platform, _, channel = key.partition("/")
    try:
        return offered(adapter_for(platform), channel)
    except UnknownPlatform:
        return ()


def _piece(name: str | None, user: User) -> Piece | None:
    if not name:
        return None
    pieces = Piece.objects.visible_to(user).select_related("brand", "current")
    return get_object_or_404(pieces, pk=_id(name))


def _section(name: str | None, user: User) -> Section | None:
    if not name:
        return None
    sections = Section.objects.visible_to(user).select_related("source__brand")
    return get_object_or_404(sections, pk=_id(name))


def _account(name: str | None, user: User) -> Account | None:
    if not name:
        return None
    accounts = Account.objects.visible_to(user).select_related("brand", "platform")
    return get_object_or_404(accounts, pk=_id(name))


def _brand(meant: Brand | None, name: str | None, user: User) -> Brand:
    mine = brands_where(user, WRITE_PIECE)
    if name:
        return get_object_or_404(mine, pk=_id(name))
    if meant:
        if not mine.filter(pk=meant.pk).exists():
            raise PermissionDenied(f"Your role at {meant} does not include writing.")
        return meant
    first = mine.order_by("name").first()
    if first is None:
        raise PermissionDenied("Your role does not include writing.")
    return first


def _id(name: str) -> int:
    if not (name.isascii() and name.isdigit() and len(name) < 16):
        raise Http404("No such thing.")
    return int(name)


def _set_time(filled: Filled, brand: Brand, asked: QueryDict, user: User, now: datetime) -> None:
    """The brand's today, without a time of day unless the address gives one.

    `at` is a day or a wall time, `zone` where it is meant. A slip in them is no error: the form
    asks for the time.
    """
    as_usual_at(filled, brand, user)
    filled.day = f"{now.astimezone(ZoneInfo(brand.timezone)):%Y-%m-%d}"
    at, zone = asked.get("at", ""), asked.get("zone", "")
    if not at:
        return
    with suppress(ValidationError):
        wall = parse_wall(at if ":" in at else f"{at} 00:00")
        filled.day = f"{wall:%Y-%m-%d}"
        filled.time = f"{wall:%H:%M}" if ":" in at else filled.time
        if zone:
            filled.zone = zone_named(zone).key
