"""Who is told that a post waits for an approval, and of the answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.models import Notice, Role
from platforms.models import Account
from posting.approvals import approve, decline, withdraw
from posting.deciding import NotPossible, cancel
from posting.dispatching import mark_late
from posting.editing import edit_post
from posting.models import Post
from posting.queueing import queue_post
from posting.states import Hold, Status
from tests.factories import AccountFactory, MembershipFactory, PieceFactory
from tests.posting.conftest import fresh

pytestmark = pytest.mark.django_db
Rule = Account.ApprovalRule


@pytest.fixture
def account():
    return AccountFactory(approval_rule=Rule.ANYONE)


def person(account, role, **more):
    return MembershipFactory(brand=account.brand, role=role, **more).user


@pytest.fixture
def author(account):
    return person(account, Role.AUTHOR, user__first_name="Ewan", user__last_name="Bain")


@pytest.fixture
def editor(account):
    return person(account, Role.EDITOR, user__first_name="Catriona", user__last_name="Muir")


def asked(account, by):
    words = PieceFactory(brand=account.brand, title="Crottle").current
    channel = account.platform.channel_types.first()
    return queue_post(words, account, channel, by=by, now=timezone.now())


def told():
    return set(Notice.objects.open().values_list("user__first_name", flat=True))


def sentences(user):
    return [notice.sentence for notice in Notice.objects.open().filter(user=user)]


def test_those_who_may_approve_are_told_once_and_nobody_else(account, author, editor):
    person(account, Role.AUDITOR)
    person(AccountFactory(), Role.EDITOR)
    person(account, Role.PUBLISHER, user__is_active=False)
    for _ in range(2):
        asked(account, author)
    assert Notice.objects.get().user == editor
    assert "approve or decline" in sentences(editor)[0]


def test_who_asks_is_not_asked(account, editor):
    publisher = person(account, Role.PUBLISHER)
    asked(account, editor)
    assert Notice.objects.get().user == publisher


def test_under_four_eyes_the_author_is_not_asked_by_others_either(account, editor):
    Account.objects.update(approval_rule=Rule.FOUR_EYES)
    account.refresh_from_db()
    post = asked(account, editor)
    publisher = person(account, Role.PUBLISHER)
    edit_post(post, version=1, by=publisher, now=timezone.now(), text="Other")
    assert not Notice.objects.filter(user=editor).exists()


def test_a_post_that_waits_for_nothing_tells_nobody(account, author, editor):
    Account.objects.update(approval_rule=Rule.NONE)
    account.refresh_from_db()
    asked(account, author)
    assert not Notice.objects.exists()


def test_they_are_told_it_is_over_once_the_last_one_is_decided(account, author, editor):
    now = timezone.now()
    first, second, third = (asked(account, author) for _ in range(3))
    approve(first, by=editor, now=now)
    assert sentences(editor)
    cancel(second, by=editor, now=now)
    assert sentences(editor)
    Post.objects.filter(pk=third.pk).update(
        status=Status.SCHEDULED, due_at=now - timedelta(hours=1), wake_at=now
    )
    assert mark_late(now) == 1
    assert not sentences(editor)


def test_an_approval_that_is_withdrawn_asks_again(account, author, editor):
    approval = approve(asked(account, author), by=editor, now=timezone.now())
    assert not sentences(editor)
    withdraw(approval, by=person(account, Role.PUBLISHER), now=timezone.now())
    assert sentences(editor)


def test_the_author_is_told_of_a_yes(account, author, editor):
    approve(asked(account, author), by=editor, now=timezone.now())
    assert sentences(author) == [f"Catriona Muir approved “Crottle” for {account.name}."]


def test_nobody_is_told_what_they_did_themselves(account, editor):
    approve(asked(account, editor), by=editor, now=timezone.now())
    assert not sentences(editor)


def test_the_author_is_told_of_a_no_and_why(account, author, editor):
    post = asked(account, author)
    decline(post, by=editor, now=timezone.now(), reason="Too long.")
    assert sentences(author) == [f"Catriona Muir declined “Crottle” for {account.name}: Too long."]
    row = fresh(post)
    assert (row.status, row.held_by) == (Status.READY, Hold.APPROVAL)
    assert "declined the post: Too long." in row.events.last().sentence
    assert not row.approvals.standing(timezone.now()).exists()


def test_a_later_yes_takes_the_place_of_the_no(account, author, editor):
    post = asked(account, author)
    decline(post, by=editor, now=timezone.now(), reason="Too long.")
    approve(post, by=editor, now=timezone.now())
    assert [" approved " in sentence for sentence in sentences(author)] == [True]
    assert fresh(post).held_by == Hold.NONE


def test_other_words_take_the_answer_back_and_ask_again(account, author, editor):
    post = asked(account, author)
    approve(post, by=editor, now=timezone.now())
    edit_post(fresh(post), version=1, by=author, now=timezone.now(), text="Other")
    assert not sentences(author)
    assert sentences(editor)


@pytest.mark.parametrize("verb", [approve, decline])
def test_nobody_decides_on_words_they_have_not_read(account, author, editor, verb):
    post = asked(account, author)
    edit_post(post, version=1, by=author, now=timezone.now(), text="Other")
    why = {"reason": "No."} if verb is decline else {}
    with pytest.raises(NotPossible, match="Read it as it stands"):
        verb(fresh(post), by=editor, now=timezone.now(), version=1, **why)
    assert not post.approvals.exists()


def test_a_no_comes_too_late_once_somebody_said_yes(account, author, editor):
    post = asked(account, author)
    approve(fresh(post), by=editor, now=timezone.now())
    with pytest.raises(NotPossible):
        decline(post, by=editor, now=timezone.now(), reason="Too long.")
    assert fresh(post).held_by == Hold.NONE
