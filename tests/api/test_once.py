"""A POST that is sent again with its idempotency key acts once, and gets the first answer."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django_celery_beat.models import PeriodicTask

from organisation.api import idempotency
from organisation.clock import database_now
from organisation.models import IdempotencyKey
from organisation.tasks import forget_idempotency_keys
from posting.models import Post, PostEvent
from scheduling.api import posts as posts_view
from tests.api.conftest import POSTS, Program, blamed, told

SOON = {"Idempotency_Key": "once-and-once-only"}


def body(account, **more):
    return {"text": "Peat smoke", "targets": [{"account": account.pk}], **more}


def test_the_second_request_gets_the_first_answer(mairi, account):
    first = mairi.ask("POST", POSTS, body(account), **SOON)
    again = mairi.ask("POST", POSTS, body(account), **SOON)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert ("Idempotent-Replay" in first, again["Idempotent-Replay"]) == (False, "true")
    assert Post.objects.count() == 1


def test_without_a_key_each_request_acts(mairi, account):
    for _ in range(2):
        assert mairi.ask("POST", POSTS, body(account)).status_code == 201
    assert Post.objects.count() == 2


def test_the_same_words_in_another_order_are_the_same_request(mairi, account):
    mairi.ask("POST", POSTS, body(account), **SOON)
    turned = dict(reversed(body(account).items()))
    assert mairi.ask("POST", POSTS, turned, **SOON)["Idempotent-Replay"] == "true"


def test_a_key_with_another_request_is_refused(mairi, account):
    mairi.ask("POST", POSTS, body(account), **SOON)
    answer = mairi.ask("POST", POSTS, body(account, text="Other"), **SOON)
    assert "came with another request before" in told(answer, 422)
    assert Post.objects.count() == 1


def test_a_key_belongs_to_its_token(mairi, account, people):
    mairi.ask("POST", POSTS, body(account), **SOON)
    answer = Program(people.mairi).ask("POST", POSTS, body(account, text="Other"), **SOON)
    assert answer.status_code == 201
    assert "Idempotent-Replay" not in answer


def test_a_refusal_frees_the_key(mairi, account):
    refused = mairi.ask("POST", POSTS, body(account, time={"wall": "2020-01-01 12:00"}), **SOON)
    assert refused.status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert mairi.ask("POST", POSTS, body(account), **SOON).status_code == 201


def test_a_bug_frees_the_key_and_leaves_nothing(mairi, account, monkeypatch):
    monkeypatch.setattr(posts_view, "shown", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mairi.ask("POST", POSTS, body(account), **SOON)
    assert not IdempotencyKey.objects.exists()
    assert not Post.objects.exists()


def test_an_answer_that_was_lost_after_the_commit_is_given_again(mairi, account, monkeypatch):
    monkeypatch.setattr(idempotency, "_response", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mairi.ask("POST", POSTS, body(account), **SOON)
    monkeypatch.undo()
    again = mairi.ask("POST", POSTS, body(account), **SOON)
    assert again["Idempotent-Replay"] == "true"
    assert Post.objects.count() == 1


def being_worked_on(program, account, age):
    """Leave the key as a request does that has not ended."""
    program.ask("POST", POSTS, body(account), **SOON)
    then = database_now() - timedelta(seconds=age)
    IdempotencyKey.objects.update(status=None, answer="", claimed_at=then)
    PostEvent.objects.all()._raw_delete(PostEvent.objects.db)
    Post.objects.all().delete()


def test_a_request_that_is_being_worked_on_is_not_begun_again(mairi, account):
    being_worked_on(mairi, account, age=5)
    answer = mairi.ask("POST", POSTS, body(account), **SOON)
    assert "is being worked on" in told(answer, 409)
    assert answer["Retry-After"] == "1"
    assert not Post.objects.exists()


def test_a_request_that_died_at_work_is_taken_over(mairi, account):
    being_worked_on(mairi, account, age=61)
    assert mairi.ask("POST", POSTS, body(account), **SOON).status_code == 201
    assert Post.objects.count() == 1


def test_one_that_was_taken_over_meanwhile_does_nothing(mairi, account, monkeypatch):
    real = posts_view.shown

    def overtaken(*made):
        IdempotencyKey.objects.update(claim="somebody else's")
        return real(*made)

    monkeypatch.setattr(posts_view, "shown", overtaken)
    assert "took over" in told(mairi.ask("POST", POSTS, body(account), **SOON), 409)
    assert not Post.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 256, "ñ", "tab\there"])
def test_a_key_that_cannot_be_is_named(mairi, account, key):
    answer = mairi.ask("POST", POSTS, body(account), Idempotency_Key=key)
    told(answer, 400)
    assert blamed(answer) == ["Idempotency-Key"]
    assert not Post.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_post(mairi, account):
    key = {"Idempotency_Key": str(uuid.uuid4())}
    start, answers = threading.Barrier(4), []

    def send():
        start.wait(10)
        try:
            answers.append(mairi.ask("POST", POSTS, body(account), **key))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    fresh = [a for a in answers if a.status_code == 201 and "Idempotent-Replay" not in a]
    others = [a for a in answers if a not in fresh]
    assert (len(answers), len(fresh)) == (4, 1)
    for answer in others:
        replayed = answer.status_code == 201 and answer["Idempotent-Replay"] == "true"
        assert replayed or (answer.status_code == 409 and answer["Retry-After"])
    assert Post.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_at_once_is_told_to_wait(mairi, account, monkeypatch):
    """While the first is between its key and its commit."""
    at_work, may_end = threading.Event(), threading.Event()
    real, first = posts_view.prepare, []

    def held(*asked):
        at_work.set()
        assert may_end.wait(30)
        return real(*asked)

    monkeypatch.setattr(posts_view, "prepare", held)

    def send():
        try:
            first.append(mairi.ask("POST", POSTS, body(account), **SOON))
        finally:
            connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    assert at_work.wait(30)
    second = mairi.ask("POST", POSTS, body(account), **SOON)
    may_end.set()
    thread.join(30)
    assert "is being worked on" in told(second, 409)
    assert first[0].status_code == 201
    assert Post.objects.count() == 1


def test_keys_are_forgotten_after_a_day(mairi, account):
    mairi.ask("POST", POSTS, body(account), **SOON)
    IdempotencyKey.objects.update(created_at=database_now() - timedelta(hours=23))
    forget_idempotency_keys()
    assert IdempotencyKey.objects.count() == 1
    IdempotencyKey.objects.update(created_at=database_now() - timedelta(hours=25))
    forget_idempotency_keys()
    assert not IdempotencyKey.objects.exists()


def test_a_periodic_task_forgets_them(db):
    call_command("migrate", verbosity=0)  # a transactional test may have emptied the table
    task = PeriodicTask.objects.filter(task=forget_idempotency_keys.name).first()
    assert task is None or (task.enabled, task.queue) == (True, "clock")
