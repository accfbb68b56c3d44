"""What a person can decide on a post's page, as data: words, question, right, and the verb.

A decision is shown where it makes sense. Whether it is still possible the verb itself knows: it
raises NotPossible when another person, a worker or the clock was faster.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from desk.forms import (
    DeclineForm,
    HoldUntilForm,
    ItIsOutForm,
    NewTextForm,
    NoteForm,
    SeenForm,
    SendAgainForm,
    SlotForm,
    TimeForm,
)
from organisation.rights import APPROVE_POST, PUBLISH_POST
from platforms.contract import Deletes
from posting import approvals, deciding, holding, policy, prioritising, rewording
from posting.holding import HOLDABLE
from posting.models import FollowUp, Post, PublishStep
from posting.models.post import BEFORE_SENDING
from posting.queueing import post_again
from posting.states import BY_PEOPLE, Hold, Status
from posting.verifying import is_missing
from scheduling import slots, timing


@dataclass(frozen=True)
class Decision:
    """One button of the page, its dialog, and what it calls."""

    slug: str  # the last part of its address
    words: str  # on the button
    icon: str
    question: str
    meaning: str
    verb: Callable[..., Any]  # (post, *, by, now, **answers)
    fits: Callable[[Post, datetime], bool]
    act: str  # the button that does it
    done: str
    right: str = PUBLISH_POST
    form: type[forms.Form] = forms.Form
    initial: Callable[[Post], dict[str, Any]] = lambda post: {}
    asks: bool = True  # False: nothing leaves and it can be taken back, so one click does it
    grave: bool = False
    row_key: str = ""  # pressed on a row of a list
    # Called with all posts before the first of many is decided, in their transaction.
    before_many: Callable[[Iterable[Post]], None] = lambda posts: None


def may_be_out(post: Post) -> bool:
    """A step that cannot be repeated began and nobody knows how it ended."""
    return any(step.state == PublishStep.State.STARTED for step in post.steps.all())


def is_unconfirmed(post: Post, now: datetime) -> bool:
    return post.status == Status.UNCONFIRMED


def can_be_sent_again(post: Post, now: datetime) -> bool:
    return is_unconfirmed(post, now) or (post.status == Status.FAILED and may_be_out(post))


def failed_without_trace(post: Post, now: datetime) -> bool:
    free = not lacks_approval(post) and not is_held_back(post, now)
    return post.status == Status.FAILED and not may_be_out(post) and free and not post.irrevocable


def is_half_out(post: Post) -> bool:
    """Some posts of a thread are out, and the next one was refused."""
    return post.status == Status.FAILED and post.irrevocable and not may_be_out(post)


def can_go_on(post: Post, now: datetime) -> bool:
    return is_half_out(post) and not is_held_back(post, now) and not _is_taken_down(post)


def _is_taken_down(post: Post) -> bool:
    """Whether a deletion was asked for, where the page has read that; the verb asks itself."""
    known = "follow_ups" in getattr(post, "_prefetched_objects_cache", ())
    return known and any(row.kind == FollowUp.Kind.DELETE for row in post.follow_ups.all())


def is_held(post: Post, now: datetime) -> bool:
    """A person put it on hold, and nothing has ended it."""
    return Hold.PERSON in post.held_by and not has_ended(post, now)


def is_held_back(post: Post, now: datetime) -> bool:
    """It, or a label of its piece, is on hold."""
    return bool(post.held_by & BY_PEOPLE) and not has_ended(post, now)


def can_be_held(post: Post, now: datetime) -> bool:
    return post.status in HOLDABLE and not is_held(post, now)


def can_go_first(post: Post, now: datetime) -> bool:
    return post.status in BEFORE_SENDING and post.priority != prioritising.FIRST


def goes_first(post: Post, now: datetime) -> bool:
    return post.status in BEFORE_SENDING and post.priority == prioritising.FIRST


def can_leave_now(post: Post, now: datetime) -> bool:
    if may_be_out(post) or lacks_approval(post) or is_held_back(post, now):
        return False
    later = post.wake_at is None or post.wake_at > now
    return post.status in (Status.READY, Status.MISSED) or (
        post.status == Status.SCHEDULED and later
    )


def can_be_cancelled(post: Post, now: datetime) -> bool:
    cancellable = (Status.READY, Status.SCHEDULED, Status.MISSED, Status.FAILED)
    return post.status in cancellable and not post.irrevocable and not may_be_out(post)


def has_a_time(post: Post, now: datetime) -> bool:
    return post.status == Status.SCHEDULED and not post.irrevocable and not may_be_out(post)


def takes_a_time(post: Post, now: datetime) -> bool:
    allowed = post.status in timing.TAKES_A_TIME
    return allowed and not post.irrevocable and not may_be_out(post)


def may_be_too_alike(post: Post, now: datetime) -> bool:
    """Its platform forbids nearly the same text on several accounts, and it is not out."""
    return policy.rule_for(post) is not None and takes_a_time(post, now)


def time_of(post: Post) -> dict[str, Any]:
    """What the form for a new time begins with."""
    return {"wall": post.wall_time[:16], "zone": post.zone or post.account.timezone}


def version_of(post: Post) -> dict[str, Any]:
    """What is approved or declined is the version that the person has read."""
    return {"version": post.version}


def has_ended(post: Post, now: datetime) -> bool:
    return post.status in (Status.PUBLISHED, Status.REMOVED, Status.CANCELLED)


def waits_for_approval(post: Post, now: datetime) -> bool:
    return Hold.APPROVAL in post.held_by and post.status in (Status.READY, Status.SCHEDULED)


def lacks_approval(post: Post) -> bool:
    """Nobody has approved it as it stands, and none of it is out: it would not leave."""
    return Hold.APPROVAL in post.held_by and not post.irrevocable


def can_be_approved(post: Post, now: datetime) -> bool:
    """Also what failed or was missed: without an approval it could not be sent any more."""
    stuck = post.status in (Status.FAILED, Status.MISSED) and not may_be_out(post)
    return waits_for_approval(post, now) or (stuck and lacks_approval(post))


def can_be_deleted(post: Post, now: datetime) -> bool:
    deletes = issubclass(post.platform.adapter, Deletes)
    there = post.status == Status.PUBLISHED or is_half_out(post)
    return there and deletes and bool(post.remote_id)


def can_be_edited(post: Post, now: datetime) -> bool:
    known = bool(post.remote_id) and post.snapshot is not None and not is_missing(post)
    return post.status == Status.PUBLISHED and known and rewording.takes_edits(post)


def is_gone(post: Post, now: datetime) -> bool:
    return is_missing(post)


def text_of(post: Post) -> dict[str, Any]:
    """What the form for another text begins with."""
    return {"text": (post.snapshot or {}).get("text", "")}


def needs_earliest(post: Post, now: datetime) -> datetime | None:
    """Return until when *Send again* must wait; None when it is possible now."""
    earliest = deciding.may_send_again_at(post)
    return earliest if earliest is not None and now < earliest else None


DECISIONS = (
    Decision(
        slug="it-is-out",
        words="It is out",
        icon="check",
        question="Is this post out?",
        meaning="It counts as published, on your word. It will not be sent again.",
        verb=deciding.confirm_live,
        fits=is_unconfirmed,
        act="It is out",
        done="The post counts as published, on your word.",
        form=ItIsOutForm,
    ),
    Decision(
        slug="send-again",
        words="It is not out, send again",
        icon="rotate-right",
        question="Send this post again?",
        meaning=(
            "If the first one got through after all, the post will be out twice. "
            "We cannot take that back."
        ),
        verb=deciding.send_again,
        fits=can_be_sent_again,
        act="Send again",
        done="The post is on its way again.",
        form=SendAgainForm,
        grave=True,
    ),
    Decision(
        slug="give-up",
        words="Leave it, mark as failed",
        icon="xmark",
        question="Leave this post and mark it as failed?",
        meaning="It may be out all the same. We stop looking for it and do not send it again.",
        verb=deciding.give_up,
        fits=is_unconfirmed,
        act="Mark as failed",
        done="The post is marked as failed. Nothing more is sent.",
    ),
    Decision(
        slug="approve",
        words="Approve",
        icon="user-check",
        question="Approve this post as it stands?",
        meaning="Your approval holds for exactly this text, these pictures and this account.",
        verb=approvals.approve,
        fits=can_be_approved,
        act="Approve",
        done="The post is approved as it stands.",
        right=APPROVE_POST,
        form=SeenForm,
        initial=version_of,
    ),
    Decision(
        slug="decline",
        words="Decline",
        icon="user-xmark",
        question="Decline this post as it stands?",
        meaning=(
            "It keeps its time and does not go out. Its author is told why; once the words are "
            "changed it asks for an approval again."
        ),
        verb=approvals.decline,
        fits=waits_for_approval,
        act="Decline",
        done="The post is declined. It does not go out as it stands.",
        right=APPROVE_POST,
        form=DeclineForm,
        initial=version_of,
    ),
    Decision(
        slug="retry",
        words="Retry",
        icon="rotate-right",
        question="Try this post again now?",
        meaning="It is not out. A worker sends it as soon as one is free.",
        verb=deciding.retry,
        fits=failed_without_trace,
        act="Retry now",
        done="The post is on its way again.",
    ),
    Decision(
        slug="go-on",
        words="Go on with the thread",
        icon="forward",
        question="Send the rest of this thread now?",
        meaning=(
            "What is out stays. A worker goes on with the first post that was not taken, with the "
            "words it had."
        ),
        verb=deciding.retry,
        fits=can_go_on,
        act="Go on",
        done="The rest of the thread is on its way.",
    ),
    Decision(
        slug="publish-now",
        words="Publish now",
        icon="paper-plane",
        question="Publish this post now?",
        meaning="A worker sends it as soon as one is free. Its planned time no longer counts.",
        verb=deciding.publish_now,
        fits=can_leave_now,
        act="Publish now",
        done="The post goes out as soon as a worker is free.",
        row_key="p",
    ),
    Decision(
        slug="schedule",
        words="Choose a time",
        icon="clock",
        question="When does this post go out?",
        meaning="At this time by the clock of the zone, summer or winter.",
        verb=timing.schedule,
        fits=takes_a_time,
        act="Schedule",
        done="The post goes out at its new time.",
        form=TimeForm,
        initial=time_of,
        row_key="s",
    ),
    Decision(
        slug="next-slot",
        words="Next free slot",
        icon="forward-step",
        question="Let this post go out in the next free slot?",
        meaning="At the next time of its account’s slots that is free, by the account’s clock.",
        verb=slots.take_next_slot,
        fits=takes_a_time,
        act="Take the slot",
        done="The post goes out in the next free slot.",
        form=SlotForm,
        before_many=slots.lock_for,
    ),
    Decision(
        slug="unschedule",
        words="Unschedule",
        icon="calendar-minus",
        question="Take the time from this post?",
        meaning="It stays ready and does not go out by itself.",
        verb=timing.unschedule,
        fits=has_a_time,
        act="Unschedule",
        done="The post has no time any more. It stays ready.",
        asks=False,
    ),
    Decision(
        slug="send-first",
        words="Send first",
        icon="arrow-up",
        question="Let this post go first?",
        meaning="Once its time has come it goes before what else is due on its account.",
        verb=prioritising.send_first,
        fits=can_go_first,
        act="Send first",
        done="The post goes before what else is due on its account.",
        asks=False,
        row_key="f",
    ),
    Decision(
        slug="in-turn",
        words="Send in turn",
        icon="arrow-down",
        question="Let this post take its turn again?",
        meaning="It goes by its time, among the others of its account.",
        verb=prioritising.send_in_turn,
        fits=goes_first,
        act="Send in turn",
        done="The post takes its turn by its time again.",
        asks=False,
        row_key="f",
    ),
    Decision(
        slug="hold",
        words="Hold",
        icon="pause",
        question="Hold this post back?",
        meaning="It keeps its time and does not go out until somebody releases it.",
        verb=holding.hold,
        fits=can_be_held,
        act="Hold",
        done="The post is on hold. It does not go out until somebody releases it.",
        asks=False,
    ),
    Decision(
        slug="hold-until",
        words="Hold until…",
        icon="hourglass-half",
        question="Until when is this post held back?",
        meaning="It keeps its time and does not go out before then. The hold ends by itself.",
        verb=holding.hold,
        fits=can_be_held,
        act="Hold until then",
        done="The post is on hold. The hold ends by itself.",
        form=HoldUntilForm,
    ),
    Decision(
        slug="release",
        words="Release",
        icon="play",
        question="Release this post?",
        meaning=(
            "It goes out at its time again. If that has passed it goes out when its turn among "
            "the late posts comes, or asks first where that is later than its account allows."
        ),
        verb=holding.release,
        fits=is_held,
        act="Release",
        done="The post is no longer on hold.",
    ),
    Decision(
        slug="cancel",
        words="Cancel the post",
        icon="ban",
        question="Cancel this post?",
        meaning="It does not go out. The piece itself is kept.",
        verb=deciding.cancel,
        fits=can_be_cancelled,
        act="Cancel the post",
        done="The post is cancelled. It does not go out.",
        grave=True,
    ),
    Decision(
        slug="post-again",
        words="Post again",
        icon="copy",
        question="Make a further post of this piece for this account?",
        meaning="A new post with the same words stands ready. It goes out when you give it a time.",
        verb=post_again,
        fits=has_ended,
        act="Make the post",
        done="This is the new post. It has no time yet.",
    ),
    Decision(
        slug="edit",
        words="Change the text there",
        icon="pen",
        question="What should this post say instead?",
        meaning=(
            "It changes at the platform, where readers may see that it was edited. "
            "The piece and its other posts keep their words."
        ),
        verb=rewording.ask_edit,
        fits=can_be_edited,
        act="Change it there",
        done="A worker changes the text at the platform. What it says here follows.",
        form=NewTextForm,
        initial=text_of,
    ),
    Decision(
        slug="allow-alike",
        words="Allow nearly the same text",
        icon="clone",
        question="Let it go out although another account says nearly the same?",
        meaning=(
            "Its platform forbids nearly the same text on several accounts and may lock them. "
            "What you write is kept in the audit log, and holds for the words as they are now."
        ),
        verb=policy.allow,
        fits=may_be_too_alike,
        act="Allow it",
        done="It may go out. Give it a time, or publish it now.",
        form=NoteForm,
        grave=True,
    ),
    Decision(
        slug="it-is-gone",
        words="It is gone, leave it so",
        icon="eye-slash",
        question="Is this post gone for good?",
        meaning="It counts as removed, on your word. Nothing is sent or deleted.",
        verb=deciding.confirm_gone,
        fits=is_gone,
        act="It is gone",
        done="The post counts as removed, on your word.",
    ),
    Decision(
        slug="delete",
        words="Delete there",
        icon="trash-can",
        question="Delete this post at the platform?",
        meaning=(
            "It goes from the platform with its comments and figures, and cannot come back. Of a "
            "thread all posts that are out go."
        ),
        verb=deciding.ask_delete,
        fits=can_be_deleted,
        act="Delete there",
        done="A worker deletes the post at the platform. Its state here follows.",
        grave=True,
    ),
)

BY_SLUG = {decision.slug: decision for decision in DECISIONS}


def next_step(post: Post, now: datetime) -> Decision | None:
    """Return what a person would most likely do next with a post that failed or was missed."""
    candidates = (
        BY_SLUG[slug] for slug in ("approve", "retry", "go-on", "publish-now", "send-again")
    )
    if post.status == Status.UNCONFIRMED:
        return None  # the evidence first
    return next((decision for decision in candidates if decision.fits(post, now)), None)
