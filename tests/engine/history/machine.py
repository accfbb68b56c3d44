"""All rules in one machine, and what holds after each of them."""

from datetime import timedelta
from functools import partial
from sys import exc_info

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from organisation.models import Instance
from platforms.models import Account
from platforms.pausing import resume_account, start_publishing
from posting.dispatching import wakeups_needed
from posting.instance_guard import check
from posting.models import Post
from tests.engine.history.clocks import Clocks
from tests.engine.history.referee import Referee
from tests.engine.history.restoring import Operator, forget_what_went_out
from tests.engine.history.rules_machinery import Machinery
from tests.engine.history.rules_people import People
from tests.engine.history.workers import THE_END
from tests.engine.history.world import World
from tests.sandbox.conftest import running

ROUNDS = 12  # of everything that runs, until nothing moves any more
BETWEEN = timedelta(minutes=20)  # longer than every pause between two tries of one post


class AnyHistory(People, Machinery, Operator):
    """Whatever people, platforms, processes and clocks do, in whatever order."""

    def __init__(self, clocks: Clocks, patch: pytest.MonkeyPatch) -> None:
        super().__init__()
        clocks.__init__()  # type: ignore[misc]  # a new time for a new world
        forget_what_went_out()
        check(clocks.database())
        self._sandbox = running()
        sandbox = self._sandbox.__enter__()
        self.world = World(sandbox, clocks)
        self.referee = Referee(self.world)
        self.seen: dict[int, Post] = {}
        patch.setattr("django.conf.settings.SANDBOX_URL", sandbox.address)
        patch.setattr("posting.waking.wake", lambda: None)

    @initialize(
        late=st.sampled_from(Account.LatePolicy.values),
        at_once=st.sampled_from((1, 2, 4)),
        first=st.integers(0, 2),
        parts=st.booleans(),
        more=st.booleans(),
    )
    def open_accounts(self, late: str, at_once: int, first: int, parts: bool, more: bool) -> None:
        add = partial(self.world.add_account, late_policy=late, max_in_flight=at_once)
        page = add("facebook")
        keyed = add("mastodon", server_facts={"software": "mastodon"})
        unkeyed = add("mastodon", server_facts={"software": "pleroma"})
        add("facebook", approval_rule=Account.ApprovalRule.ANYONE)
        spare = add("facebook")
        for account, other in ((page, spare), (keyed, unkeyed), (unkeyed, keyed)):
            Account.objects.filter(pk=account.pk).update(fallback=other)
        for which in (first, first + 1):
            self.write(which, 0, parts, more, None)

    @invariant()
    def no_rule_is_broken(self) -> None:
        if self.world.accounts:
            self.referee.look()

    def all_is_well_again(self) -> None:
        """Platforms answer, accounts send, and everything runs until nothing moves."""
        world = self.world
        world.sandbox.control("DELETE", "faults")
        self.all_run_to_their_end()
        if Instance.objects.get().doubt:
            self.adopt()
        start_publishing(by=world.author, now=world.now)
        for account in world.accounts:
            resume_account(account, by=world.author, now=world.now)
        for _ in range(ROUNDS):
            world.clocks.passed += BETWEEN
            moved = self._tasks()
            if wakeups_needed(world.now):
                self.wake(THE_END, None, None)
            elif not moved and not Post.objects.leaving().filter(due_at__lte=world.now).exists():
                break
        self.referee.look_at_the_end()

    def teardown(self) -> None:
        """A history that broke no rule must also come to a good end."""
        try:
            if self.world.accounts and exc_info()[0] is None:
                self.all_is_well_again()
                self.referee.look()
        finally:
            self.clear_away()

    def clear_away(self) -> None:
        for worker in self.world.workers:
            worker.kill()
        try:
            self.world.forget()
        finally:
            self._sandbox.__exit__(None, None, None)
