"""`kill -9` of a real worker process, at every failpoint, on both databases.

Never more than one copy. Exactly one where the kill fell before `started` was committed, after the
platform accepted, or where the platform has a real key. Otherwise none, and the post is
unconfirmed with its evidence.
"""

import time

import pytest

from organisation.clock import database_now
from posting.models import Post
from posting.states import Status
from tests.engine.conftest import MakePost, live
from tests.engine.working import PATIENCE, Workers, settled
from tests.processes import wait_until
from tests.sandbox.conftest import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# failpoint, state the kill leaves, copies in the end, state in the end
POINTS = (
    ("claim: before the commit", Status.SCHEDULED, 1, Status.PUBLISHED),
    ("claim: after the commit", Status.PUBLISHING, 1, Status.PUBLISHED),
    ("started: before the commit", Status.PUBLISHING, 1, Status.PUBLISHED),
    ("started: after the commit", Status.PUBLISHING, 0, Status.UNCONFIRMED),
    ("request: before the first byte", Status.PUBLISHING, 0, Status.UNCONFIRMED),
    ("request: before the answer", Status.PUBLISHING, 1, Status.PUBLISHED),
    ("request: after the answer", Status.PUBLISHING, 1, Status.PUBLISHED),
    ("publishing to published: before the commit", Status.PUBLISHING, 1, Status.PUBLISHED),
    ("publishing to published: after the commit", Status.PUBLISHED, 1, Status.PUBLISHED),
)
# A post whose every life ends in a kill, until all of them have been lived through.
UNLUCKIEST = {
    "facebook": (
        "claim: after the commit",
        "publishing to scheduled: before the commit",
        "publishing to scheduled: after the commit",
        "request: before the answer",
        "publishing to unconfirmed: before the commit",
        "publishing to unconfirmed: after the commit",
        "unconfirmed to published: before the commit",
        "unconfirmed to published: after the commit",
    ),
    "mastodon": (
        "started: after the commit",
        "publishing to unconfirmed: before the commit",
        "unconfirmed to scheduled: before the commit",
        "unconfirmed to scheduled: after the commit",
        "request: after the answer",
        "unconfirmed to published: before the commit",
        "unconfirmed to published: after the commit",
    ),
}


@pytest.mark.parametrize(("point", "left", "copies", "state"), POINTS)
def test_facebook_after_a_kill(
    sandbox: Sandbox,
    make_post: MakePost,
    workers: Workers,
    point: str,
    left: str,
    copies: int,
    state: str,
) -> None:
    post = make_post("facebook")
    workers.kill_one_at(point)
    post.refresh_from_db()
    assert post.status == left
    with workers.two():
        wait_until(lambda: settled(post, state), PATIENCE, f"{state}, not {post.status}")
        time.sleep(0.5)  # long enough for a second copy, if one were coming
    assert (live(sandbox, post), post.status) == (copies, state)
    if state == Status.UNCONFIRMED:
        said = [event.sentence for event in post.events.all()]
        assert any("may be out" in sentence for sentence in said)
        assert post.events.last().evidence


@pytest.mark.parametrize("point", [point for point, *_ in POINTS[3:8]])
def test_mastodon_after_a_kill_is_out_once(
    sandbox: Sandbox,
    make_post: MakePost,
    workers: Workers,
    point: str,
) -> None:
    post = make_post("mastodon")
    workers.kill_one_at(point)
    with workers.two():
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, "published")
        time.sleep(0.5)
    assert live(sandbox, post) == 1


@pytest.mark.parametrize("platform", UNLUCKIEST)
def test_a_post_is_out_once_although_everyone_who_takes_it_on_is_killed(
    sandbox: Sandbox,
    make_post: MakePost,
    workers: Workers,
    platform: str,
) -> None:
    post = make_post(platform)
    for point in UNLUCKIEST[platform]:
        # Nobody else looks for minutes when the one who looks is killed; not here.
        Post.objects.unconfirmed().update(next_look_at=database_now())
        workers.kill_one_at(point)
    Post.objects.unconfirmed().update(next_look_at=database_now())
    with workers.two():
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, "published")
        time.sleep(0.5)
    assert live(sandbox, post) == 1


@pytest.mark.parametrize("platform", ["facebook", "mastodon"])
def test_a_kill_while_the_platform_keeps_us_waiting(
    sandbox: Sandbox,
    make_post: MakePost,
    workers: Workers,
    platform: str,
) -> None:
    post = make_post(platform)
    sandbox.arm(platform, "slow", seconds=5)
    with workers.one(READ_TIMEOUT="20") as victim:
        wait_until(lambda: live(sandbox, post) == 1, PATIENCE, "accepted")
        victim.kill()
        victim.wait()
    with workers.two():
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, "published")
    assert live(sandbox, post) == 1


def test_five_kills_in_preparation_end_as_failed_and_nothing_is_out(
    sandbox: Sandbox,
    make_post: MakePost,
    workers: Workers,
) -> None:
    post = make_post("facebook")
    Post.objects.filter(pk=post.pk).update(unanswered_claims=4)
    workers.kill_one_at("claim: after the commit")
    with workers.two():
        wait_until(lambda: settled(post, Status.FAILED), PATIENCE, "failed")
    assert live(sandbox, post) == 0
    assert "stopped each time" in post.error_sentence
