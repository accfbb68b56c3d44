"""The periodic task: one piece each time, a wake-up for the next, and never more than allowed."""

from importlib import import_module

import pytest
from django.apps import apps
from django_celery_beat.models import PeriodicTask

from content import tasks
from content.models import WritingItem
from tests.writing.made import run_of, source_with, states

pytestmark = pytest.mark.django_db(transaction=True)
State = WritingItem.State


@pytest.fixture
def woken(monkeypatch):
    number: list[int] = []
    monkeypatch.setattr("content.tasks.wake_writers", number.append)
    return number


def test_each_turn_writes_one_and_wakes_for_the_next(woken):
    run = run_of(source_with())
    tasks.write_waiting()
    assert states(run) == [State.WRITTEN, State.WAITING]
    tasks.write_waiting()
    assert states(run) == [State.WRITTEN] * 2
    tasks.write_waiting()
    assert woken == [1, 1]


def test_no_more_are_written_at_once_than_the_operator_wants(woken):
    run = run_of(source_with())
    taken = 0
    while tasks.at_once.acquire(blocking=False):
        taken += 1
    try:
        tasks.write_waiting()
    finally:
        for _ in range(taken):
            tasks.at_once.release()
    assert states(run) == [State.WAITING] * 2
    assert taken == 2


def test_a_worker_that_is_told_to_stop_begins_nothing(woken):
    run = run_of(source_with())
    tasks.stopping.set()
    try:
        tasks.write_waiting()
    finally:
        tasks.stopping.clear()
    assert states(run) == [State.WAITING] * 2


@pytest.mark.django_db(transaction=False)
def test_it_is_on_the_timetable_of_the_work_worker():
    import_module("content.migrations.0009_writing").add_task(apps, None)  # other tests empty it
    task = PeriodicTask.objects.get(task="content.tasks.write_waiting")
    assert (task.queue, task.enabled, task.expire_seconds) == ("work", True, 5)


def test_beginning_a_run_wakes_the_workers(monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.write_waiting, "apply_async", lambda **how: sent.append(how))
    run_of(source_with())
    assert [one["expires"] for one in sent] == [5, 5]


def test_a_broker_that_is_away_keeps_no_run_from_beginning(monkeypatch):
    def away(**_):
        raise OSError("away")

    monkeypatch.setattr(tasks.write_waiting, "apply_async", away)
    assert states(run_of(source_with())) == [State.WAITING] * 2
