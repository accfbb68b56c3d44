"""Whatever happens, in whatever order: never twice, never lost, and it says so.

Hypothesis makes up histories from rules (`tests/engine/history`) and shortens one that breaks a
promise to the steps that matter. Each run of the suite tells the same histories; `make histories`
tells many new ones. Before them come a few told by hand: that the referee is not blind, and that
an older database brought back sends nothing by itself.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from platforms.adapters.mastodon import Mastodon
from platforms.errors import NotSent
from posting.journal import Journal
from posting.models import Post
from posting.states import Status
from tests.engine.history import clocks, processes, workers
from tests.engine.history.machine import AnyHistory
from tests.engine.history.parts import InParts
from tests.engine.history.workers import THE_END

CHAPTERS = int(os.environ.get("CHAPTERS", "4"))
FIRST = int(os.environ.get("FIRST_CHAPTER", "0"))
HISTORIES = 8  # in a chapter; from the eleventh on they would be variations of the ones before
STEPS = 40

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def begin(
    settings: Any, data_dir: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], AnyHistory]:
    """Begins a history in a world where everything can happen."""
    settings.CONNECT_TIMEOUT = settings.READ_TIMEOUT = 0.3
    time = clocks.Clocks()
    clocks.install(time, monkeypatch)
    processes.install(monkeypatch)
    workers.install(monkeypatch)
    monkeypatch.setattr("platforms.registry.ADAPTERS", (InParts, Mastodon))
    return lambda: AnyHistory(time, monkeypatch)


@pytest.mark.parametrize("chapter", range(FIRST, FIRST + CHAPTERS))
def test_no_history_breaks_a_promise(begin: Callable[[], AnyHistory], chapter: int) -> None:
    tell: Any = seed(chapter)(lambda: begin())
    run_state_machine_as_test(
        tell,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def history(begin: Callable[[], AnyHistory]) -> Iterator[AnyHistory]:
    """Two posts of Facebook Pages are due, and the steps of the history are the test's."""
    history = begin()
    history.open_accounts(late="ask", at_once=4, first=3, parts=False, more=False)
    yield history
    history.clear_away()


def test_the_referee_sees_a_second_copy(
    history: AnyHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posting.journal.OutcomeUnknown", NotSent)
    history.wake(THE_END, None, ("facebook", "publish", "reset_after_accept"))
    history.referee.look()
    history.all_is_well_again()
    with pytest.raises(AssertionError, match="2 copies of Piece 2"):
        history.referee.look()


def test_the_referee_sees_a_request_that_no_step_announced(
    history: AnyHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Journal, "_start", lambda *_: True)
    with pytest.raises(AssertionError, match="a request left with 0 steps"):
        history.wake(THE_END, None, None)


def test_the_referee_sees_a_post_that_is_left_behind(
    history: AnyHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.engine.history.rules_machinery.TASKS", ())
    history.wake("before started", None, None)
    history.kill(0)
    with pytest.raises(AssertionError, match="is publishing"):
        history.all_is_well_again()


def test_a_worker_that_lost_its_post_sends_nothing_when_it_goes_on(history: AnyHistory) -> None:
    history.wake("before started", None, None)
    history.tick(200, None)
    history.wake(THE_END, None, None)
    history.go_on(0, THE_END, None, False, None)
    history.all_is_well_again()
    history.referee.look()
    assert Post.objects.published().count() == 1  # the other waits for its approval


def test_an_older_database_sends_nothing_until_a_person_asks(history: AnyHistory) -> None:
    history.back_up()
    history.wake(THE_END, None, None)
    history.restore()
    assert Post.objects.get(piece__title="Piece 2").status == Status.SCHEDULED
    history.wake(THE_END, None, None)
    history.adopt()
    history.all_is_well_again()
    history.referee.look()
    assert len(history.world.sandbox.posts()) == 1
    assert Post.objects.get(piece__title="Piece 2").status == Status.MISSED
