"""The referee sees what it is there to see: copies, losses, and what nothing explains."""

import pytest

from tests.crash.verdict import Held, Strike, Thing, Verdict, judge

KILL = Strike("kill", at=12, until=12, pid=7)


def unconfirmed(started: float | None = 11, pid: int = 7) -> Thing:
    return Thing("a", "unconfirmed", started, (Held(pid, since=10, until=18),))


def verdict_on(*things: Thing, live: str = "", strikes: tuple[Strike, ...] = ()) -> Verdict:
    copies = {text: live.split().count(text) for text in live.split()}
    return judge(things, ["a"], copies, strikes)


def test_one_copy_of_what_is_published_is_as_promised() -> None:
    verdict = verdict_on(Thing("a", "published"), live="a")
    assert verdict.holds
    assert verdict.line == "posts=1 kills=0 duplicates=0 lost=0 unconfirmed=0 explained=0"


@pytest.mark.parametrize("state", ["published", "unconfirmed", "failed", "scheduled"])
def test_every_copy_beyond_the_first_is_a_duplicate_whatever_the_state(state: str) -> None:
    verdict = verdict_on(Thing("a", state), live="a a a")
    assert (verdict.duplicates, verdict.holds) == (["a", "a"], False)


@pytest.mark.parametrize("state", ["scheduled", "publishing", "ready", "waiting", "sending"])
def test_what_is_still_in_line_in_the_end_is_lost(state: str) -> None:
    assert verdict_on(Thing("a", state)).lost == ["a"]


@pytest.mark.parametrize("state", ["published", "done"])
def test_what_is_called_out_and_is_not_is_lost(state: str) -> None:
    assert verdict_on(Thing("a", state)).lost == ["a"]


def test_what_is_called_failed_and_is_out_counts_as_lost() -> None:
    assert verdict_on(Thing("a", "failed"), live="a").lost == ["a"]
    assert verdict_on(Thing("a", "failed")).holds


def test_what_was_accepted_and_has_no_row_is_lost() -> None:
    assert verdict_on().lost == ["a"]


@pytest.mark.parametrize("live", ["", "a"])
def test_an_unconfirmed_post_whose_worker_was_killed_on_the_wire_is_explained(live: str) -> None:
    verdict = verdict_on(unconfirmed(), live=live, strikes=(KILL,))
    assert verdict.holds
    assert verdict.line == "posts=1 kills=1 duplicates=0 lost=0 unconfirmed=1 explained=1"


@pytest.mark.parametrize(
    ("thing", "strike"),
    [
        (unconfirmed(pid=8), KILL),  # another worker was killed
        (unconfirmed(started=None), KILL),  # nothing had begun
        (unconfirmed(started=13), KILL),  # the kill was before it began
        (unconfirmed(), Strike("kill", at=19, until=19, pid=7)),  # and here after it ended
        (unconfirmed(), Strike("outage", at=2, until=9)),
        (unconfirmed(), Strike("fault", at=12, until=12, text="b")),  # another post's fault
    ],
)
def test_an_unconfirmed_post_is_not_explained_by_what_happened_elsewhere(
    thing: Thing, strike: Strike
) -> None:
    verdict = verdict_on(thing, strikes=(strike,))
    assert (verdict.unexplained, verdict.holds) == ([thing], False)


@pytest.mark.parametrize(
    "strike",
    [
        Strike("outage", at=2, until=12),
        Strike("freeze", at=9, until=20, pid=7),
        Strike("fault", at=12, until=12, text="a"),
    ],
)
def test_outages_freezes_and_faults_explain_what_they_fell_upon(strike: Strike) -> None:
    assert verdict_on(unconfirmed(), strikes=(strike,)).holds
