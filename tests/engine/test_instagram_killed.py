"""Instagram through the real engine: killed at each request of each kind of post, out once.

The sandbox fetches what it is given by address from a real web server of ours.
"""

import io
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F, QuerySet

from content.uploads import keep_upload
from organisation.clock import database_now
from organisation.models import Notice
from platforms.models import RateBudget
from posting.models import Post, PublishStep
from posting.reconciling import NOT_OUT
from posting.states import Status
from tests.content.films import film
from tests.content.pictures import picture as drawn
from tests.engine.conftest import MakePost, live, make_account, send_due, wake
from tests.engine.working import PATIENCE, Workers, settled
from tests.processes import wait_until
from tests.sandbox.conftest import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.server]
WIDE = drawn("PNG", (1600, 400))
SQUARE = drawn("JPEG", (1080, 1080), colour=(200, 30, 30))
KINDS: dict[str, tuple[str, str, tuple[bytes, ...]]] = {
    "image": ("instagram", "feed-post", (WIDE,)),
    "carousel": ("instagram", "feed-post", (WIDE, SQUARE)),
    "reel by address": ("instagram", "reel", (film(),)),
    "reel as bytes": ("facebook", "reel", (film(),)),
    "story": ("instagram", "story", (SQUARE,)),
}
Make = Callable[..., Post]


@pytest.fixture
def make_kind(sandbox: Sandbox, make_post: MakePost, live_server: Any, settings: Any) -> Make:
    """A due post of one of KINDS, whose media stand on a real server."""
    settings.SITE_URL = live_server.url

    def make(kind: str, **limits: Any) -> Post:
        login, channel, files = KINDS[kind]
        facts = {"login": login, "username": "glen.and.loom"}
        limits = {"login": login, "looks": 0} | limits
        account = make_account(sandbox, "instagram", server_facts=facts, limits=limits)
        media = [keep_upload(io.BytesIO(f), "a", brand=account.brand, by=None) for f in files]
        text = "" if channel == "story" else f"A {kind}"
        return make_post(account=account, channel=channel, media=media, text=text)

    return make


@pytest.fixture
def site(live_server: Any) -> dict[str, str]:
    """What tells a worker where its media can be fetched; the fetching takes a moment."""
    return {
        "SITE_URL": live_server.url,
        "READ_TIMEOUT": "10",
        "CONNECT_TIMEOUT": "5",
        "LEASE_SECONDS": "4",
    }


def copies(sandbox: Sandbox, post: Post) -> int:
    return len([p for p in sandbox.posts(account=post.account.remote_id) if not p["parent"]])


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_goes_out_fitted(sandbox: Sandbox, make_kind: Make, kind: str) -> None:
    post = make_kind(kind)
    send_due()
    post.refresh_from_db()
    assert (post.status, post.error_sentence) == (Status.PUBLISHED, "")
    (out,) = sandbox.posts(account=post.account.remote_id)
    assert (post.remote_id, post.remote_url) == (out["id"], out["url"])
    if kind == "carousel":
        first, second = (m["width"] / m["height"] for m in out["media"])
        assert first == pytest.approx(second, abs=0.005)
    budget = RateBudget.objects.get(account=post.account, name="posts in 24 hours")
    assert (budget.limit, budget.remaining) == (50, 49)


STEPS = {
    "image": ("quota", "container", "container:ready"),
    "carousel": ("quota", "item:1", "item:1:ready", "item:2", "container", "container:ready"),
    "reel by address": ("quota", "container", "container:ready"),
    "reel as bytes": ("quota", "container", "container:ready"),
    "story": ("quota", "container", "container:ready"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_every_step_it_is_out_once(
    sandbox: Sandbox, make_kind: Make, workers: Workers, site: dict[str, str], kind: str
) -> None:
    post = make_kind(kind)
    for point in [f"{step}: answered" for step in STEPS[kind]]:
        # As long as it lives in between it is not given up, and on a busy machine not put off.
        Post.objects.filter(pk=post.pk).update(unanswered_claims=0, attempts=0)
        Post.objects.filter(pk=post.pk, status=Status.SCHEDULED).update(wake_at=database_now())
        workers.kill_one_at(point, **site)
        assert copies(sandbox, post) == 0
    Post.objects.filter(pk=post.pk).update(unanswered_claims=0)
    workers.kill_one_at("post: answered", **site)
    assert copies(sandbox, post) == 1
    with workers.two(**site):
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, f"published: {post.status}")
        time.sleep(0.5)  # long enough for a second copy, if one were coming
    (out,) = [p for p in sandbox.posts(account=post.account.remote_id) if not p["parent"]]
    assert post.remote_id == out["id"]


def test_killed_after_the_answer_to_the_address_it_is_out_once_with_its_address(
    sandbox: Sandbox, make_kind: Make, workers: Workers, site: dict[str, str]
) -> None:
    post = make_kind("image")
    workers.kill_one_at("address: answered", **site)
    with workers.two(**site):
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, f"published: {post.status}")
    (out,) = sandbox.posts(account=post.account.remote_id)
    assert (post.remote_id, post.remote_url) == (out["id"], out["url"])


def test_killed_before_the_publishing_left_it_is_sent_on_their_word(
    sandbox: Sandbox, make_kind: Make, workers: Workers, site: dict[str, str]
) -> None:
    """No person is asked: the container says twice that it was not published."""
    post = make_kind("image")
    workers.kill_one_at("post: begun", **site)
    with workers.two(**site):
        wait_until(lambda: NOT_OUT in said(post), PATIENCE, "read once")
        _half_a_minute_later(post)
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, f"published: {post.status}")
        time.sleep(0.5)
    assert copies(sandbox, post) == 1
    assert not Notice.objects.open().exists()
    made = [r for r in sandbox.received() if r["path"].endswith("/media")]
    assert len(made) == 1  # the very container that had been prepared


def _half_a_minute_later(post: Post) -> None:
    """Two readings lie half a minute apart; here it is over at once."""
    earlier = timedelta(seconds=40)
    steps = PublishStep.objects.filter(post=post)
    steps.update(started_at=F("started_at") - 2 * earlier)
    QuerySet.update(post.events.filter(actor="reconciler"), at=F("at") - earlier)
    Post.objects.unconfirmed().update(next_look_at=database_now())


def said(post: Post) -> list[str]:
    return [event.sentence for event in post.events.filter(actor="reconciler")]


def test_while_it_is_prepared_no_slot_is_held_and_no_try_is_counted(
    sandbox: Sandbox, make_kind: Make
) -> None:
    post = make_kind("reel by address", looks=3)
    for _ in range(3):
        assert send_due() == 1
        post.refresh_from_db()
        assert (post.status, post.error_class, post.attempts) == (Status.SCHEDULED, "NotReady", 0)
        wake(post)
    send_due()
    post.refresh_from_db()
    assert (post.status, post.attempts) == (Status.PUBLISHED, 1)
    assert live(sandbox, post) == 1
    assert len([r for r in sandbox.received() if r["path"].endswith("/media")]) == 1
