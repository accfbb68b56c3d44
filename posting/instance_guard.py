"""A restored or copied database sends nothing until a person has adopted it.

Yesterday's dump does not know what went out since, and a copy does not know that the original goes
on. Either would send again what is out already. So every worker compares the database with what its
machine remembers and with the place it was adopted in. In doubt, publishing is turned off for all.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from organisation import memory
from organisation.audit import record
from organisation.homes import home, is_same
from organisation.models import Instance, Mail, Switch, User
from organisation.notices import open_notice, resolve_notice
from posting.models import FollowUp, Post, PublishStep
from posting.states import Status

log = logging.getLogger(__name__)

FAULT = "instance"
NEXT = "Nothing is published until `manage.py adopt_instance` has been run."
OLDER = f"This database is older than what this machine has seen go out. {NEXT}"


@dataclass(frozen=True)
class Adopted:
    """What an adoption moved."""

    missed: int
    unconfirmed: int
    comments: int


def check(now: datetime) -> str:
    """Turn publishing off when this database is not what it seems; return why, or "".

    Called when a worker starts and with each of its signs of life.
    """
    instance = Instance.objects.get()
    doubt = instance.doubt or _doubt(instance)
    if doubt and not instance.doubt:
        suspend(doubt, now)
    return doubt


def foreign() -> str:
    """Return a sentence when this machine works for another installation than this database's."""
    instance = Instance.objects.get()
    known = memory.recall().instance
    if known in ("", str(instance.uuid), *instance.former) or not PublishStep.objects.exists():
        return ""
    return (
        "This machine has worked for another installation (its id is in STATE_DIR). If it is meant "
        "to work for this database now, empty STATE_DIR and start again; else check DATABASE_URL."
    )


def _doubt(instance: Instance) -> str:
    known = memory.recall()  # before the rows, which other processes add to meanwhile
    highest = PublishStep.objects.aggregate(highest=Max("pk"))["highest"] or 0
    here = home()
    if not is_same(here, instance.home):
        if Post.objects.exists():
            return f"This database is a copy, or was moved. {NEXT}"
        Instance.objects.update(home=here)
    mine = str(instance.uuid)
    if known.instance == mine and highest < known.journal:
        return OLDER
    if known.instance != mine:
        memory.belong(mine, highest)
    return ""


def suspend(doubt: str, now: datetime) -> None:
    """Turn publishing off for everything, and say why."""
    with transaction.atomic():
        if not Instance.objects.filter(doubt="").update(doubt=doubt):
            return
        Switch.objects.get_or_create(brand=None)
        Switch.objects.filter(brand=None, stopped=False).update(
            stopped=True, stopped_by=None, stopped_at=now, until=None, reason=doubt
        )
        # Whoever wrote these mails may have sent them; what they tell stands under the notices.
        Mail.objects.waiting().update(state=Mail.State.DROPPED, error=doubt)
        open_notice(FAULT, doubt)
        record("stop", f"Publishing was turned off for everything. {doubt}", by="instance guard")
    log.error(doubt)


def adopt(now: datetime, by: User | str) -> Adopted:
    """Make this database the one that publishes, from `now` on.

    What was due before may be out already, so none of it goes out by itself: it becomes missed,
    and what a worker held becomes unconfirmed. Publishing that a person had stopped stays stopped.
    """
    with transaction.atomic():
        instance = Instance.objects.select_for_update().get()
        moved = Adopted(_miss_due(now), _doubt_sending(now), _doubt_comments(now))
        instance.former = [*instance.former, str(instance.uuid)]
        instance.uuid, instance.home = uuid.uuid4(), home()
        instance.adopted_at, instance.doubt = now, ""
        instance.save()
        Switch.objects.filter(brand=None, stopped=True, stopped_by=None).update(
            stopped=False, stopped_at=None, reason=""
        )
        resolve_notice(FAULT, now)
        record("adopt", f"{by} adopted this database; {_sum(moved)}.", by=by)
    highest = PublishStep.objects.aggregate(highest=Max("pk"))["highest"] or 0
    memory.belong(str(instance.uuid), highest)
    return moved


def _sum(moved: Adopted) -> str:
    return (
        f"{moved.missed} posts became missed, {moved.unconfirmed} posts and "
        f"{moved.comments} comments unconfirmed"
    )


def due_before(now: datetime) -> int:
    """Return how many posts an adoption would keep from going out by themselves."""
    return Post.objects.scheduled().filter(due_at__lte=now).count()


def _miss_due(now: datetime) -> int:
    sentence = "It was due before this database was adopted, so it may be out already. Look first."
    due = Post.objects.scheduled().filter(due_at__lte=now).values_list("pk", flat=True)
    return sum(
        Post.objects.advance(
            pk,
            old=Status.SCHEDULED,
            new=Status.MISSED,
            actor="adoption",
            sentence=sentence,
            values={"error_sentence": sentence, "lease_token": F("lease_token") + 1},
        )
        for pk in list(due)
    )


def _doubt_sending(now: datetime) -> int:
    sentence = "It was being sent when this database was copied, so it may be out. We look for it."
    held = Post.objects.publishing().values_list("pk", flat=True)
    return sum(
        Post.objects.advance(
            pk,
            old=Status.PUBLISHING,
            new=Status.UNCONFIRMED,
            actor="adoption",
            sentence=sentence,
            # A worker that still holds it, on the original, must not settle it here.
            values={
                "lease_token": F("lease_token") + 1,
                "error_sentence": sentence,
                "next_look_at": now,
                "looks": 0,
            },
        )
        for pk in list(held)
    )


def _doubt_comments(now: datetime) -> int:
    """Removing twice is harmless, commenting twice is not."""
    due = FollowUp.objects.filter(
        kind=FollowUp.Kind.COMMENT,
        state__in=(FollowUp.State.WAITING, FollowUp.State.SENDING),
        wake_at__lte=now,
    )
    return due.update(
        state=FollowUp.State.UNCONFIRMED,
        lease_token=F("lease_token") + 1,
        lease_until=None,
        on_wire="",
        error_sentence="It was due before this database was adopted. Look there first.",
    )
