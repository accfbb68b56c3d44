"""Signs of life: one row a process, seen again and again, gone when it ends in good order."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.heartbeats import (
    Pulse,
    forget_heartbeat,
    forget_the_dead,
    process_name,
    record_heartbeat,
)
from organisation.models import Heartbeat
from organisation.models.heartbeat import ALIVE
from tests.factories import HeartbeatFactory
from tests.processes import wait_until

SENDER = Heartbeat.Kind.SENDER


@pytest.mark.django_db
def test_a_process_has_one_row_that_keeps_its_start():
    first, later = timezone.now() - timedelta(minutes=1), timezone.now()
    record_heartbeat(SENDER, 16, first)
    record_heartbeat(SENDER, 8, later)
    row = Heartbeat.objects.get()
    assert (row.slots, row.started_at, row.seen_at) == (8, first, later)
    assert row.process == process_name(SENDER)
    assert f":{os.getpid()}:" in row.process


@pytest.mark.django_db
@pytest.mark.parametrize(("ago", "alive"), [(ALIVE, True), (ALIVE + timedelta(seconds=1), False)])
def test_a_process_not_seen_for_three_beats_counts_as_gone(ago, alive):
    now = timezone.now()
    HeartbeatFactory(seen_at=now - ago)
    assert Heartbeat.objects.alive(now).exists() == alive


@pytest.mark.django_db
def test_only_sending_workers_have_slots_to_offer():
    HeartbeatFactory(kind=Heartbeat.Kind.BEAT)
    sender = HeartbeatFactory()
    assert list(Heartbeat.objects.senders()) == [sender]


@pytest.mark.django_db
def test_a_process_that_ends_takes_only_its_own_row():
    other = HeartbeatFactory()
    record_heartbeat(SENDER, 16, timezone.now())
    forget_heartbeat(SENDER)
    assert list(Heartbeat.objects.all()) == [other]


@pytest.mark.django_db(transaction=True)
def test_a_pulse_beats_until_it_is_stopped():
    pulse = Pulse(SENDER, slots=3)
    pulse.start()
    wait_until(Heartbeat.objects.filter(slots=3).exists, 10, "a heartbeat")
    pulse.stop()
    assert not pulse.is_alive()
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db
def test_a_process_not_seen_for_a_day_is_forgotten() -> None:
    now = timezone.now()
    HeartbeatFactory(process="killed:1:sender", seen_at=now - timedelta(days=2))
    HeartbeatFactory(process="silent:1:sender", seen_at=now - timedelta(hours=2))
    forget_the_dead(now)
    assert list(Heartbeat.objects.values_list("process", flat=True)) == ["silent:1:sender"]
