"""Finding out what became of a post whose outcome is unknown. It looks; it never guesses."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from content.rendering import first_comment
from organisation.models import Switch
from organisation.notices import open_notice
from platforms.clock import boottime
from platforms.contract import FindsPosts
from platforms.errors import PlatformError
from platforms.models import Account
from platforms.registry import adapter_for
from platforms.values import Absent, CannotTell, Found, Sighting, StepRecord, Unpublished
from posting.claims import lease
from posting.connecting import check_target, client_until, connection_for, target_of
from posting.models import FollowUp, Post, PostEvent, PublishStep
from posting.preparing import rendition_of
from posting.settling import URL_MAX
from posting.states import Status
from posting.storable import storable
from posting.verifying import first_look

log = logging.getLogger(__name__)

BATCH = 100
SLOW = 5.0  # seconds of one look, after which its platform waits for the next run
# After each look the next one waits longer. After the last only a person can tell.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360))
LOOK_LEASE = timedelta(minutes=5)  # two workers never look for the same post at once
BETWEEN_READINGS = timedelta(seconds=30)  # of a platform's own record, before both are proof
NOT_OUT = "Looked at the platform's own record of the post, which says that it is not out."
CREATED_BEFORE = timedelta(seconds=60)  # clocks differ: how much earlier a post may seem made


def reconcile(now: datetime) -> int:
    """Look for the unconfirmed posts whose look is due; return how many were looked for.

    A platform that is slow to answer is left alone until the next run, so that the posts of the
    others need not wait for it.
    """
    due = Post.objects.unconfirmed().filter(next_look_at__lte=now).order_by("next_look_at")
    looked, slow = 0, Q()
    for _ in range(BATCH):
        post = due.exclude(slow).select_related("account").first()
        if post is None:
            break
        began = boottime()
        looked += look_for(post, now)
        if boottime() - began > SLOW:
            slow |= Q(platform=post.platform_id, account__server=post.account.server)
    return looked


def look_for(post: Post, now: datetime) -> bool:
    """Look for one unconfirmed post. Returns False when another process is looking already."""
    mine = Post.objects.unconfirmed().filter(pk=post.pk, next_look_at=post.next_look_at)
    if not mine.update(next_look_at=now + LOOK_LEASE, looks=post.looks + 1):
        return False
    keyed = _resendable_step(post, now)
    sighting = _sighting(post)
    if keyed is None:
        _act_on(post, sighting, now)
    elif not (isinstance(sighting, Found) and _took(post, sighting, now)):
        _send_or_wait(post, keyed, sighting, now)
    return True


def _send_or_wait(post: Post, keyed: PublishStep, seen: Sighting, now: datetime) -> None:
    """Send with the same key what is not there to be seen, in time for the key to count.

    A server may ignore the key, whatever it calls itself. So an account that cannot be read just
    now is read once more before the key is relied on, as long as that does not outlive it.
    """
    later = now + PAUSES[min(post.looks, len(PAUSES) - 1)]
    in_time = keyed.valid_until is not None and later < keyed.valid_until
    if in_time and isinstance(seen, CannotTell) and issubclass(post.platform.adapter, FindsPosts):
        _note_and_wait(post, seen, now)
    else:
        _send_with_same_key(post, keyed, now)


def _resendable_step(post: Post, now: datetime) -> PublishStep | None:
    """The open keyed step that can be sent again now: its key still counts, its account sends.

    A post whose account is stopped stays unconfirmed, where a person can decide about it.
    """
    if Switch.objects.stopped_for(post.brand_id).exists():
        return None
    if not Account.objects.able_to_send(now).filter(pk=post.account_id).exists():
        return None
    return post.steps.filter(
        state=PublishStep.State.STARTED, kind=PublishStep.Kind.KEYED, valid_until__gt=now
    ).first()


def _send_with_same_key(post: Post, step: PublishStep, now: datetime) -> None:
    """The step stays `started` and keeps its key: sent again, it can only be the same post."""
    Post.objects.advance(
        post.pk,
        old=Status.UNCONFIRMED,
        new=Status.SCHEDULED,
        actor="reconciler",
        sentence="The platform still knows the key of the first try. The post is sent again with "
        "the same key, which cannot make a second copy.",
        evidence=f"Step {step.key}, begun {step.started_at:%H:%M:%S} UTC.",
        values={"wake_at": now, "next_attempt_at": None, "next_look_at": None},
    )


def _sighting(post: Post) -> Sighting:
    try:
        return _look(post)
    except PlatformError as error:
        return CannotTell(error.sentence)
    except Exception:  # whatever is wrong with one look, the person is asked all the same
        log.exception("post %s could not be looked for", post.pk)
        return CannotTell("The look failed because of a fault on our side.")


def _look(post: Post) -> Sighting:
    target = target_of(post.account)
    kind = adapter_for(target.adapter_slug)
    check_target(target, kind)
    client = client_until(boottime() + settings.LEASE_SECONDS, target)
    adapter = kind(connection_for(target, client))
    if not isinstance(adapter, FindsPosts):
        return CannotTell(f"{adapter.name} offers no way to look.")
    known = _others_there(post).exclude(remote_id="").order_by("-id")
    ids = frozenset(known.values_list("remote_id", flat=True)[:500])
    return adapter.find(rendition_of(post, post.account), _records(post), ids)


def _others_there(post: Post) -> QuerySet[Post]:
    """Other posts to the same page or profile, which several brands may have connected."""
    here = post.account
    same = Account.objects.filter(
        platform_id=here.platform_id, server=here.server, remote_id=here.remote_id
    )
    return Post.objects.filter(account__in=same).exclude(pk=post.pk)


def _records(post: Post) -> list[StepRecord]:
    open_steps = post.steps.exclude(state=PublishStep.State.VOID)
    return [
        StepRecord(s.key, s.kind, s.state, s.started_at, s.idempotency_key, s.result)
        for s in open_steps
    ]


def _act_on(post: Post, sighting: Sighting, now: datetime) -> None:
    if isinstance(sighting, Found):
        if _took(post, sighting, now):
            return
        sighting = CannotTell("A post with this content is there, but it is not this one.")
    if isinstance(sighting, Unpublished) and _said_before(post, now):
        _send_what_never_left(post, sighting, now)
        return
    _note_and_wait(post, sighting, now)


def _took(post: Post, found: Found, now: datetime) -> bool:
    """Take what was found for the post, unless it is another one's."""
    try:
        if _is_ours(post, found):
            _confirm(post, found, now)
            return True
    except IntegrityError:
        log.info("post %s: another post became %s first", post.pk, found.remote_id)
    return False


