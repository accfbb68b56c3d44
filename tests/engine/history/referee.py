"""The rules no history may break, checked against the platform's own ledger."""

import re
from collections import Counter, defaultdict
from typing import Any

from django.db import connection
from requests import PreparedRequest

from organisation.models import Notice, Switch
from platforms.models import Account
from posting.approvals import needs_approval
from posting.claims import Claim
from posting.models import Approval, FollowUp, Post, PublishStep
from posting.states import Status
from tests.engine.history.parts import DIVISION
from tests.engine.history.workers import Worker
from tests.engine.history.world import World

CREATES = re.compile(r"/(feed|photos|comments|statuses)$")
COMMENT_ON = "Comment on "
PART = re.compile(r"(?P<piece>Piece \d+)(, part (?P<part>\d+))?")
# What a post may be in once its time is past and everything that runs has run.
DECIDED = {Status.PUBLISHED, Status.FAILED, Status.MISSED, Status.CANCELLED, Status.REMOVED}


class Referee:
    """Watches the workers and looks at the rows and the ledger after every step."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tokens: Counter[tuple[str, int]] = Counter()
        self.left: set[tuple[int, int]] = set()  # (step, lease token) of each request that left
        self.ledger: list[dict[str, Any]] | None = None  # None: to be read anew
        self.texts_sent: dict[str, set[str]] = defaultdict(set)  # by piece
        self.before: Counter[str] = (
            Counter()
        )  # texts that were out when an older database came back

    def begin_anew(self) -> None:
        """The rows are those of an older time. What is out stays out."""
        self.tokens.clear()
        self.left.clear()
        self.before = Counter(entry["text"] for entry in self.world.sandbox.posts())

    # What a worker does, seen in its own thread while all others stand still.

    def claimed(self, worker: Worker, claim: Claim) -> None:
        assert not connection.in_atomic_block, "a claim was used before it was committed"
        now = self.world.now
        row: Any = claim.owner._default_manager.get(pk=claim.pk)
        name = (claim.owner.__name__, claim.pk)
        assert row.lease_token == claim.token > self.tokens[name], "a token was given twice"
        assert row.lease_until > now, "a lease ended before it began"
        self.tokens[name] = claim.token
        account = Account.objects.get(pk=claim.account.pk)
        assert account.may_send(now), "claimed for an account that may not send"
        assert not Switch.objects.filter(stopped=True).exists(), "claimed while publishing is off"
        self.check_in_flight()
        if claim.owner is Post:
            self.post_claimed(row, claim.rendition.text)

    def post_claimed(self, post: Post, text: str) -> None:
        intent = self.world.intents[post.pk]
        assert post.holds == 0, "claimed although it is held"
        assert intent.wanted is not False, "claimed although nobody wants it out"
        assert intent.due is None or intent.due <= self.world.now, "claimed before its time"
        begun = PublishStep.objects.filter(post=post).exclude(kind="repeatable")
        if not begun.exclude(state="void").exists():
            assert text in intent.texts, f"it would say {text!r} and not {intent.texts}"
        if needs_approval(post.account) and not post.irrevocable:
            standing = Approval.objects.filter(post=post, withdrawn_at=None)
            said = {self.world.approved.get(pk) for pk in standing.values_list("pk", flat=True)}
            assert text in said, "claimed although nobody approved these words"

    def sent(self, worker: Worker, claim: Claim, request: PreparedRequest) -> None:
        """Every request that creates was announced by a committed step, and each step by one."""
        self.ledger = None
        path = request.path_url.partition("?")[0]
        if request.method != "POST" or not CREATES.search(path):
            return
        steps = PublishStep.objects.filter(
            **{claim.owner.OWNER_FIELD: claim.pk}, lease_token=claim.token
        ).exclude(kind="repeatable")
        fresh = [step.pk for step in steps if (step.pk, claim.token) not in self.left]
        assert len(fresh) == 1, f"a request left with {len(fresh)} steps that announce it"
        self.left.add((fresh[0], claim.token))
        if claim.owner is Post:
            piece = self.world.intents[claim.pk].piece
            self.texts_sent[piece] |= set(claim.rendition.text.split(DIVISION))

    # What stands in the rows and in the ledger, after every step.

    def look(self) -> None:
        for pk, token in Post.objects.values_list("pk", "lease_token"):
            assert token >= self.tokens["Post", pk], "a token fell"
        self.check_in_flight()
        if self.ledger is None:
            self.ledger = self.world.sandbox.posts()
        entries = self.ledger
        self.check_copies([e for e in entries if not e["text"].startswith(COMMENT_ON)])
        self.check_comments([e for e in entries if e["text"].startswith(COMMENT_ON)])
        self.check_steps(entries)

    def check_in_flight(self) -> None:
        held = Counter(Post.objects.publishing().values_list("account", flat=True))
        held.update(FollowUp.objects.in_flight().values_list("account", flat=True))
        for account in self.world.accounts:
            assert held[account.pk] <= account.max_in_flight, f"{held[account.pk]} in flight"

    def check_copies(self, entries: list[dict[str, Any]]) -> None:
        """No more copies of anything than people asked for, in the words that were to be sent."""
        asked: Counter[str] = Counter()
        for intent in self.world.intents.values():
            asked[intent.piece] += intent.copies
        live: Counter[tuple[str, int]] = Counter()
        since: Counter[tuple[str, int]] = Counter()
        for text, copies in Counter(entry["text"] for entry in entries).items():
            found = PART.match(text)
            assert found, f"{text!r} is out, and nobody wrote it"
            assert text in self.texts_sent[found["piece"]], f"{text!r} is out, and was not sent"
            name = (found["piece"], int(found["part"] or 1))
            live[name] += copies
            since[name] += copies - self.before[text]
        for (piece, part), copies in since.items():
            assert copies <= asked[piece], f"{copies} copies of {piece}, part {part}"
            assert part == 1 or live[piece, part - 1], f"{piece}: part {part} overtook"

    def check_comments(self, entries: list[dict[str, Any]]) -> None:
        rows = list(FollowUp.objects.filter(kind="comment").values_list("post", "text"))
        asked = Counter(text for _, text in rows)
        for text, copies in Counter(entry["text"] for entry in entries).items():
            assert copies - self.before[text] <= asked[text], f"{copies} copies of {text!r}"
        assert len({post for post, _ in rows}) == len(rows), "a first comment was planned twice"

    def check_steps(self, entries: list[dict[str, Any]]) -> None:
        """Each answer in the journal names one entry of the ledger, and no two name the same."""
        ids = [entry["id"] for entry in entries]
        done = PublishStep.objects.filter(state="done").exclude(kind="repeatable")
        named = list(done.values_list("remote_id", flat=True))
        assert set(named) <= set(ids), "the journal names what is not in the ledger"
        assert len(set(named)) == len(named), "two steps of the journal name one entry"
        out = Post.objects.exclude(remote_id="").values_list("remote_id", flat=True)
        assert set(out) <= set(ids), "a post counts as out and is not in the ledger"

    # Once everything that runs has run, and the platforms are well.

    def look_at_the_end(self) -> None:
        now = self.world.now
        for post in Post.objects.exclude(due_at=None).filter(due_at__lt=now):
            words = f"{post} is {post.status}, wakes {post.wake_at}, now {now}"
            if post.status == Status.UNCONFIRMED:
                notice = Notice.objects.open().filter(fault=f"unconfirmed:{post.pk}")
                assert notice.exists(), f"{words}, and nobody was told"
            else:
                waits = post.status in {Status.SCHEDULED, Status.READY}
                held = waits and (post.holds or post.status == Status.READY)
                assert post.status in DECIDED or held, words
        sending = FollowUp.objects.filter(state__in=("sending", "waiting"), wake_at__lt=now)
        assert not sending.exists(), "a follow-up was left behind"
