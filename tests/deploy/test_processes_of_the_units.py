"""The processes of the units, each started for itself, send posts over Redis and RabbitMQ."""

import signal
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from organisation.models import Heartbeat, Notice
from posting.models import Post
from tests.deploy.from_units import workers
from tests.engine.conftest import _one_sandbox, make_post, sandbox  # noqa: F401
from tests.processes import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.server,
    # One after the other: each broker has these queues once, and workers of two tests at the same
    # time would take each other's messages.
    pytest.mark.xdist_group("queues"),
]
POSTS = 20
PATIENCE = 120  # seconds, on a machine that does other things too


@pytest.fixture(
    params=[
        pytest.param("redis_url", marks=pytest.mark.redis),
        pytest.param("rabbitmq_url", marks=pytest.mark.rabbitmq),
    ]
)
def broker(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def periodic_tasks(transactional_db):
    """Those of the migration, which a test of this kind begins without."""
    import_module("posting.migrations.0002_periodic_tasks").add_tasks(apps, None)


@pytest.fixture
def environment(process_environment, periodic_tasks, sandbox, broker):  # noqa: F811
    return process_environment | {
        "CELERY_BROKER_URL": broker,
        "SANDBOX_URL": sandbox.address,
        "CONNECT_TIMEOUT": "5",
        "READ_TIMEOUT": "5",
    }


def test_every_process_comes_up_sends_and_ends_when_told(
    environment,
    sandbox,  # noqa: F811
    make_post,  # noqa: F811
):
    first = make_post()
    for number in range(POSTS - 1):
        make_post(account=first.account, text=f"Post {number} of many")
    with workers(environment) as started:
        wait_until(lambda: Post.objects.published().count() == POSTS, PATIENCE, "every post is out")
        kinds = set(Heartbeat.objects.values_list("kind", flat=True))
        assert kinds == {"sender", "clock", "work", "beat"}
        for one in started.values():
            one.send(signal.SIGTERM)
        for name, one in started.items():
            one.seconds_to_end(limit=30)
            assert one.process.returncode == 0, f"{name}: {one.said}"
    assert len(sandbox.posts()) == POSTS
    assert not Notice.objects.exists()


def test_when_beat_is_silent_the_work_worker_tells_once_and_once_that_it_is_over(
    environment,
    make_post,  # noqa: F811
):
    with workers(environment) as started:
        alive = Heartbeat.objects.filter(seen_at__gte=timezone.now() - timedelta(seconds=10))
        wait_until(lambda: alive.count() == 4, PATIENCE, "four processes are alive")
        started["beat"].send(signal.SIGSTOP)
        wait_until(
            lambda: not Heartbeat.objects.alive(timezone.now()).filter(kind="beat").exists(),
            PATIENCE,
            "beat counts as silent",
        )
        make_post()
        wait_until(Notice.objects.open().exists, PATIENCE, "a notice")
        started["beat"].send(signal.SIGCONT)
        wait_until(lambda: not Notice.objects.open().exists(), PATIENCE, "the all-clear")
    notice = Notice.objects.get()
    assert notice.fault == "publishing"
    assert "no beat is alive" in notice.sentence
