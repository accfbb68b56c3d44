"""What the product's own processes do, and what befalls them."""

from datetime import timedelta
from itertools import product

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from posting import dispatching, falling_back, reaping, reconciling
from tests.engine.history.processes import Mishap, Trouble
from tests.engine.history.rules_people import trouble, which
from tests.engine.history.workers import PLACES, THE_END, Worker
from tests.engine.history.world import World

AT_ONCE = 3  # workers
FAULTS = (
    "reset_after_accept",
    "error_500_before",
    "refuse",
    "slow",
    "hang",
    "reset_before",
    "error_500_after_accept",
    "rate_limit",
    "expired_token",
    "quota",
    "duplicate",
    "garbage",
    "wrong_content_type",
)
SECONDS = {"slow": 0.5, "hang": 0.5}  # longer than the product's patience here
TASKS = (
    dispatching.mark_late,
    falling_back.fall_back,
    reaping.reap,
    reconciling.reconcile,
)
Fault = tuple[str, str, str]
fault = st.sampled_from(
    [
        None,
        *product(("facebook", "mastodon"), ("publish",), FAULTS),
        *product(("facebook", "mastodon"), ("upload", "comment", "delete", "read"), FAULTS[:3]),
    ]
)
SECONDS_PASS = st.sampled_from((200, 1, 60, 125, 200, 1200, 3600, 8 * 3600))
place = st.sampled_from(PLACES)
sending_trouble = st.sampled_from(
    [None] * 8 + [Trouble(mishap, commits) for mishap in Mishap for commits in range(4)]
)
has_workers = precondition(lambda machine: machine.world.workers)


class Machinery(RuleBasedStateMachine):
    """Rules for the clock's tasks, the broker, the workers, the platforms and time."""

    world: World

    @precondition(lambda machine: len(machine.world.workers) < AT_ONCE)
    @rule(until=place, trouble=sending_trouble, fault=fault)
    def wake(self, until: str, trouble: Trouble | None, fault: Fault | None) -> None:
        """A message arrives. It carries nothing: a lost one is a worker that does not come, one
        that came twice or late is a worker more."""
        world = self.world
        self._go_wrong(fault)
        world.made_workers += 1
        worker = Worker(f"worker {world.made_workers}", self.referee)
        world.workers.append(worker)
        self._run_on(worker, until, trouble)

    wake_too = wake  # twice in the bag: nothing happens without it

    @has_workers
    @rule(which=which, until=place, trouble=sending_trouble, cut=st.booleans(), fault=fault)
    def go_on(
        self, which: int, until: str, trouble: Trouble | None, cut: bool, fault: Fault | None
    ) -> None:
        self._go_wrong(fault)
        self._run_on(self._worker(which), until, trouble, cut)

    @has_workers
    @rule(which=which)
    def kill(self, which: int) -> None:
        worker = self._worker(which)
        worker.kill()
        self.world.workers.remove(worker)

    def _worker(self, which: int) -> Worker:
        return self.world.workers[which % len(self.world.workers)]

    def _run_on(
        self, worker: Worker, until: str, trouble: Trouble | None, cut: bool = False
    ) -> None:
        worker.run_until(until, trouble, cut)
        if worker.is_over:
            self.world.workers.remove(worker)

    @rule(after=SECONDS_PASS, trouble=trouble)
    def tick(self, after: int, trouble: Trouble | None) -> None:
        """The clock's tasks run, perhaps after a long silence."""
        self.time_passes(after)
        self.world.act(trouble, self._tasks)

    tick_too = tick

    def _tasks(self) -> int:
        return sum(task(self.world.now) for task in TASKS)

    def _go_wrong(self, fault: Fault | None) -> None:
        """Let the platform's next request of this kind go wrong."""
        if fault is not None:
            platform, call, name = fault
            seconds = SECONDS.get(name, 0)
            self.world.sandbox.arm(platform, name, call=call, seconds=seconds)

    @rule(seconds=SECONDS_PASS)
    def time_passes(self, seconds: int) -> None:
        self.world.clocks.passed += timedelta(seconds=seconds)

    @rule(seconds=st.sampled_from((-200, -130, -30, 30, 130, 200, 3600, 86400)))
    def clock_jumps(self, seconds: int) -> None:
        """The database's clock is set. Nothing else notices."""
        self.world.clocks.database_is_off_by += timedelta(seconds=seconds)

    def all_run_to_their_end(self) -> None:
        for worker in list(self.world.workers):
            self._run_on(worker, THE_END, None)
