"""The page of a thread that failed half way: what is out, and what can be decided about it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from posting.models import FollowUp
from posting.states import Status
from tests.factories import (
    AccountFactory,
    FollowUpFactory,
    PieceFactory,
    PostFactory,
    PublishStepFactory,
)
from tests.posting.conftest import fresh


@pytest.fixture
def post(people):
    account = AccountFactory(brand=people.brand, platform="twitter", remote_id="1400")
    kind = account.platform.channel_types.get(slug="thread")
    piece = PieceFactory(brand=people.brand, text="One.\n---\nTwo.\n---\nThree.")
    snapshot = {
        "channel": "thread", "text": "One.\n---\nTwo.\n---\nThree.", "link": "", "media": [],
        "options": {},
    }  # fmt: skip
    post = PostFactory(
        account=account, piece=piece, channel_type=kind, status=Status.FAILED, irrevocable=True,
        snapshot=snapshot, remote_id="71", remote_url="https://x.com/i/web/status/71",
        error_class="Rejected", error_sentence="X refused the post.",
    )  # fmt: skip
    for key, remote_id in (("post", "71"), ("post:2", "72")):
        PublishStepFactory(post=post, key=key, state="done", result={"id": remote_id, "url": ""})
    return post


def page(client, person, post):
    client.force_login(person)
    return client.get(reverse("desk:post", args=[post.pk])).content.decode()


def test_it_says_what_is_out_and_offers_what_can_be_done(client, people, post):
    text = page(client, people.mairi, post)
    assert "Part of this thread is out" in text
    assert "2 posts of it are out at X" in text
    assert "https://x.com/i/web/status/71" in text
    assert "Go on with the thread" in text
    assert "Delete there" in text
    assert "Try this post again now?" not in text
    assert "Cancel this post?" not in text


def test_an_author_may_do_neither(client, people, post):
    text = page(client, people.ewan, post)
    assert "Go on with the thread" not in text
    answer = client.post(reverse("desk:decide", args=[post.pk, "go-on"]))
    assert answer.status_code == 403
    assert fresh(post).status == Status.FAILED


def test_going_on_sends_the_rest(client, people, post):
    client.force_login(people.mairi)
    client.post(reverse("desk:decide", args=[post.pk, "go-on"]))
    assert fresh(post).status == Status.SCHEDULED
    assert fresh(post).irrevocable


def test_deleting_asks_a_worker_once(client, people, post):
    client.force_login(people.mairi)
    for _ in range(2):
        client.post(reverse("desk:decide", args=[post.pk, "delete"]))
    assert FollowUp.objects.get(post=post).kind == FollowUp.Kind.DELETE


def test_while_it_is_being_deleted_nobody_goes_on_with_it(client, people, post):
    FollowUpFactory(post=post, account=post.account, kind=FollowUp.Kind.DELETE,
                    wake_at=timezone.now())  # fmt: skip
    assert "Go on with the thread" not in page(client, people.mairi, post)
    answer = client.post(reverse("desk:decide", args=[post.pk, "go-on"]), follow=True)
    assert "is being deleted" in answer.content.decode()
    assert fresh(post).status == Status.FAILED
