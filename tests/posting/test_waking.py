"""How many wake-ups wait, by the word of each broker."""

import secrets
import time

import pytest
from celery import Celery

from posting.waking import waiting

PATIENCE = 5  # seconds


def app_on(broker, **options):
    queue = f"send-{secrets.token_hex(6)}"
    return Celery(
        broker=broker,
        set_as_current=False,
        task_routes={"posting.tasks.drain": {"queue": queue}},
        broker_transport_options=options,
    )


def count_and_take(app):
    """Two wake-ups are there until somebody takes them, and none before and after."""
    assert waiting(app) == 0
    for _ in range(2):
        app.send_task("posting.tasks.drain")
    end = time.monotonic() + PATIENCE
    while waiting(app) != 2 and time.monotonic() < end:
        time.sleep(0.01)  # RabbitMQ counts a message a moment after it was sent
    assert waiting(app) == 2
    queue = app.conf.task_routes["posting.tasks.drain"]["queue"]
    with app.connection_for_write() as connection:
        connection.default_channel.queue_purge(queue)
        assert waiting(app) == 0
        connection.default_channel.queue_delete(queue)
    app.close()


def test_the_embedded_broker_says_how_many_wait(tmp_path):
    count_and_take(app_on("embedded://", folder=str(tmp_path)))


@pytest.mark.redis
@pytest.mark.xdist_group("queues")
def test_redis_says_how_many_wait(redis_url):
    count_and_take(app_on(redis_url))


@pytest.mark.rabbitmq
@pytest.mark.xdist_group("queues")
def test_rabbitmq_says_how_many_wait(rabbitmq_url):
    count_and_take(app_on(rabbitmq_url))


def test_a_broker_that_is_away_says_nothing(free_tcp_port):
    app = app_on(f"redis://127.0.0.1:{free_tcp_port}/0", socket_connect_timeout=0.2)
    assert waiting(app) == 0


def test_folders_that_vanish_meanwhile_say_nothing(tmp_path):
    app = app_on("embedded://", folder=str(tmp_path / "messages"))
    (tmp_path / "messages").write_text("Not a folder.")
    assert waiting(app) == 0
    app.close()
