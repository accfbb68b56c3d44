"""`kill -9` of a real worker that sends to Bluesky's reference server: out once, whatever happens.

The post's key was committed before the kill, so that the next worker writes under the same one.
"""

import time

import pytest

from platforms.models import Account
from posting.models import Post
from posting.states import Status
from tests.bluesky_server.running import BlueskyServer, Person
from tests.engine.conftest import MakePost
from tests.engine.working import Workers, settled
from tests.factories import AccountFactory
from tests.processes import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.node,
    pytest.mark.xdist_group("bluesky"),
]
THREAD = "One.\n---\nTwo.\n---\nThree."
# A real server takes its time on a busy machine; an answer that is given up is asked for again a
# minute later only.
HERE = {
    "FETCH_ALLOW": "127.0.0.1",
    "LEASE_SECONDS": "5",
    "CONNECT_TIMEOUT": "10",
    "READ_TIMEOUT": "20",
}
PATIENCE = 90  # seconds


@pytest.fixture
def person(bluesky_server: BlueskyServer) -> Person:
    return bluesky_server.make_person()


@pytest.fixture
def account(bluesky_server: BlueskyServer, person: Person) -> Account:
    return AccountFactory(
        platform="bluesky", server=bluesky_server.url, remote_id=person.did, token=person.access
    )


@pytest.mark.parametrize(
    ("point", "channel", "count"),
    [
        ("started: after the commit", "post", 1),
        ("request: before the answer", "post", 1),
        ("request: before the answer", "thread", 3),
        ("publishing to published: before the commit", "post", 1),
    ],
)
def test_after_a_kill_it_is_out_once(
    bluesky_server: BlueskyServer,
    make_post: MakePost,
    workers: Workers,
    account: Account,
    person: Person,
    point: str,
    channel: str,
    count: int,
) -> None:
    post = make_post(
        "bluesky", account=account, channel=channel, text=THREAD[: 4 if count == 1 else None]
    )
    workers.kill_one_at(point, **HERE)
    with workers.two(**HERE):
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, "published")
        time.sleep(0.5)  # long enough for a second copy, if one were coming
    live = bluesky_server.posts(person)
    assert len(live) == count
    assert Post.objects.get(pk=post.pk).remote_id == live[0]["uri"]
