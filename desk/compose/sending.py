"""From a filled-in form to posts: checked, saved and sent off as a whole, once for each form."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from content.drafts import become, forget_draft
from content.models import Draft, MediaAsset, Piece, PieceVersion
from content.readying import make_ready
from content.writing import clean_link, clean_text, save_version, write_piece
from desk.compose.composition import Composition, Place
from desk.compose.times import notes_on_time, wants_time
from posting.models import Batch
from scheduling.batching import TAKE_BACK_MAX, BatchRefused, Plan, Target, When, send_off

HOLDS = (0, 10, 30, 60)  # seconds
WAYS = ("now", "at", "slot", "approval", "ready")
NEEDS_PUBLISHING = ("now", "at", "slot")

Errors = dict[str, list[str]]  # sentences by the field they stand beside


class Refused(Exception):
    """Nothing was saved and nothing sent. `errors` has the sentences by field."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        super().__init__("The form was refused.")


@dataclass(frozen=True)
class Sent:
    """What became of the form. `new` is False when it had been sent before."""

    batch: Batch | None = None
    piece: Piece | None = None
    new: bool = True


class _Twice(Exception):
    """The form was sent a moment before. Undoes the second saving."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent
        super().__init__("sent before")


def send(composition: Composition, now: datetime) -> Sent:
    """Save what was written and send it off.

    Raises Refused; EditConflict when someone else saved the piece meanwhile; PermissionDenied.
    """
    _check_right(composition)
    before = already_sent(composition)
    if before:
        return before
    errors = _errors(composition, now)
    if errors:
        raise Refused(errors)
    try:
        with transaction.atomic():
            return _save_and_send(composition, now)
    except _Twice as twice:
        return twice.sent
    except BatchRefused as refusal:
        raise Refused(_by_place(composition.chosen, refusal)) from refusal
    except ValidationError as error:
        raise Refused(_by_field(error)) from error


def already_sent(composition: Composition) -> Sent | None:
    """What this very form became before, if it was sent already."""
    batch = Batch.objects.filter(pk=composition.key).first()
    if batch and batch.by_id != composition.user.pk:
        raise Http404("No such form.")
    if batch:
        return Sent(batch=batch, new=False)
    saved = Draft.objects.filter(pk=composition.key, by=composition.user, became__isnull=False)
    draft = saved.select_related("became").first()
    return Sent(piece=draft.became, new=False) if draft else None


def _check_right(composition: Composition) -> None:
    if composition.filled.when in NEEDS_PUBLISHING and not composition.may_publish:
        raise PermissionDenied(f"Your role at {composition.brand} does not include publishing.")


def _errors(composition: Composition, now: datetime) -> Errors:
    filled = composition.filled
    errors = text_errors(composition)
    if filled.when not in WAYS:
        errors["when"] = ["Choose what is to happen with it."]
    if not filled.to and filled.when != "ready":
        errors["to"] = ["No account is chosen, so nothing was sent. Choose an account."]
    if wants_time(composition):
        errors |= _time_errors(composition, now)
    return errors


def text_errors(composition: Composition) -> Errors:
    """What cannot be kept at all, by field."""
    filled, errors = composition.filled, dict[str, list[str]]()
    checks = [("text", filled.text), ("title", filled.title)]
    checks += [(f"own-text:{key}", own.text) for key, own in filled.own.items()]
    checks += [(f"alt:{picked.id}", picked.alt) for picked in filled.pictures]
    for name, words in checks:
        try:
            clean_text(words, name)
        except ValidationError as error:
            errors[name] = error.messages
    try:
        clean_link(filled.link)
    except ValidationError as error:
        errors["link"] = error.messages
    if filled.says_nothing:
        errors["text"] = ["There is nothing to send. Write a text or add a picture."]
    return errors


def _time_errors(composition: Composition, now: datetime) -> Errors:
    filled = composition.filled
    if not (filled.day and filled.time):
        return {"time": ["A time needs both, the date and the time of day."]}
    stops = [note.sentence for note in notes_on_time(composition, now) if note.stop]
    return {"time": stops} if stops else {}


def _save_and_send(composition: Composition, now: datetime) -> Sent:
    version = _saved(composition)
    _take_along(composition, version, now)
    if not composition.filled.to:
        return _keep_piece(composition, version.piece)
    targets = [Target(version, place.account, place.channel) for place in composition.chosen]
    batch, new = send_off(
        composition.key,
        targets,
        _plan(composition),
        brand=composition.brand,
        by=composition.user,
        now=now,
    )
    if not new:
        raise _Twice(Sent(batch=batch, new=False))
    forget_draft(composition.key, composition.user)
    return Sent(batch=batch)


def _take_along(composition: Composition, version: PieceVersion, now: datetime) -> None:
    """Let the chosen posts of the piece say the same from now on: all of them, or nothing."""
    errors = composition.followers.take_along(composition.filled.follow, version, now)
    if errors:
        raise Refused(errors)


def _keep_piece(composition: Composition, piece: Piece) -> Sent:
    if not become(composition.key, piece, by=composition.user):
        raise _Twice(already_sent(composition) or Sent(piece=piece, new=False))
    return Sent(piece=piece)


def _plan(composition: Composition) -> Plan:
    filled = composition.filled
    timed = wants_time(composition)
    ways = {"now": When.NOW, "slot": When.SLOT}
    when = When.AT if timed else ways.get(filled.when, When.READY)
    return Plan(
        when,
        wall=filled.wall if timed else "",
        zone="" if filled.zone == "own" else filled.zone,
        fold=int(filled.fold or 0),
        take_back=min(filled.hold, TAKE_BACK_MAX) if when is When.NOW else 0,
        for_approval=filled.when == "approval",
        again=filled.again,
        queue=filled.queue,
        note=filled.note,
    )


def _saved(composition: Composition) -> PieceVersion:
    """Return the version that says this: the piece's own where nothing was changed."""
    filled, shared = composition.filled, composition.shared
    media = _described(composition)
    piece = composition.piece
    if piece is None:
        piece = write_piece(
            brand=composition.brand,
            title=filled.title,
            text=filled.text,
            by=composition.user,
            link=shared.link,
            media=media,
            variants=composition.variants,
            origin=Piece.Origin.SOURCE if composition.section else Piece.Origin.WRITTEN,
            section=composition.section,
        )
    elif not _says_already(composition, piece):
        save_version(
            piece,
            text=filled.text,
            by=composition.user,
            expected_edits=filled.piece_edits,
            link=shared.link,
            media=media,
            variants=composition.variants,
        )
    make_ready(piece, by=composition.user)  # whoever saves a draft here has looked at it
    _retitle(composition, piece)
    if piece.current is None:
        raise ValidationError({"text": "The piece has no text yet. Write one."})
    return piece.current


