"""A platform that says what it is told to say, behind the real claim, journal and settling."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from organisation.clock import database_now
from platforms.adapters.facebook import Facebook
from platforms.adapters.mastodon import Mastodon
from platforms.contract import Journal
from platforms.values import Absent, Json, Receipt, Rendition, Sighting
from posting.claiming import claim_next
from posting.claims import Claim
from posting.connecting import client_for, target_of
from posting.database_threads import here
from posting.journal import Journal as RealJournal
from posting.models import Post
from posting.publishing import publish_next

WORKER = "host:1"
WINDOW = timedelta(hours=1)
Said = Json | BaseException


class Platform:
    """What the scripted adapter talks to."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = [("once", "post")]
        self.reached: list[str] = []  # each request that left, by its step
        self.keys: list[str] = []
        self.sighting: Sighting | BaseException = Absent("Read the Page back: not there.")
        self.before: dict[str, Any] = {}  # step: what happens while its request is under way
        self.known_ids: frozenset[str] = frozenset()
        self._answers: dict[str, list[Said]] = defaultdict(list)

    def says(self, *answers: Said, step: str = "post") -> None:
        """Queue what comes back for a step; the default answer is an id of its own."""
        self._answers[step] += answers

    def take(self, step: str, key: str = "") -> Json:
        self.reached.append(step)
        self.keys.append(key)
        if during := self.before.pop(step, None):
            during()
        answers = self._answers[step]
        answer = answers.pop(0) if answers else {"id": f"remote-{step}", "url": "https://x.test/1"}
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Scripted(Facebook):
    """Facebook's limits and checks; the platform behind it is `platform`."""

    platform: Platform

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        results = [self._do(kind, step, rendition, journal) for kind, step in self.platform.steps]
        created = results[next(i for i, s in enumerate(self.platform.steps) if "once" in s[0]
                               or "keyed" in s[0])]  # fmt: skip
        return Receipt(created["id"], created.get("url", ""))

    def _do(self, kind: str, step: str, rendition: Rendition, journal: Journal) -> Json:
        match kind:
            case "once":
                return journal.once(step, partial(self.platform.take, step), rendition.request)
            case "keyed":
                send = partial(self.platform.take, step)
                return journal.keyed(step, send, rendition.request, WINDOW)
            case "repeatable":
                return journal.repeatable(step, partial(self.platform.take, step), WINDOW)
        return self.platform.take(step)  # outside the journal, as a careless adapter would

    def find(
        self, rendition: Rendition, steps: Sequence[Any], known_ids: frozenset[str] = frozenset()
    ) -> Sighting:
        self.platform.known_ids = known_ids
        self.platform.take("find") if "find" in self.platform.before else None
        if isinstance(self.platform.sighting, BaseException):
            raise self.platform.sighting
        return self.platform.sighting

    def delete(self, remote_id: str, journal: Journal) -> None:
        journal.repeatable("delete", partial(self.platform.take, "delete"))

    def edit(self, remote_id: str, text: str, journal: Journal) -> None:
        journal.repeatable("edit", partial(self.platform.take, "edit"))

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt:
        send = partial(self.platform.take, "comment")
        return Receipt(journal.once("comment", send, {"text": text})["id"])


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    """Takes Facebook's place for every account of that platform."""
    Scripted.platform = Platform()
    monkeypatch.setattr("platforms.registry.ADAPTERS", (Scripted, Mastodon))
    return Scripted.platform


def send() -> bool:
    """Claim and send one post or follow-up in this thread."""
    return publish_next(WORKER, here)


def fresh(post: Post) -> Any:
    """The post as the database has it now; untyped, since a test knows which columns are set."""
    return Post.objects.get(pk=post.pk)


def wake(post: Post) -> None:
    """Let a post that waits for its next try be due now."""
    Post.objects.filter(pk=post.pk).update(wake_at=database_now() - timedelta(seconds=1))


def claimed() -> Claim:
    claim = claim_next(WORKER)
    assert claim is not None
    return claim


def journal_of(claim: Claim) -> RealJournal:
    return RealJournal(claim, client_for(claim, target_of(claim.account)), here)


def states(post: Post) -> list[tuple[str, int, str]]:
    """Each step of the post: key, generation and state, oldest first."""
    return list(post.steps.order_by("id").values_list("key", "generation", "state"))


def end_lease(post: Post) -> None:
    """Let the worker's lease have ended a moment ago."""
    Post.objects.filter(pk=post.pk).update(lease_until=database_now() - timedelta(seconds=1))
