"""A post's page says what is true in every state, and only to those who may know."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from posting.approvals import approve
from posting.editing import edit_post
from posting.states import Hold, Status
from tests.factories import (
    AccountFactory,
    ApprovalFactory,
    FollowUpFactory,
    PieceFactory,
    PostAttemptFactory,
    PostEventFactory,
    PostFactory,
    PublishStepFactory,
)

STATES = [{}, *({status.value: True} for status in Status if status != Status.READY)]


def page(post):
    return reverse("desk:post", args=[post.pk])


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, name="Glen & Loom page")


@pytest.mark.parametrize("state", STATES, ids=lambda state: next(iter(state), "ready"))
def test_every_state_has_its_page(client, people, account, state):
    post = PostFactory(account=account, **state)
    client.force_login(people.mairi)
    answer = client.get(page(post))
    assert answer.status_code == 200
    assert post.get_status_display() in answer.content.decode()
    assert "Glen &amp; Loom page" in answer.content.decode()


def test_a_member_without_the_right_sees_the_page_and_no_buttons(client, people, account):
    post = PostFactory(account=account, unconfirmed=True)
    client.force_login(people.ewan)
    answer = client.get(page(post))
    assert answer.status_code == 200
    assert "/it-is-out" not in answer.content.decode()


def test_another_brands_post_is_not_found(client, people, account):
    post = PostFactory(account=account)
    client.force_login(people.isla)
    answer = client.get(page(post))
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_a_stranger_signs_in_first(client, people, account):
    post = PostFactory(account=account)
    answer = client.get(page(post))
    assert answer.status_code == 302
    assert answer.url == f"{reverse('desk:sign_in')}?next={page(post)}"


def test_the_unconfirmed_panel_shows_what_is_known(client, people, account):
    post = PostFactory(account=account, unconfirmed=True)
    PublishStepFactory(post=post, lease_token=1)
    PostAttemptFactory(post=post)
    PostEventFactory(
        post=post,
        old=Status.UNCONFIRMED,
        new=Status.UNCONFIRMED,
        sentence="Looked at the page, did not see it.",
        evidence="newest 25 posts, none with this text",
    )
    client.force_login(people.mairi)
    shown = client.get(page(post)).content.decode()
    for words in (
        "We do not know whether this post is out",
        "What happened.",
        "What it means.",
        "What to do.",
        "1,184 bytes of the request left this server",
        "Looked at the page, did not see it.",
        "newest 25 posts, none with this text",
        "It is out",
        "It is not out, send again",
        "Leave it, mark as failed",
    ):
        assert words in shown


def test_send_again_is_disabled_with_its_reason_until_the_first_request_cannot_land(
    client, people, account
):
    post = PostFactory(account=account, unconfirmed=True)
    PublishStepFactory(post=post, lease_token=1, started_at=timezone.now())
    client.force_login(people.mairi)
    shown = client.get(page(post)).content.decode()
    assert "Sending again is possible from" in shown
    assert "disabled" in shown


def test_send_again_is_open_once_the_wait_is_over(client, people, account):
    post = PostFactory(account=account, unconfirmed=True)
    long_ago = timezone.now() - timedelta(hours=1)
    PublishStepFactory(post=post, lease_token=1, started_at=long_ago)
    client.force_login(people.mairi)
    shown = client.get(page(post)).content.decode()
    assert "Sending again is possible from" not in shown
    assert "I looked at the account and the post is not there." in shown


def test_the_page_shows_the_excerpts_and_the_stored_picture_address(client, people, account):
    post = PostFactory(account=account, unconfirmed=True)
    PostAttemptFactory(post=post)
    client.force_login(people.mairi)
    shown = client.get(page(post)).content.decode()
    assert "access_token: ••••4f2a" in shown


def test_script_in_every_field_is_only_text(client, people):
    evil = "<script>alert(1)</script>"
    account = AccountFactory(brand=people.brand, name=evil)
    piece = PieceFactory(brand=people.brand, title=evil, text=evil)
    post = PostFactory(account=account, piece=piece, unconfirmed=True, error_sentence=evil)
    PostAttemptFactory(
        post=post, error_message=evil, exchanges=[{"request": evil, "response": evil}]
    )
    PostEventFactory(post=post, actor=evil, sentence=evil, evidence=evil)
    client.force_login(people.mairi)
    for address in (page(post), reverse("desk:home")):
        assert evil not in client.get(address).content.decode()


def full_post(account):
    post = PostFactory(account=account, published=True)
    for key in ("a", "b", "c"):
        PublishStepFactory(post=post, key=key, state="done", lease_token=1)
        PostAttemptFactory(post=post)
        PostEventFactory(post=post)
        FollowUpFactory(post=post)
        ApprovalFactory(post=post)
        PostFactory(account=AccountFactory(brand=account.brand), piece=post.piece, scheduled=True)
    return post


def test_the_page_asks_the_same_number_of_questions_however_much_happened(
    client, people, account, django_assert_max_num_queries
):
    client.force_login(people.mairi)
    bare, full = PostFactory(account=account, published=True), full_post(account)
    counts = []
    for post in (bare, full):
        with django_assert_max_num_queries(24) as seen:
            client.get(page(post))
        counts.append(len(seen))
    assert counts[1] - counts[0] <= 1  # the people behind approvals


def test_an_open_page_loads_anew_only_when_the_post_changed(client, people, account):
    post = PostFactory(account=account, publishing=True)
    client.force_login(people.mairi)
    address = reverse("desk:post_live", args=[post.pk])
    same = client.get(address, {"seen": post.mark})
    assert same.status_code == 200
    assert "hx-get" in same.content.decode()
    other = client.get(address, {"seen": "something else"})
    assert other.headers["HX-Refresh"] == "true"


def test_polling_ends_with_the_session_and_tells_nothing(client, people, account):
    post = PostFactory(account=account, publishing=True)
    for name, arguments in (("post_live", [post.pk]), ("home_live", []), ("status", [])):
        answer = client.get(reverse(f"desk:{name}", args=arguments))
        assert (answer.status_code, answer.content) == (286, b"")
    client.force_login(people.isla)
    assert client.get(reverse("desk:post_live", args=[post.pk])).status_code == 404


def test_an_approval_of_earlier_words_is_seen_to_count_no_more(client, people, account):
    post = PostFactory(account=account, scheduled=True)
    client.force_login(people.mairi)
    approve(post, by=people.mairi, now=timezone.now())
    assert "Of earlier words" not in client.get(page(post)).content.decode()
    edit_post(post, version=1, by=people.ewan, now=timezone.now(), text="Other words")
    text = client.get(page(post)).content.decode()
    assert "Of earlier words: the post has changed since." in text
    assert "Without one the post does not go out." in text


@pytest.mark.parametrize("state", [{"failed": True}, {"unconfirmed": True}, {"missed": True}])
def test_who_may_not_decide_is_told_who_may(client, people, account, state):
    post = PostFactory(account=account, **state)
    client.force_login(people.ewan)
    words = "Your role at Glen &amp; Loom does not decide on this. Ask Mairi Fraser."
    assert words in client.get(page(post)).content.decode()
    client.force_login(people.mairi)
    assert "does not decide" not in client.get(page(post)).content.decode()


@pytest.mark.parametrize("state", [{}, {"scheduled": True}, {"missed": True}, {"failed": True}])
def test_what_nobody_approved_is_offered_for_approval_and_not_for_sending(
    client, people, account, state
):
    post = PostFactory(account=account, holds=int(Hold.APPROVAL), **state)
    client.force_login(people.mairi)
    offered = {decision.slug for decision, _ in client.get(page(post)).context["choices"]}
    assert "approve" in offered
    assert not offered & {"publish-now", "retry"}
    client.post(reverse("desk:decide", args=[post.pk, "approve"]), {"version": post.version})
    offered = {decision.slug for decision, _ in client.get(page(post)).context["choices"]}
    assert offered & {"publish-now", "retry"} or state == {"scheduled": True}
