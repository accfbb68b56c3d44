"""Saving an answer while the database is away, and after it dropped the connection."""

import pytest
from django.db import InterfaceError, OperationalError, connection

from posting import database_threads
from posting.database_threads import here, on_database_thread, stubbornly
from posting.models import Post
from posting.publishing import publish_next
from posting.states import Status
from tests.factories import PostFactory
from tests.posting.conftest import WORKER, fresh, states


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(database_threads, "PATIENCE", (0.0, 0.0, 0.0))


def failing(times, error):
    """A function that works after so many failures."""
    left = [times]

    def function():
        if left[0]:
            left[0] -= 1
            raise error
        return "saved"

    return function


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_database_that_comes_back_gets_what_was_waiting(error):
    assert stubbornly(here, failing(3, error)) == "saved"


def test_a_database_that_stays_away_is_an_error_in_the_end():
    with pytest.raises(OperationalError):
        stubbornly(here, failing(4, OperationalError("gone")))


def test_a_bug_is_not_tried_again():
    function = failing(1, KeyError("bug"))
    with pytest.raises(KeyError):
        stubbornly(here, function)
    assert function() == "saved"


@pytest.fixture
def _own_pool():
    """Database threads of this test's own, whose connections end with it."""
    database_threads._pool.cache_clear()
    yield
    pool = database_threads._pool()
    for _ in range(8):
        pool.submit(lambda: connection.close()).result()
    pool.shutdown()
    database_threads._pool.cache_clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_pool")
@pytest.mark.parametrize("during_request", [True, False])
def test_a_connection_the_server_dropped_loses_no_answer(platform, settings, during_request):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection to lose; this needs PostgreSQL (make services)")
    settings.DB_CONNECTIONS = 1
    post = PostFactory(scheduled=True)
    if during_request:
        platform.before["post"] = _drop_other_connections
    assert publish_next(WORKER, on_database_thread)
    assert (fresh(post).status, states(post)) == (Status.PUBLISHED, [("post", 1, "done")])
    assert Post.objects.get().attempt_rows.count() == 1


def _drop_other_connections():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_pool")
def test_a_post_is_sent_without_the_sending_thread_touching_the_database(platform, settings):
    settings.DB_CONNECTIONS = 1
    post = PostFactory(scheduled=True)
    assert publish_next(WORKER, on_database_thread)
    assert fresh(post).status == Status.PUBLISHED


def test_two_settlings_of_one_answer_are_one(platform, db, monkeypatch):
    """The commit was done and its word was lost: the second time finds it and adds nothing."""
    from posting import publishing

    settle, calls = publishing.settle_published, []

    def settle_and_lose_the_word(*args):
        result = settle(*args)
        calls.append(result)
        if len(calls) == 1:
            raise OperationalError("gone")
        return result

    monkeypatch.setattr(publishing, "settle_published", settle_and_lose_the_word)
    post = PostFactory(scheduled=True)
    publish_next(WORKER, here)
    assert calls == [True, True]
    assert (post.attempt_rows.count(), post.events.filter(new=Status.PUBLISHED).count()) == (1, 1)
