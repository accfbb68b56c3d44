"""Each item is written once, by one worker, whoever dies in between; what is kept stays."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection
from django.utils import timezone

from content.models import LlmInteraction, Piece, WritingItem, WritingRun
from content.writers import queue
from content.writers.modelled import Written
from content.writers.queue import again, claim, put_back, settle, stop
from content.writers.starting import NotPossible, start, write_pieces
from content.writers.working import write_next
from organisation.clock import database_now
from organisation.models import AuditEntry
from tests.factories import UserFactory
from tests.llm_server import says
from tests.writing.made import item_of, run_of, source_with, states, target

pytestmark = pytest.mark.django_db(transaction=True)
State = WritingItem.State
TEXT = Written("Ashes out, debts paid, clock wound.")


def settled(item, written=TEXT):
    return settle(item, written, length=len(written.text), over=0, seconds=0.1)


def taken() -> WritingItem:
    """The item that a worker has just taken."""
    item = claim(database_now())
    assert item is not None
    return item


def later(**span):
    return database_now() + timedelta(**span)


def test_all_items_become_drafts_section_by_section():
    source = source_with()
    one, other = target(source, "mastodon"), target(source, "twitter")
    run = run_of(source, one, other)
    while write_next():
        pass
    assert states(run) == [State.WRITTEN] * 4
    assert [(item.section.position, item.channel) for item in run.items.all()] == [
        (1, "mastodon/status"),
        (1, "twitter/tweet"),
        (2, "mastodon/status"),
        (2, "twitter/tweet"),
    ]
    assert Piece.objects.filter(status=Piece.Status.DRAFT, brand=source.brand).count() == 4
    assert not Piece.objects.ready().exists()


def test_many_workers_at_once_make_one_piece_of_each():
    source = source_with(*((f"Section {n}", f"Peat smoke number {n}. It is so.") for n in range(6)))
    run = run_of(source)
    start_together = threading.Barrier(4)
    faults = []

    def work():
        try:
            start_together.wait(10)
            while write_next():
                pass
        except Exception as error:  # noqa: BLE001 - told below, by the test's own thread
            faults.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults
    while write_next():  # whoever lost every race gave way
        pass
    assert states(run) == [State.WRITTEN] * 6
    assert Piece.objects.count() == 6
    assert not run.items.exclude(attempts=1).exists()


def test_two_who_hold_one_item_make_one_piece():
    """The first was frozen past its lease, and wakes up when the second is at it."""
    run = run_of(source_with(("x", "Peat.")))
    frozen = taken()
    assert put_back(later(hours=1)) == 1
    WritingItem.objects.update(wake_at=run.at)
    second = taken()
    assert second.pk == frozen.pk
    assert not settled(frozen)
    assert not queue.fail(frozen, "late")
    assert not queue.pause(frozen, "late", later(seconds=1))
    assert settled(second)
    assert not settled(second)
    assert Piece.objects.count() == 1
    assert item_of(run).state == State.WRITTEN


def test_the_same_from_two_threads_at_one_moment():
    run = run_of(source_with(("x", "Peat.")))
    item = taken()
    together, won = threading.Barrier(2), []

    def finish():
        together.wait(10)
        won.append(settled(item))
        connection.close()

    threads = [threading.Thread(target=finish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(won) == [False, True]
    assert Piece.objects.count() == 1
    assert item_of(run).piece == Piece.objects.get()


def test_what_a_dead_worker_held_is_put_back_once_and_then_told():
    run = run_of(source_with(("x", "Peat.")))
    claim(database_now())
    assert put_back(database_now()) == 0  # its lease still runs
    assert put_back(later(hours=1)) == 1
    assert item_of(run).state == State.WAITING
    WritingItem.objects.update(wake_at=run.at)
    claim(database_now())
    assert put_back(later(hours=1)) == 0
    assert item_of(run).state == State.FAILED
    assert "gone twice" in item_of(run).error
    assert again(run.items.all()) == 1
    assert write_next()
    assert item_of(run).state == State.WRITTEN


def test_a_fault_that_nobody_foresaw_leaves_the_item_to_its_lease(monkeypatch, caplog):
    run = run_of(source_with(("x", "Peat."), ("y", "Smoke.")))
    monkeypatch.setattr("content.writers.working.brief_for", lambda *_, **__: 1 / 0)
    assert write_next()
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    assert states(run) == [State.WRITING, State.WAITING]
    assert write_next()
    assert put_back(later(hours=1)) == 1
    WritingItem.objects.update(wake_at=run.at)
    assert write_next()
    assert states(run) == [State.WRITTEN, State.WRITTEN]


def test_a_text_that_cannot_be_kept_fails_and_keeps_nothing():
    run = run_of(source_with(("x", "Peat.")))
    with pytest.raises(ValidationError):
        settled(claim(database_now()), Written("Half a pair \ud800"))
    assert item_of(run).state == State.WRITING
    assert not Piece.objects.exists()


def test_stopping_begins_nothing_more_and_lets_the_current_one_end():
    by = UserFactory()
    run = run_of(source_with(*((f"{n}", "Peat.") for n in range(3))))
    item = taken()
    assert stop(run, by=by) == 2
    assert stop(run, by=by) == 0
    assert states(run) == [State.WRITING, State.STOPPED, State.STOPPED]
    assert settled(item)
    assert states(run) == [State.WRITTEN, State.STOPPED, State.STOPPED]
    assert not write_next()
    assert AuditEntry.objects.filter(verb="stop writing").count() == 1


def test_after_a_stop_the_current_one_neither_waits_nor_is_put_back():
    run = run_of(source_with(("x", "Peat.")))
    item = taken()
    stop(run, by=UserFactory())
    queue.pause(item, "A pause is wanted.", later(seconds=5))
    assert item_of(run).state == State.FAILED

    other = run_of(source_with(("x", "Peat.")))
    claim(database_now())
    stop(other, by=UserFactory())
    assert put_back(later(hours=1)) == 0
    assert item_of(other).state == State.FAILED


def test_what_was_stopped_is_written_after_all_and_what_has_a_piece_is_left():
    run = run_of(source_with())
    assert write_next()
    stop(run, by=UserFactory())
    first = item_of(run).piece
    assert again(run.items.all()) == 1
    assert again(run.items.all()) == 0
    assert write_next()
    assert item_of(run).piece == first
    assert Piece.objects.count() == 2


def test_what_failed_can_go_to_the_other_writer(model, endpoint_of):
    run = run_of(source_with(("x", "Peat smoke.")))
    model.key = "another"
    assert write_next()
    assert states(run) == [State.FAILED]
    assert again(run.items.all(), writer="offline") == 1
    assert write_next()
    assert item_of(run).written_by == ""
    assert item_of(run).piece.current.text.startswith("Peat smoke.")


def test_one_form_makes_one_run():
    source, key, by = source_with(), uuid.uuid4(), UserFactory()
    some = [target(source)]
    first = start(source, list(source.sections.all()), some, by=by, key=key)
    assert start(source, list(source.sections.all()), some, by=by, key=key) == first
    assert WritingItem.objects.count() == 2


def test_a_form_of_somebody_elses_run_is_refused():
    source, key = source_with(), uuid.uuid4()
    sections, some = list(source.sections.all()), [target(source)]
    start(source, sections, some, by=UserFactory(), key=key)
    with pytest.raises(NotPossible, match="another run"):
        start(source, sections, some, by=UserFactory(), key=key)
    assert WritingItem.objects.count() == 2


def test_one_form_pressed_twice_at_once_makes_one_run():
    source, key, by = source_with(), uuid.uuid4(), UserFactory()
    some, sections = [target(source)], list(source.sections.all())
    together, found = threading.Barrier(2), []

    def press():
        together.wait(10)
        found.append(start(source, sections, some, by=by, key=key).pk)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [key, key]
    assert WritingItem.objects.count() == 2


def test_a_feed_has_only_written_what_is_new():
    source = source_with(("x", "Peat smoke."))
    section = source.sections.get()
    mastodon, twitter = target(source, "mastodon"), target(source, "twitter")
    run = write_pieces(section, [mastodon])
    assert run.by is None
    assert write_next()
    both = write_pieces(section, [mastodon, twitter])
    assert both is not None
    assert [item.channel for item in WritingItem.objects.filter(run=both)] == ["twitter/tweet"]
    assert write_next()
    assert write_pieces(section, [mastodon, twitter]) is None
    waits = source_with(("y", "Smoke."), ("y", "Smoke."), brand=source.brand)
    assert write_pieces(waits.sections.get(position=1), [mastodon]) is not None
    assert write_pieces(waits.sections.get(position=2), [mastodon]) is None  # about to be written
    again_read = source_with(("x", "Peat smoke."), brand=source.brand)
    assert write_pieces(again_read.sections.get(), [mastodon]) is None  # known by its words
    assert write_pieces(section, [target(source, "facebook", "story")]) is None  # shows no text


def test_two_feeds_with_one_article_have_it_written_once():
    source = source_with(("x", "Peat smoke."))
    section, one = source.sections.get(), target(source)
    together, found = threading.Barrier(2), []

    def poll():
        together.wait(10)
        found.append(write_pieces(section, [one]))
        connection.close()

    threads = [threading.Thread(target=poll) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found.count(None) == 1
    assert WritingItem.objects.count() == 1


def test_of_two_sections_with_the_same_words_one_is_written():
    source = source_with(("x", "Peat smoke."), ("x", "Peat smoke."))
    run = run_of(source, only_new=True)
    assert run.items.count() == 1


def test_what_cannot_be_is_refused_in_a_sentence():
    source = source_with()
    sections, one = list(source.sections.all()), target(source)
    with pytest.raises(NotPossible, match="No section"):
        start(source, [], [one], by=None)
    with pytest.raises(NotPossible, match="No channel"):
        start(source, sections, [], by=None)
    with pytest.raises(NotPossible, match="another source"):
        start(source, list(source_with().sections.all()), [one], by=None)
    with pytest.raises(NotPossible, match="No language model"):
        start(source, sections, [one], by=None, writer="model")
    many = source_with(*((f"{n}", "Peat.") for n in range(201)))
    with pytest.raises(NotPossible, match="200 is the most"):
        start(many, list(many.sections.all()), [target(many)], by=None)
    assert not WritingRun.objects.exists()


def test_a_second_run_is_not_kept_waiting_by_a_long_first():
    long = run_of(source_with(*((f"{n}", "Peat.") for n in range(9))))
    short = run_of(source_with(("x", "Smoke.")))
    assert write_next()
    assert write_next()
    assert states(short) == [State.WRITTEN]
    assert states(long).count(State.WAITING) == 8


def test_no_transaction_is_open_while_a_model_is_asked(model, endpoint_of):
    run_of(source_with(("x", "Peat.")))
    open_then = []

    def looks(to):
        open_then.append(
            WritingItem.objects.filter(state=State.WRITING, lease_until__gt=timezone.now()).count()
        )
        says("Peat.")(to)
        connection.close()

    model.answers = [looks]  # on a thread and a connection of its own: it sees what is committed
    assert write_next()
    assert open_then == [1]
    assert LlmInteraction.objects.count() == 1
