"""What can be done with many posts at once, and doing it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict

from desk.decisions import Decision, is_held, may_be_out
from desk.listing.kinds import ATTENTION, GOING, KINDS, OUT, QUEUE
from desk.listing.page import PostList
from desk.many import BY_NAME, Many
from desk.numbers import wholes
from organisation.models import User
from organisation.rights import brands_where
from posting.deciding import NotPossible
from posting.models import Post
from posting.models.post import BEFORE_SENDING, NEEDS_A_PERSON, PostQuerySet
from posting.states import Status

MOST = 500  # posts in one go; each is decided on its own, and a page has to answer
CHUNK = 50  # posts whose decisions are committed together

# Never among them: sending an unconfirmed post again. That is decided one by one, on its evidence.
OFFERED = {
    QUEUE.slug: (
        "publish-now", "schedule", "next-slot", "hold", "release", "retry", "approve",
        "unschedule", "cancel",
    ),
    ATTENTION.slug: (
        "retry", "publish-now", "schedule", "next-slot", "approve", "unschedule",
        "cancel",
    ),
    OUT.slug: (),
    GOING.slug: (
        "send-first", "hold", "release", "publish-now", "in-turn", "hold-until", "schedule",
        "next-slot", "approve", "unschedule", "cancel",
    ),
}  # fmt: skip

# What keeps a post from a decision, said of one or of many, where its state alone does not tell.
REASONS = {
    "hold": "already on hold",
    "hold-until": "already on hold",
    "send-first": "going first already",
    "in-turn": "taking their turn already",
    "release": "not on hold",
    "approve": "not waiting for approval",
    "unschedule": "without a time already",
}
STATES = {
    Status.READY: "ready, and nothing went wrong with it",
    Status.SCHEDULED: "scheduled as it should be",
    Status.PUBLISHING: "being sent at this moment",
    Status.PUBLISHED: "published already",
    Status.FAILED: "failed, which Retry is for",
    Status.MISSED: "missed, which Publish now is for",
    Status.CANCELLED: "cancelled",
    Status.REMOVED: "deleted at the platform",
}


def bulk_of(kind: str, user: User) -> list[Many]:
    """Return the verbs the bar offers this person: those they hold the right for somewhere."""
    offered = [BY_NAME[slug] for slug in OFFERED[kind]]
    rights = {many.decision.right for many in offered}
    held = {right for right in rights if brands_where(user, right).exists()}
    return [many for many in offered if many.decision.right in held]


@dataclass
class Outcome:
    """What became of the chosen posts. A refusal is the end of a sentence that names them."""

    done: int = 0
    refused: dict[str, list[Post]] = field(default_factory=dict)

    def refuse(self, post: Post, why: str) -> None:
        self.refused.setdefault(why, []).append(post)


class Chosen:
    """The posts that a form of the selection bar names."""

    def __init__(self, asked: QueryDict, *, user: User, now: datetime) -> None:
        self.user, self.now = user, now
        self.kind = KINDS.get(asked.get("list", ""), QUEUE)
        self.query = asked.get("query", "")
        self.all = asked.get("all") == "yes"
        self.ids = _numbers([*asked.getlist("post"), *asked.get("more", "").split(",")])

    @property
    def _found(self) -> PostQuerySet:
        if self.all:
            return self.listed.matching
        posts: PostQuerySet = Post.objects.visible_to(self.user)
        return posts.filter(pk__in=self.ids)

    @property
    def listed(self) -> PostList:
        return PostList(self.kind, QueryDict(self.query), user=self.user, now=self.now)

    def posts(self) -> list[Post]:
        """Return the posts in the order of their ids, so that two people never lock crosswise."""
        return list(self._found.for_rows().order_by("id")[: MOST + 1])

    @property
    def back_url(self) -> str:
        return self.listed.first_url


def _numbers(values: list[str]) -> list[int]:
    return sorted(wholes(values))[: MOST + 1]


def decide_all(
    decision: Decision, posts: Sequence[Post], *, by: User, now: datetime, **answers: Any
) -> Outcome:
    """Decide each post on its own. What could not be done is told, and hinders no other."""
    outcome = Outcome()
    brands = brands_for(decision, by)
    for chunk in _chunks(posts):
        with transaction.atomic():
            decision.before_many(chunk)
            for post in chunk:
                refusal = why_not(decision, post, brands, now)
                if refusal:
                    outcome.refuse(post, f": {refusal}.")
                else:
                    _decide(decision, post, outcome, by=by, now=now, **answers)
    return outcome


def _decide(decision: Decision, post: Post, outcome: Outcome, **answers: Any) -> None:
    try:
        decision.verb(post, **answers)
    except NotPossible as error:
        outcome.refuse(post, f". {error}")
    except (ValidationError, PermissionError) as error:
        outcome.refuse(post, f". {' '.join(getattr(error, 'messages', [str(error)]))}")
    else:
        outcome.done += 1


def brands_for(decision: Decision, by: User) -> set[int]:
    """Return the brands in which this person may take the decision."""
    return set(brands_where(by, decision.right).values_list("pk", flat=True))


def why_not(decision: Decision, post: Post, brands: set[int], now: datetime) -> str:
    """Return why the post stays as it is, as far as one can see before trying; else nothing."""
    if post.brand_id not in brands:
        return f"of {post.brand}, where your role does not include this decision"
    if decision.fits(post, now):
        return ""
    if post.status == Status.UNCONFIRMED:
        return "unconfirmed, and decided one by one on the post’s page, where the evidence is"
    if may_be_out(post):
        return "maybe out, and decided one by one on the post’s page, where the evidence is"
    if post.irrevocable and post.status in (*BEFORE_SENDING, *NEEDS_A_PERSON):
        return "partly out already"
    if is_held(post, now) and decision.slug not in REASONS:
        return "on hold, and must be released first"
    if post.status in BEFORE_SENDING and decision.slug in REASONS:
        return REASONS[decision.slug]
    return STATES[Status(post.status)]


def _chunks(posts: Sequence[Post]) -> Iterator[Sequence[Post]]:
    for start in range(0, len(posts), CHUNK):
        yield posts[start : start + CHUNK]


def told(posts: Sequence[Post]) -> str:
    """Return which posts a refusal is about: the first three by name."""
    names = [f"“{post.piece}” to {post.account.name}" for post in posts[:3]]
    more = len(posts) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")