def _said_before(post: Post, now: datetime) -> bool:
    """Whether the look before this one, long enough ago, read the same in the platform's record."""
    last = post.events.filter(actor="reconciler").order_by("-at", "-pk").first()
    started = post.steps.filter(state=PublishStep.State.STARTED).order_by("-started_at").first()
    if last is None or started is None or last.sentence != NOT_OUT:
        return False
    return started.started_at < last.at <= now - BETWEEN_READINGS


def _send_what_never_left(post: Post, said: Unpublished, now: datetime) -> None:
    """Two readings are proof. What was prepared stays, so that the same is published at most once.

    The started steps are voided in the same transaction, and only if the post was still in doubt.
    """
    with transaction.atomic():
        moved = Post.objects.advance(
            post.pk,
            old=Status.UNCONFIRMED,
            new=Status.SCHEDULED,
            actor="reconciler",
            sentence="The platform's own record said twice that the post is not out. It is sent "
            "again.",
            evidence=storable(said.evidence),
            values={"wake_at": now, "next_attempt_at": None, "next_look_at": None},
        )
        if moved:
            post.steps.filter(state=PublishStep.State.STARTED).update(
                state=PublishStep.State.VOID,
                void_reason=storable(f"Not published, twice: {said.evidence}"),
                cost=0,
            )


