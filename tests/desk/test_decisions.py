"""Decisions on a post: by those who may, once, and with a sentence when it is too late."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import AuditEntry, Role
from platforms.models import Account, ChannelType
from posting.models import FollowUp, Post
from posting.states import Hold, Status
from tests.factories import (
    AccountFactory,
    MembershipFactory,
    PostFactory,
    PublishStepFactory,
    UserFactory,
)

# slug, the state it is for, what is sent along, the state it leads to
CASES: list[tuple[str, dict[str, Any], dict[str, str], Status]] = [
    ("it-is-out", {"unconfirmed": True}, {"url": "https://www.facebook.com/1"}, Status.PUBLISHED),
    ("it-is-out", {"unconfirmed": True}, {}, Status.PUBLISHED),
    ("send-again", {"unconfirmed": True}, {"looked": "on"}, Status.SCHEDULED),
    ("give-up", {"unconfirmed": True}, {}, Status.FAILED),
    ("retry", {"failed": True}, {}, Status.SCHEDULED),
    ("publish-now", {"missed": True}, {}, Status.SCHEDULED),
    ("publish-now", {}, {}, Status.SCHEDULED),
    ("cancel", {"failed": True}, {}, Status.CANCELLED),
    ("cancel", {}, {}, Status.CANCELLED),
    ("edit", {"published": True}, {"text": "Said better."}, Status.PUBLISHED),
    ("unschedule", {"scheduled": True}, {}, Status.READY),
    ("hold", {"scheduled": True}, {}, Status.SCHEDULED),
    ("release", {"holds": 2}, {}, Status.READY),
]
IDS = [f"{slug}-{next(iter(state), 'ready')}-{len(sent)}" for slug, state, sent, _ in CASES]
decisions = pytest.mark.parametrize(("slug", "state", "sent", "leads_to"), CASES, ids=IDS)


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand)


def make(account, state):
    later = {"due": timezone.now() + timedelta(hours=1)} if state.get("scheduled") else {}
    return PostFactory(account=account, **state, **later)


def address(post, slug):
    return reverse("desk:decide", args=[post.pk, slug])


def status_of(post):
    return Post.objects.get(pk=post.pk).status


def messages_of(answer):
    return [str(message) for message in answer.context["messages"]]


@decisions
def test_who_has_the_right_decides(client, people, account, slug, state, sent, leads_to):
    post = make(account, state)
    client.force_login(people.mairi)
    answer = client.post(address(post, slug), sent)
    assert answer.url == reverse("desk:post", args=[post.pk])
    assert status_of(post) == leads_to
    assert AuditEntry.objects.filter(user=people.mairi, subject_id=post.pk).exists()


@decisions
def test_a_second_press_changes_nothing_more(client, people, account, slug, state, sent, leads_to):
    post = make(account, state)
    client.force_login(people.mairi)
    client.post(address(post, slug), sent)
    events = post.events.count()
    if slug != "publish-now":  # bringing a scheduled post forward again is no second post
        client.post(address(post, slug), sent)
        assert post.events.count() == events
    assert status_of(post) == leads_to


@decisions
def test_a_member_without_the_right_is_told_so(
    client, people, account, slug, state, sent, leads_to
):
    post = make(account, state)
    client.force_login(people.ewan)
    for answer in (client.get(address(post, slug)), client.post(address(post, slug), sent)):
        assert answer.status_code == 403
        assert "Your role at Glen &amp; Loom does not include" in answer.content.decode()
    assert status_of(post) == post.status


@decisions
def test_for_others_there_is_no_such_post(client, people, account, slug, state, sent, leads_to):
    post = make(account, state)
    client.force_login(people.isla)
    assert client.get(address(post, slug)).status_code == 404
    assert client.post(address(post, slug), sent).status_code == 404
    assert status_of(post) == post.status


@decisions
def test_a_stranger_signs_in_first(client, people, account, slug, state, sent, leads_to):
    post = make(account, state)
    answer = client.post(address(post, slug), sent)
    assert answer.url.startswith(reverse("desk:sign_in"))
    assert status_of(post) == post.status


@decisions
def test_asking_first_changes_nothing(client, people, account, slug, state, sent, leads_to):
    post = make(account, state)
    client.force_login(people.mairi)
    answer = client.get(address(post, slug))
    assert answer.status_code == 200
    assert "Leave it as it is" in answer.content.decode()
    assert status_of(post) == post.status


def test_sending_again_needs_its_checkbox(client, people, account):
    post = PostFactory(account=account, unconfirmed=True)
    client.force_login(people.mairi)
    answer = client.post(address(post, "send-again"), {})
    assert "Look at the account first, then tick the box." in answer.content.decode()
    assert status_of(post) == Status.UNCONFIRMED


def test_sending_again_too_early_is_refused_with_the_time(client, people, account):
    post = PostFactory(account=account, unconfirmed=True)
    PublishStepFactory(post=post, lease_token=1)
    client.force_login(people.mairi)
    answer = client.post(address(post, "send-again"), {"looked": "on"}, follow=True)
    assert "Sending again is possible from" in messages_of(answer)[0]
    assert status_of(post) == Status.UNCONFIRMED


def test_a_wrong_address_is_said_and_nothing_is_believed(client, people, account):
    post = PostFactory(account=account, unconfirmed=True)
    client.force_login(people.mairi)
    for wrong in ("javascript:alert(1)", "no address", "https://"):
        answer = client.post(address(post, "it-is-out"), {"url": wrong})
        assert "That is not a web address" in answer.content.decode()
    assert status_of(post) == Status.UNCONFIRMED


def test_an_address_elsewhere_is_refused_beside_what_was_typed(client, people, account):
    post = PostFactory(account=account, unconfirmed=True)
    client.force_login(people.mairi)
    answer = client.post(address(post, "it-is-out"), {"url": "https://example.org/1"})
    text = answer.content.decode()
    assert "This address is at example.org" in text
    assert 'value="https://example.org/1"' in text
    assert status_of(post) == Status.UNCONFIRMED


def test_a_race_that_was_lost_is_said(client, people, account):
    post = PostFactory(account=account, published=True)
    client.force_login(people.mairi)
    answer = client.post(address(post, "it-is-out"), {}, follow=True)
    assert messages_of(answer) == ["The post is published. Nothing was changed."]
    gone = client.get(address(post, "it-is-out"), follow=True)
    assert messages_of(gone) == ["The post is published by now."]


def test_a_failed_post_that_may_be_out_is_not_simply_retried(client, people, account):
    post = PostFactory(account=account, failed=True)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    PublishStepFactory(post=post, lease_token=1, started_at=an_hour_ago)
    client.force_login(people.mairi)
    page = client.get(reverse("desk:post", args=[post.pk])).content.decode()
    assert "/retry" not in page
    assert "/send-again" in page
    answer = client.post(address(post, "retry"), follow=True)
    assert "may be out already" in messages_of(answer)[0]
    assert status_of(post) == Status.FAILED


def test_deleting_asks_a_worker_once(client, people, account):
    post = PostFactory(account=account, published=True)
    client.force_login(people.mairi)
    for _ in range(2):
        client.post(address(post, "delete"))
    assert FollowUp.objects.filter(post=post, kind="delete").count() == 1


def test_a_text_that_is_too_long_stays_beside_what_is_wrong_with_it(client, people, account):
    post = PostFactory(account=account, published=True)
    client.force_login(people.mairi)
    shown = client.get(address(post, "edit")).content.decode()
    assert post.snapshot["text"] in shown
    answer = client.post(address(post, "edit"), {"text": "long " * 13_000}).content.decode()
    assert "Facebook takes 63,206. Shorten it by" in answer
    assert "long long long" in answer
    assert not FollowUp.objects.exists()


def test_only_what_the_platform_can_change_offers_it(client, people, account):
    story = ChannelType.objects.get(platform=account.platform, slug="story")
    toot, skeet = (
        AccountFactory(brand=people.brand, platform=name) for name in ("mastodon", "bluesky")
    )
    client.force_login(people.mairi)
    for post, offered in (
        (PostFactory(account=account, published=True), True),
        (PostFactory(account=account, channel_type=story, published=True), False),
        (PostFactory(account=toot, published=True), True),
        (PostFactory(account=skeet, published=True), False),
    ):
        page = client.get(reverse("desk:post", args=[post.pk])).content.decode()
        assert (address(post, "edit") in page) == offered


def test_approving_takes_its_own_right(client, people, db):
    account = AccountFactory(brand=people.brand, approval_rule=Account.ApprovalRule.ANYONE)
    post = PostFactory(account=account, holds=int(Hold.APPROVAL))
    client.force_login(people.ewan)
    assert client.post(address(post, "approve")).status_code == 403
    editor = UserFactory(username="catriona")
    MembershipFactory(brand=people.brand, user=editor, role=Role.EDITOR)
    client.force_login(editor)
    client.post(address(post, "approve"))
    assert Post.objects.get(pk=post.pk).held_by == Hold.NONE


def test_a_post_is_declined_with_a_reason_by_who_may_approve(client, people):
    post = PostFactory(
        account=AccountFactory(brand=people.brand), author=people.ewan, holds=int(Hold.APPROVAL)
    )
    client.force_login(people.ewan)
    assert client.post(address(post, "decline"), {"reason": "No."}).status_code == 403
    client.force_login(people.mairi)
    assert "Say why" in client.post(address(post, "decline")).content.decode()
    client.post(address(post, "decline"), {"version": 1, "reason": "Name the lichen."})
    client.force_login(people.ewan)
    page = client.get(reverse("desk:post", args=[post.pk])).content.decode()
    assert "This post was declined" in page
    assert "Mairi Fraser said: Name the lichen." in page
    assert "Name the lichen." in client.get(reverse("desk:home")).content.decode()


def test_an_approval_of_words_that_changed_meanwhile_is_refused(client, people):
    post = PostFactory(account=AccountFactory(brand=people.brand), holds=int(Hold.APPROVAL))
    client.force_login(people.mairi)
    page = client.get(reverse("desk:post", args=[post.pk])).content.decode()
    assert '<input type="hidden" name="version" value="1" id="approve-version">' in page
    Post.objects.update(version=2)
    answer = client.post(address(post, "approve"), {"version": 1}, follow=True)
    assert "Read it as it stands" in messages_of(answer)[0]
    assert Post.objects.get(pk=post.pk).held_by == Hold.APPROVAL


def test_four_eyes_are_not_two(client, people):
    account = AccountFactory(brand=people.brand, approval_rule=Account.ApprovalRule.FOUR_EYES)
    post = PostFactory(account=account, author=people.mairi, holds=int(Hold.APPROVAL))
    client.force_login(people.mairi)
    answer = client.post(address(post, "approve"), follow=True)
    assert "someone other than the author" in messages_of(answer)[0]


def test_there_are_no_other_decisions(client, people, account):
    post = PostFactory(account=account)
    client.force_login(people.mairi)
    assert client.post(address(post, "burn")).status_code == 404
    assert client.put(address(post, "cancel")).status_code == 405


def test_a_decision_needs_the_token_of_its_page(people, account):
    from django.test import Client

    post = PostFactory(account=account)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.mairi)
    answer = strict.post(address(post, "cancel"))
    assert answer.status_code == 403
    assert "too old to be sent" in answer.content.decode()
    assert status_of(post) == Status.READY
