"""Stopping: when it returns, no claim that began before it is still deciding."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from organisation.models import AuditEntry, Instance, Notice, Switch
from organisation.notices import open_notice
from platforms.models import Account, Platform
from platforms.pausing import (
    pause_account,
    resume_account,
    resume_elapsed,
    start_publishing,
    stop_publishing,
)
from posting.claiming import claim_next
from posting.states import Status
from tests.factories import AccountFactory, BrandFactory, PostFactory, UserFactory
from tests.posting.conftest import WORKER, fresh


@pytest.mark.django_db
@pytest.mark.parametrize("one_brand", [True, False])
def test_stopping_and_starting_is_a_switch_with_its_trace(one_brand):
    person = UserFactory()
    post = PostFactory(scheduled=True)
    brand = post.brand if one_brand else None
    stop_publishing(by=person, now=timezone.now(), brand=brand, reason="A funeral.")
    switch = Switch.objects.get()
    assert (switch.brand, switch.stopped_by, switch.reason) == (brand, person, "A funeral.")
    assert claim_next(WORKER) is None
    start_publishing(by=person, now=timezone.now(), brand=brand)
    assert claim_next(WORKER).pk == post.pk
    assert list(AuditEntry.objects.filter(verb__in=["stop", "start"]).values_list("verb", flat=True)
                ) == ["start", "stop"]  # fmt: skip
    assert Switch.objects.count() == 1


@pytest.mark.django_db
def test_another_brands_stop_stops_nothing_here():
    post = PostFactory(scheduled=True)
    stop_publishing(by=UserFactory(), now=timezone.now(), brand=BrandFactory())
    assert claim_next(WORKER).pk == post.pk


@pytest.mark.django_db
def test_a_paused_account_waits_and_a_resumed_one_sends():
    post = PostFactory(scheduled=True)
    pause_account(post.account, by=UserFactory(), now=timezone.now(), reason="Holidays")
    assert (post.account.state, post.account.state_reason) == ("paused", "Holidays")
    assert claim_next(WORKER) is None
    assert fresh(post).status == Status.SCHEDULED
    resume_account(post.account, by=UserFactory(), now=timezone.now())
    assert claim_next(WORKER).pk == post.pk


@pytest.mark.django_db
def test_resuming_ends_a_platforms_pause_and_closes_the_notice():
    account = AccountFactory(state="needs_reconnect", blocked_until=timezone.now())
    open_notice(f"account:{account.pk}", "Its posts wait.", brand=account.brand)
    resume_account(account, by=UserFactory(), now=timezone.now())
    assert account.blocked_until is None
    assert not Notice.objects.open().exists()


@pytest.mark.django_db
def test_a_pause_until_a_time_ends_by_itself_and_not_before():
    post, now = PostFactory(scheduled=True), timezone.now()
    end = now + timedelta(hours=2)
    pause_account(post.account, by=UserFactory(), now=now, reason="Away.", until=end)
    resume_elapsed(end - timedelta(seconds=1))
    assert claim_next(WORKER) is None
    resume_elapsed(end)
    post.account.refresh_from_db()
    assert (post.account.state, post.account.paused_until) == ("connected", None)
    assert claim_next(WORKER).pk == post.pk
    told = AuditEntry.objects.filter(verb__startswith="account ").order_by("pk")
    assert "until" in told[0].sentence
    assert told[1].actor == "clock"


@pytest.mark.django_db
def test_a_pause_without_an_end_that_follows_one_with_an_end_does_not_end():
    post, now = PostFactory(scheduled=True), timezone.now()
    for until in (now, None):
        pause_account(post.account, by=UserFactory(), now=now, reason="Away.", until=until)
    resume_elapsed(now)
    assert claim_next(WORKER) is None


@pytest.mark.django_db
def test_a_pause_that_cannot_be_ended_keeps_no_other_waiting(caplog):
    now = timezone.now()
    unknown = Platform.objects.create(slug="gone", name="A platform without an adapter")
    broken = AccountFactory(platform=unknown, state="paused", paused_until=now)
    post = PostFactory(scheduled=True)
    pause_account(post.account, by=UserFactory(), now=now, reason="Away.", until=now)
    resume_elapsed(now)
    assert claim_next(WORKER).pk == post.pk
    broken.refresh_from_db()
    assert broken.state == "paused"
    assert f"the pause of account {broken.pk} could not be ended" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("one_brand", [True, False])
def test_a_stop_until_a_time_ends_by_itself_and_not_before(one_brand):
    post, now = PostFactory(scheduled=True), timezone.now()
    end, brand = now + timedelta(hours=2), post.brand if one_brand else None
    stop_publishing(by=UserFactory(), now=now, brand=brand, until=end)
    resume_elapsed(end - timedelta(seconds=1))
    assert claim_next(WORKER) is None
    resume_elapsed(end)
    assert Switch.objects.get().until is None
    assert claim_next(WORKER).pk == post.pk


@pytest.mark.django_db
def test_the_clock_never_starts_a_database_in_doubt():
    post, now = PostFactory(scheduled=True), timezone.now()
    stop_publishing(by=UserFactory(), now=now, until=now)
    Instance.objects.update(doubt="It is a copy.")
    resume_elapsed(now)
    assert Switch.objects.get().stopped
    assert claim_next(WORKER) is None
    assert fresh(post).status == Status.SCHEDULED


VERBS = {
    "account": lambda account, by: pause_account(account, by=by, now=timezone.now(), reason=""),
    "brand": lambda account, by: stop_publishing(by=by, now=timezone.now(), brand=account.brand),
    "everything": lambda account, by: stop_publishing(by=by, now=timezone.now()),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scope", VERBS)
def test_a_stop_waits_for_a_claim_that_is_deciding(scope):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time; this needs PostgreSQL (make services)")
    post, person = PostFactory(scheduled=True), UserFactory()
    stopped = threading.Event()
    with transaction.atomic():
        list(Account.objects.select_for_update(of=("self",)).filter(pk=post.account_id))
        stopper = threading.Thread(target=_stop, args=(scope, post.account, person, stopped))
        stopper.start()
        time.sleep(0.3)
        assert not stopped.is_set()
        assert claim_next(WORKER).pk == post.pk
    stopper.join(timeout=10)
    assert stopped.is_set()
    assert claim_next(WORKER) is None


def _stop(scope, account, person, stopped):
    VERBS[scope](account, person)
    stopped.set()
    connection.close()
