"""What can be done with many posts at once, and doing it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict

from desk.decisions import BY_SLUG, Decision
from desk.listing.kinds import ATTENTION, KINDS, OUT, QUEUE
from desk.listing.page import PostList
from organisation.models import User
from organisation.rights import brands_where
from posting.deciding import NotPossible
from posting.models import Post
from posting.models.post import PostQuerySet

MOST = 500  # posts in one go; each is decided on its own, and a page has to answer
CHUNK = 50  # posts whose decisions are committed together

# Never among them: sending an unconfirmed post again. That is decided one by one, on its evidence.
OFFERED = {
    QUEUE.slug: ("publish-now", "retry", "unschedule", "cancel"),
    ATTENTION.slug: ("retry", "publish-now", "approve", "unschedule", "cancel"),
    OUT.slug: (),
}
WORDS = {"cancel": "Cancel posts"}  # where a decision's own words name one post
QUESTIONS = {
    "publish-now": "Publish these posts now?",
    "retry": "Try these posts again now?",
    "cancel": "Cancel these posts?",
    "approve": "Approve these posts as they stand?",
    "unschedule": "Take the time from these posts?",
}
DONE = {
    "publish-now": "{} as soon as a worker is free.",
    "retry": "{} again as soon as a worker is free.",
    "cancel": "{} cancelled.",
    "approve": "{} approved.",
    "unschedule": "{} without a time now.",
}


@dataclass(frozen=True)
class Verb:
    """One button of the selection bar."""

    slug: str
    words: str
    icon: str
    grave: bool


def bulk_of(kind: str, user: User) -> list[Verb]:
    """Return the verbs the bar offers this person: those they hold the right for somewhere."""
    decisions = [BY_SLUG[slug] for slug in OFFERED[kind]]
    held = {r for r in {d.right for d in decisions} if brands_where(user, r).exists()}
    return [
        Verb(d.slug, WORDS.get(d.slug, d.words), d.icon, d.grave)
        for d in decisions
        if d.right in held
    ]


@dataclass
class Outcome:
    """What became of the chosen posts."""

    done: int = 0
    refused: dict[str, list[Post]] = field(default_factory=dict)

    def refuse(self, post: Post, sentence: str) -> None:
        self.refused.setdefault(sentence, []).append(post)

    @property
    def stayed(self) -> int:
        return sum(len(posts) for posts in self.refused.values())


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
    plain = {v for v in values if v.isascii() and v.isdigit() and len(v) < 19}
    return sorted(int(value) for value in plain)[: MOST + 1]


def decide_all(decision: Decision, posts: Sequence[Post], *, by: User, now: datetime) -> Outcome:
    """Decide each post on its own. What could not be done is told, and hinders no other."""
    outcome = Outcome()
    brands = set(brands_where(by, decision.right).values_list("pk", flat=True))
    for chunk in _chunks(posts):
        with transaction.atomic():
            for post in chunk:
                _decide(decision, post, brands, outcome, by, now)
    return outcome


def _decide(
    decision: Decision, post: Post, brands: set[int], outcome: Outcome, by: User, now: datetime
) -> None:
    refusal = why_not(decision, post, brands, now)
    if refusal:
        outcome.refuse(post, refusal)
        return
    try:
        decision.verb(post, by=by, now=now)
    except NotPossible as error:
        outcome.refuse(post, str(error))
    except (ValidationError, PermissionError) as error:
        outcome.refuse(post, " ".join(getattr(error, "messages", [str(error)])))
    else:
        outcome.done += 1


def why_not(decision: Decision, post: Post, brands: set[int], now: datetime) -> str:
    """Return why the post stays as it is, as far as one can see before trying; else nothing."""
    if post.brand_id not in brands:
        return f"Your role at {post.brand} does not include this decision."
    if decision.fits(post, now):
        return ""
    if post.status == "unconfirmed":
        return "It may be out. Open it, look at the evidence and decide there."
    return f"It is {post.get_status_display().lower()}, and “{decision.words}” does not apply."


def _chunks(posts: Sequence[Post]) -> Iterator[Sequence[Post]]:
    for start in range(0, len(posts), CHUNK):
        yield posts[start : start + CHUNK]


def done_words(decision: Decision, number: int) -> str:
    """Return "16 posts go out as soon as a worker is free." for what was done."""
    going = {"publish-now": "go", "retry": "go"}.get(decision.slug, "are")
    one = {"go": "goes", "are": "is"}[going]
    subject = f"1 post {one}" if number == 1 else f"{number:,} posts {going}"
    return DONE[decision.slug].format(f"{subject} out" if going == "go" else subject)


def told(posts: Sequence[Post]) -> str:
    """Return which posts a refusal is about: the first three by name."""
    names = [f"“{post.piece}” to {post.account.name}" for post in posts[:3]]
    more = len(posts) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")
