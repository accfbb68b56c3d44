"""That nothing is publishing is told once, when something is due, and once that it is over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from monitoring.watching import FAULT, PATIENCE, Watch
from organisation.models import Heartbeat, Notice
from tests.factories import AccountFactory, HeartbeatFactory, PostFactory, SwitchFactory

pytestmark = pytest.mark.django_db
KINDS = (Heartbeat.Kind.SENDER, Heartbeat.Kind.CLOCK, Heartbeat.Kind.BEAT)
START = timezone.now()


def alive(*kinds, at=START):
    Heartbeat.objects.all().delete()
    for kind in kinds:
        HeartbeatFactory(kind=kind, seen_at=at, process=f"here:1:{kind}")


def watched(watch, seconds=60):
    """Look every five seconds, with what is alive staying alive."""
    for passed in range(0, seconds, 5):
        now = START + timedelta(seconds=passed)
        Heartbeat.objects.update(seen_at=now)
        watch.look(now)


@pytest.fixture
def due():
    return PostFactory(scheduled=True, due=START)


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (Heartbeat.Kind.SENDER, "no sending worker is alive"),
        (Heartbeat.Kind.CLOCK, "no clock worker is alive"),
        (Heartbeat.Kind.BEAT, "no beat is alive"),
    ],
)
def test_a_process_without_which_nothing_leaves_is_told_once(due, missing, words):
    alive(*(kind for kind in KINDS if kind != missing))
    watched(Watch())
    notice = Notice.objects.get()
    assert words in notice.sentence
    assert (notice.fault, notice.brand, notice.resolved_at) == (FAULT, None, None)


def test_all_that_is_missing_is_one_fault(due):
    alive(Heartbeat.Kind.WORK)
    watched(Watch())
    assert (
        "no sending worker, no clock worker and no beat is alive" in Notice.objects.get().sentence
    )


def test_several_watches_and_watches_that_start_anew_tell_it_once(due):
    alive(Heartbeat.Kind.CLOCK)
    for _ in range(3):
        watched(Watch())
    assert Notice.objects.count() == 1


def test_it_is_over_once_all_are_alive_again_and_any_watch_says_so(due):
    alive(Heartbeat.Kind.CLOCK, Heartbeat.Kind.BEAT)
    watched(Watch())
    alive(*KINDS)
    watched(Watch(), 10)
    notice = Notice.objects.get()
    assert (notice.resolved_at, notice.ending) == (START, "Every process is alive again.")


def test_a_restart_is_no_fault(due):
    alive(Heartbeat.Kind.CLOCK, Heartbeat.Kind.BEAT)
    watch = Watch()
    watched(watch, int(PATIENCE.total_seconds()))
    alive(*KINDS)
    watched(watch)
    alive(Heartbeat.Kind.CLOCK, Heartbeat.Kind.BEAT)
    watched(watch, int(PATIENCE.total_seconds()))
    assert not Notice.objects.exists()


def test_while_nothing_is_due_nobody_is_told():
    PostFactory(scheduled=True, due=START + timedelta(hours=1))
    alive()
    watched(Watch())
    assert not Notice.objects.exists()


@pytest.mark.parametrize("kept", ["account", "brand", "everything"])
def test_what_is_kept_back_on_purpose_does_not_count(due, kept):
    if kept == "account":
        due.account.state = "paused"
        due.account.save()
    else:
        SwitchFactory(stopped=True, brand=due.brand if kept == "brand" else None)
    alive()
    watched(Watch())
    assert not Notice.objects.exists()


def test_another_brands_stop_keeps_nothing_quiet(due):
    SwitchFactory(stopped=True, brand=AccountFactory().brand)
    alive()
    watched(Watch())
    assert Notice.objects.open().exists()
