"""Holding all posts that bear a label, and letting them go again.

A post's label flag says that one of its piece's labels is held. It is set wherever that can change:
when a label is held or released, when a piece gets or loses a label, and when a post is made. All
three touch the label's row first, so none of them decides on what another is changing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now
from django.db.models.signals import m2m_changed, post_delete, pre_delete

from content.models import Label, Piece
from organisation.audit import record
from organisation.faults import logged
from organisation.models import User
from organisation.rights import PUBLISH_POST, may
from posting.deciding import NotPossible
from posting.models import Post
from posting.states import Hold, Status
from posting.waking import wake_soon

CLOCK = "clock"  # who releases what was held until a time
FINAL = (Status.PUBLISHED, Status.REMOVED)
WITHOUT = ~int(Hold.LABEL) & 0xFF
FLAGGED = [holds for holds in range(8) if Hold.LABEL in Hold(holds)]
Labelled = Piece.labels.through


def hold_label(label: Label, *, by: User, now: datetime, until: datetime | None = None) -> int:
    """Keep the posts of the label's pieces from going out; return how many that holds anew.

    Until then, or until somebody releases it. A post that is on its way already finishes.
    """
    with transaction.atomic():
        _lock([label.pk])
        Label.objects.filter(pk=label.pk).update(held=True, held_by=by, held_until=until)
        count = flag_posts(Labelled.objects.filter(label=label).values("piece"))
        until_then = f" until {until:%d %B %Y %H:%M} {until.tzname()}" if until else ""
        sentence = f"{by} put the label “{label}” on hold{until_then}: {count} posts wait."
        record("hold label", sentence, by=by, subject=label, brand=label.brand)
    label.refresh_from_db()
    return count


def release_label(label: Label, *, by: User | str, now: datetime) -> int:
    """End a label's hold; return how many posts it lets go.

    They go out at their times; past those, as late as their accounts allow.
    """
    with transaction.atomic():
        _lock([label.pk])
        Label.objects.filter(pk=label.pk).update(held=False, held_by=None, held_until=None)
        count = flag_posts(Labelled.objects.filter(label=label).values("piece"))
        sentence = f"{by} ended the hold of the label “{label}”: {count} posts go on."
        record("release label", sentence, by=by, subject=label, brand=label.brand)
    label.refresh_from_db()
    wake_soon()
    return count


def release_elapsed(now: datetime) -> None:
    """End the holds that were to last until now, each on its own."""
    for label in Label.objects.filter(held=True, held_until__lte=now):
        with logged(f"the hold of label {label.pk} could not be ended"):
            release_label(label, by=CLOCK, now=now)


def flag_posts(pieces: Any) -> int:
    """Set or clear the label flag of the pieces' posts; return how many changed."""
    held = Exists(Labelled.objects.filter(piece=OuterRef("piece"), label__held=True))
    posts = Post.objects.filter(piece__in=pieces).exclude(status__in=FINAL)
    flagged: int = (
        posts.filter(held)
        .exclude(holds__in=FLAGGED)
        .update(holds=F("holds").bitor(int(Hold.LABEL)), updated_at=Now())
    )
    cleared: int = posts.filter(~held, holds__in=FLAGGED).update(
        holds=F("holds").bitand(WITHOUT), updated_at=Now()
    )
    return flagged + cleared


def label_piece(piece: Piece, *, add: set[int], remove: set[int], by: User) -> bool:
    """Give the piece labels of its brand and take others away; say whether anything changed.

    Both are ids of labels; others that the piece has meanwhile are left alone. Raises NotPossible,
    with nothing changed, where a held label would hold or release posts of somebody who may not.
    """
    with transaction.atomic():
        labels = _lock(piece.brand.labels.filter(pk__in=add | remove).values_list("pk", flat=True))
        mine = set(piece.labels.values_list("pk", flat=True))
        changed = [one for one in labels if (one.pk in add) != (one.pk in mine)]
        held = [label for label in changed if label.held]
        if held and not may(by, PUBLISH_POST, piece.brand):
            raise NotPossible(
                f"The label “{held[0]}” is on hold, and so are the posts of its pieces. Nothing "
                "was changed: your role does not include holding posts or letting them go."
            )
        if not changed:
            return False
        piece.labels.add(*(one for one in changed if one.pk in add))
        piece.labels.remove(*(one for one in changed if one.pk not in add))
        names = ", ".join(sorted(piece.labels.values_list("name", flat=True))) or "none"
        sentence = f"{by} set the labels of “{piece}”: {names}."
        record("label piece", sentence, by=by, subject=piece, brand=piece.brand)
    if held:
        wake_soon()
    return True


def held_now(piece: Piece) -> Hold:
    """Return the flag for a new post of the piece. Inside the transaction that makes the post."""
    labels = _lock(piece.labels.values_list("pk", flat=True))
    return Hold.LABEL if any(label.held for label in labels) else Hold.NONE


def connect() -> None:
    """Follow pieces that get or lose labels, whoever changes them."""
    m2m_changed.connect(_labels_changed, sender=Labelled, dispatch_uid="label-holds")
    pre_delete.connect(_label_goes, sender=Label, dispatch_uid="label-goes")
    post_delete.connect(_label_is_gone, sender=Label, dispatch_uid="label-is-gone")


def _label_goes(instance: Any, **_: Any) -> None:
    """Note whose label it was: afterwards nobody knows."""
    instance._had = list(instance.pieces.values_list("pk", flat=True))


def _label_is_gone(instance: Any, **_: Any) -> None:
    flag_posts(instance.__dict__.pop("_had", []))


def _labels_changed(
    instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any
) -> None:
    if action == "pre_clear" and reverse:
        _label_goes(instance)
    if not action.startswith("post_"):
        return
    changed = pk_set or instance.__dict__.pop("_had", ()) if reverse else [instance.pk]
    with transaction.atomic():
        flag_posts(list(changed))


def _lock(labels: Iterable[int]) -> list[Label]:
    rows = Label.objects.select_for_update(of=("self",)).filter(pk__in=list(labels))
    return list(rows.order_by("pk"))
