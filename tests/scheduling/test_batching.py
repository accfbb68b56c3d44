"""Sending off many posts at once: all or none, and once however often the button is pressed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from organisation.models import User
from platforms.models import Account
from posting.drafting import first_channel
from posting.models import Batch, Post
from posting.states import Hold, Status
from scheduling.batching import BatchRefused, Plan, Target, When, send_off
from tests.factories import AccountFactory, PieceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return UserFactory()


@pytest.fixture
def accounts() -> list[Account]:
    first = AccountFactory(timezone="Europe/London")
    return [first, AccountFactory(brand=first.brand, timezone="America/New_York")]


def targets(accounts: list[Account], **piece: Any) -> list[Target]:
    version = PieceFactory(brand=accounts[0].brand, **piece).current
    return [Target(version, a, first_channel(a)) for a in accounts]


def test_a_second_press_makes_nothing_and_finds_the_first_batch(
    accounts: list[Account], by: User
) -> None:
    key, now, chosen = uuid.uuid4(), timezone.now(), targets(accounts)
    first, new = send_off(key, chosen, Plan(When.NOW), brand=accounts[0].brand, by=by, now=now)
    again = send_off(key, chosen, Plan(When.NOW), brand=accounts[0].brand, by=by, now=now)
    assert (new, again) == (True, (first, False))
    assert list(first.posts.values_list("status", flat=True)) == [Status.SCHEDULED] * 2


def test_one_bad_target_keeps_all_from_being_made_and_says_why(
    accounts: list[Account], by: User
) -> None:
    accounts[1].state = Account.State.PAUSED
    accounts[1].save()
    with pytest.raises(BatchRefused) as refused:
        send_off(
            uuid.uuid4(),
            targets(accounts),
            Plan(When.NOW),
            brand=accounts[0].brand,
            by=by,
            now=timezone.now(),
        )
    assert list(refused.value.reasons) == [1]
    assert "cannot send: paused" in refused.value.reasons[1][0]
    assert not Post.objects.exists()
    assert not Batch.objects.exists()


def test_nine_in_the_morning_means_each_accounts_own_nine(
    accounts: list[Account], by: User
) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    plan = Plan(When.AT, wall=f"{tomorrow:%Y-%m-%d} 09:00")
    batch, _ = send_off(
        uuid.uuid4(), targets(accounts), plan, brand=accounts[0].brand, by=by, now=timezone.now()
    )
    london, york = batch.posts.order_by("account_id")
    assert (london.wall_time, york.wall_time) == (f"{tomorrow:%Y-%m-%d}T09:00:00",) * 2
    assert york.due_at is not None
    assert london.due_at is not None
    assert york.due_at >= london.due_at + timedelta(hours=4)


def test_posts_sent_for_approval_wait_for_it(accounts: list[Account], by: User) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    plan = Plan(When.AT, wall=f"{tomorrow:%Y-%m-%d} 09:00", zone="UTC", for_approval=True)
    batch, _ = send_off(
        uuid.uuid4(), targets(accounts), plan, brand=accounts[0].brand, by=by, now=timezone.now()
    )
    assert all(Hold.APPROVAL in post.held_by for post in batch.posts.all())


def test_what_needs_approval_is_not_published_now(accounts: list[Account], by: User) -> None:
    with pytest.raises(BatchRefused, match="none was"):
        send_off(
            uuid.uuid4(),
            targets(accounts),
            Plan(When.NOW, for_approval=True),
            brand=accounts[0].brand,
            by=by,
            now=timezone.now(),
        )


def test_a_take_back_lets_nothing_leave_before_it_ends(accounts: list[Account], by: User) -> None:
    now = timezone.now()
    batch, _ = send_off(
        uuid.uuid4(),
        targets(accounts),
        Plan(When.NOW, take_back=30),
        brand=accounts[0].brand,
        by=by,
        now=now,
    )
    assert not Post.objects.due(now + timedelta(seconds=29)).exists()
    assert Post.objects.due(now + timedelta(seconds=30)).count() == batch.posts.count()


def test_nothing_chosen_is_said(accounts: list[Account], by: User) -> None:
    with pytest.raises(ValidationError, match="Choose an account"):
        send_off(
            uuid.uuid4(), [], Plan(When.NOW), brand=accounts[0].brand, by=by, now=timezone.now()
        )