def _is_ours(post: Post, found: Found) -> bool:
    started = post.steps.filter(state=PublishStep.State.STARTED).order_by("started_at").first()
    if started is None or found.created_at < started.started_at - CREATED_BEFORE:
        return False
    return not _others_there(post).filter(remote_id=found.remote_id).exists()


def _confirm(post: Post, found: Found, now: datetime) -> None:
    if found.unfinished:
        _go_on(post, found, now)
        return
    with transaction.atomic():
        confirmed = Post.objects.advance(
            post.pk,
            old=Status.UNCONFIRMED,
            new=Status.PUBLISHED,
            actor="reconciler",
            sentence="The post was found at the platform. It is out.",
            evidence=storable(found.evidence or found.url or found.remote_id),
            values={
                "remote_id": found.remote_id,
                "remote_url": found.url if len(found.url) <= URL_MAX else "",
                "published_at": found.created_at,
                "confirmed_at": now,
                "irrevocable": True,
                "looks": 0,
                "next_look_at": first_look(post.account, now),
                "error_class": "",
                "error_sentence": "",
            },
        )
        if confirmed:
            _close_steps(post, found, now)
            version, account = post.piece_version, post.account
            comment = first_comment(version, account.platform.slug, post.channel_type.slug)
            FollowUp.objects.plan_comment(post.pk, account.pk, comment, now)


def _go_on(post: Post, found: Found, now: datetime) -> None:
    """A part of a thread is out after all: what comes after it was never begun, and is sent."""
    with transaction.atomic():
        moved = Post.objects.advance(
            post.pk,
            old=Status.UNCONFIRMED,
            new=Status.SCHEDULED,
            actor="reconciler",
            sentence="A part of the thread was found at the platform. The rest is sent.",
            evidence=storable(found.evidence),
            values={
                "wake_at": now,
                "next_attempt_at": None,
                "next_look_at": None,
                "irrevocable": True,
            },
        )
        if moved:
            _close_steps(post, found, now)


def _close_steps(post: Post, found: Found, now: datetime) -> None:
    """Give the open step the answer that was lost."""
    made = found.part_id or found.remote_id
    post.steps.filter(state=PublishStep.State.STARTED).update(
        state=PublishStep.State.DONE, remote_id=made, done_at=now,
        result={"id": made, "url": found.url},
    )  # fmt: skip


def _note_and_wait(post: Post, sighting: Absent | Unpublished | CannotTell, now: datetime) -> None:
    """Absence is not proof, since platforms lag: note what was seen, and ask a person."""
    looks = post.looks + 1
    again = now + PAUSES[looks - 1] if looks <= len(PAUSES) else None
    seen = "did not see it" if isinstance(sighting, Absent) else "could not tell"
    not_out = isinstance(sighting, Unpublished)
    sentence = NOT_OUT if not_out else f"Looked at the account, {seen}."
    with transaction.atomic():
        # A person may have decided during the look. Then there is nothing left to ask.
        if not Post.objects.unconfirmed().filter(pk=post.pk).update(next_look_at=again):
            return
        PostEvent.objects.create(
            post=post,
            old=Status.UNCONFIRMED,
            new=Status.UNCONFIRMED,
            actor="reconciler",
            sentence=sentence,
            evidence=storable(sighting.evidence),
        )
        if not_out:
            return  # the next look settles it; nobody has to be asked
        open_notice(
            f"unconfirmed:{post.pk}",
            f"“{post.piece}” to {post.account} may be out. It is not sent again by itself. "
            "Look at the account, then say what you saw.",
            brand=post.brand_id,
        )


def settle_time() -> timedelta:
    """How long after a lost answer nobody may send again: the lease, and time to appear."""
    return lease() + timedelta(seconds=settings.SETTLE_SECONDS)
