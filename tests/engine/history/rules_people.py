"""What people do."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from content.writing import write_piece
from platforms.pausing import pause_account, resume_account, start_publishing, stop_publishing
from posting import approvals, deciding, editing, holding, prioritising, queueing
from posting.drafting import first_channel
from posting.models import Approval, Post
from scheduling.timing import schedule, unschedule
from tests.engine.history.parts import DIVISION
from tests.engine.history.processes import Mishap, Trouble
from tests.engine.history.world import Intent, Outcome, World

which = st.integers(0, 5)
trouble = st.sampled_from(
    [None] * 12 + [Trouble(mishap, commits) for mishap in Mishap for commits in range(2)]
)
MINUTES = st.sampled_from((0, 0, 0, 5, 600))
# What a person can decide about a post; each checks for itself whether it is possible now.
TAKES_BACK = (unschedule, deciding.cancel)
LEAVES_INTENT = (
    deciding.confirm_live,
    deciding.give_up,
    deciding.ask_delete,
    holding.hold,
    holding.release,
    prioritising.send_first,
    prioritising.send_in_turn,
)
VERBS = (
    *TAKES_BACK,
    *LEAVES_INTENT,
    deciding.publish_now,
    deciding.retry,
    deciding.send_again,
    deciding.send_again,
)
has_posts = precondition(lambda machine: machine.world.posts)


class People(RuleBasedStateMachine):
    """Rules for authors, approvers, and those who decide what becomes of a post.

    A person acts on what they saw: on the row as it is, or as it was when they last looked.
    """

    world: World
    seen: dict[int, Post]

    def _row(self, post: int, stale: bool) -> Post:
        now = self.world.post(post)
        row = self.seen.get(now.pk, now) if stale else now
        self.seen[now.pk] = now
        return row

    @rule(which=which, minutes=MINUTES, parts=st.booleans(), more=st.booleans(), trouble=trouble)
    def write(
        self, which: int, minutes: int, parts: bool, more: bool, trouble: Trouble | None
    ) -> None:
        """`more`: a picture where it can be combined with everything, and a first comment."""
        world = self.world
        if world.made >= 6:
            return
        account = world.accounts[which % len(world.accounts)]
        world.made += 1
        text = self._text(f"Piece {world.made}", parts and account.platform.slug == "facebook")
        channel = first_channel(account)
        comment = {"first_comment": f"Comment on Piece {world.made}"}
        piece = write_piece(
            brand=world.brand,
            title=f"Piece {world.made}",
            text=text,
            by=world.author,
            media=[world.picture()] if more and account.platform.slug == "mastodon" else (),
            variants={f"{account.platform.slug}/{channel.slug}": comment} if more else {},
        )
        self._queue(piece.current, account, channel, again=False)
        if world.posts:
            self.give_time(len(world.posts) - 1, minutes, False, trouble)

    def _queue(self, *args: Any, **more: Any) -> None:
        try:
            post = queueing.queue_post(*args, by=self.world.author, now=self.world.now, **more)
        except queueing.ValidationError:
            return
        version = post.piece_version
        self.world.posts.append(post.pk)
        self.world.intents[post.pk] = Intent(piece=post.piece.title, texts={version.text})

    def _text(self, piece: str, parts: bool, edition: int = 1) -> str:
        if not parts:
            return f"{piece}, edition {edition}"
        return DIVISION.join(f"{piece}, part {part}, edition {edition}" for part in (1, 2, 3))

    @has_posts
    @rule(post=which)
    def post_again(self, post: int) -> None:
        if self.world.made < 6:
            self.world.made += 1
            row = self.world.post(post)
            self._queue(row.piece_version, row.account, row.channel_type, again=True)

    @has_posts
    @rule(post=which, minutes=MINUTES, stale=st.booleans(), trouble=trouble)
    def give_time(self, post: int, minutes: int, stale: bool, trouble: Trouble | None) -> None:
        row, world = self._row(post, stale), self.world
        due = (world.now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
        more = {"wall": f"{due:%Y-%m-%dT%H:%M}", "zone": "UTC", "by": world.author}
        match world.act(trouble, schedule, row, now=world.now, **more):
            case Outcome.DONE:
                self._wants(row, due)
            case Outcome.UNKNOWN:
                self._may_want(row)

    @has_posts
    @rule(post=which, verb=st.sampled_from(VERBS), stale=st.booleans(), trouble=trouble)
    def decide(self, post: int, verb: Any, stale: bool, trouble: Trouble | None) -> None:
        row, now = self._row(post, stale), self.world.now
        outcome = self.world.act(trouble, verb, row, by=self.world.author, now=now)
        if outcome is Outcome.REFUSED or verb in LEAVES_INTENT:
            return
        intent = self.world.intents[row.pk]
        if verb is deciding.send_again:
            intent.copies += 1
        intent.wanted, intent.due = verb not in TAKES_BACK, now
        if outcome is Outcome.UNKNOWN:
            self._may_want(row)

    @has_posts
    @rule(post=which, edition=st.integers(2, 4), stale=st.booleans(), trouble=trouble)
    def edit(self, post: int, edition: int, stale: bool, trouble: Trouble | None) -> None:
        row, world = self._row(post, stale), self.world
        text = self._text(row.piece.title, DIVISION in row.piece_version.text, edition)
        more = {"version": row.version, "by": world.author, "now": world.now, "text": text}
        match world.act(trouble, editing.edit_post, row, **more):
            case Outcome.DONE:
                world.intents[row.pk].texts = {text}
            case Outcome.UNKNOWN:
                world.intents[row.pk].texts |= {text}

    @has_posts
    @rule(post=which, stale=st.booleans(), trouble=trouble)
    def approve(self, post: int, stale: bool, trouble: Trouble | None) -> None:
        row, world = self._row(post, stale), self.world
        known = set(world.approved)
        world.act(trouble, approvals.approve, row, by=world.approver, now=world.now)
        for approval in Approval.objects.exclude(pk__in=known):
            world.approved[approval.pk] = row.piece_version.text

    @precondition(lambda machine: machine.world.approved)
    @rule(which=which, trouble=trouble)
    def withdraw(self, which: int, trouble: Trouble | None) -> None:
        world, given = self.world, sorted(self.world.approved)
        approval = Approval.objects.select_related("post__brand").get(pk=given[which % len(given)])
        world.act(trouble, approvals.withdraw, approval, by=world.approver, now=world.now)

    @rule(
        verb=st.sampled_from((stop_publishing, start_publishing, pause_account, resume_account)),
        which=which,
        trouble=trouble,
    )
    def pause_or_resume(self, verb: Any, which: int, trouble: Trouble | None) -> None:
        account = self.world.accounts[which % len(self.world.accounts)]
        what = () if verb in (stop_publishing, start_publishing) else (account,)
        more = {"reason": "A pause."} if verb is pause_account else {}
        self.world.act(trouble, verb, *what, by=self.world.author, now=self.world.now, **more)

    def _wants(self, post: Post, due: Any) -> None:
        intent = self.world.intents[post.pk]
        intent.wanted, intent.due = True, due

    def _may_want(self, post: Post) -> None:
        intent = self.world.intents[post.pk]
        intent.wanted = intent.due = None