def _says_already(composition: Composition, piece: Piece) -> bool:
    current = piece.current
    if current is None:
        return False
    return says_the_same(composition, current)


def overtaken(composition: Composition) -> bool:
    """Whether someone else saved other words of the piece since this form took them up."""
    piece = composition.piece
    if piece is None or piece.edits <= composition.filled.piece_edits:
        return False
    return not _says_already(composition, piece)


def says_the_same(composition: Composition, version: PieceVersion) -> bool:
    """Whether the version has the words and pictures that stand in the form."""
    shared = composition.shared
    uses = version.media.select_related("asset")
    pictures = [(u.asset.sha256, u.alt, u.focus_x, u.focus_y) for u in uses]
    mine = [(item.sha256, item.alt, item.focus_x, item.focus_y) for item in shared.media]
    words = (version.text, version.link, version.variants, pictures)
    return words == (shared.text, shared.link, composition.variants, mine)


def _retitle(composition: Composition, piece: Piece) -> None:
    title = clean_text(composition.filled.title, "title")[:200]
    if composition.piece and title and title != piece.title:
        piece.title = title
        piece.save(update_fields=["title", "updated_at"])  # saved, so that search finds it by it


def _described(composition: Composition) -> list[MediaAsset]:
    """The pictures with the words of this use; a picture without any keeps them as its own.

    What mattered most in them last is where their next use begins.
    """
    for (picked, asset), item in zip(composition.media, composition.shared.media, strict=True):
        known = MediaAsset.objects.filter(pk=asset.pk)
        known.filter(alt="").update(alt=item.alt)
        known.update(decorative=picked.decorative, focus_x=picked.focus[0], focus_y=picked.focus[1])
        asset.alt = item.alt
    return [asset for _, asset in composition.media]


def _by_place(chosen: list[Place], refusal: BatchRefused) -> Errors:
    """Reasons that all accounts share stand at the top, others beside their account."""
    every = {tuple(reasons) for reasons in refusal.reasons.values()}
    if len(every) == 1 and len(refusal.reasons) == len(chosen) and len(chosen) > 1:
        return {"": [*every.pop()]}
    return {f"to:{chosen[place].name}": words for place, words in refusal.reasons.items()}


def _by_field(error: ValidationError) -> Errors:
    if hasattr(error, "error_dict"):
        return {name: list(words) for name, words in error.message_dict.items()}
    return {"": error.messages}
