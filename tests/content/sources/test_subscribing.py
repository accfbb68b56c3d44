"""Subscribing, and what people do with a subscription."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from content.models import Feed, Source
from content.sources.subscribing import (
    Wanted,
    change,
    pause,
    resume,
    subscribe,
    unsubscribe,
)
from content.tasks import poll_feeds
from organisation.notices import open_notice
from posting.drafting import first_channel
from tests.factories import AccountFactory, BrandFactory, FeedFactory, SourceFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "https://example.org/feed.xml"


@pytest.fixture
def brand():
    return BrandFactory()


@pytest.fixture
def mairi():
    return UserFactory(username="mairi")


def made(brand, by, **more):
    return subscribe(brand, Wanted(ADDRESS, **more), by=by, now=timezone.now())


def test_a_feed_is_due_at_once(brand, mairi):
    feed = made(brand, mairi)
    assert Feed.objects.due(timezone.now()).get() == feed


@pytest.mark.parametrize(
    "typed", ["example.org/feed.xml", "feed://example.org/feed.xml", f" {ADDRESS}#top "]
)
def test_one_feed_is_subscribed_to_once_however_it_is_typed(brand, mairi, typed):
    made(brand, mairi)
    with pytest.raises(ValidationError, match="already"):
        subscribe(brand, Wanted(typed), by=mairi, now=timezone.now())
    assert subscribe(BrandFactory(), Wanted(ADDRESS), by=mairi, now=timezone.now()).pk


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"address": "javascript:alert(1)"}, "address"),
        ({"interval": timedelta(seconds=1)}, "interval"),
        ({"interval": timedelta(days=30)}, "interval"),
        ({"rule": Feed.Rule.DRAFT}, "targets"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(brand, mairi, more, field):
    wanted = replace(Wanted(ADDRESS), **more)
    with pytest.raises(ValidationError) as refusal:
        subscribe(brand, wanted, by=mairi, now=timezone.now())
    assert list(refusal.value.message_dict) == [field]
    assert not Feed.objects.exists()


def test_drafts_go_to_accounts_of_the_brand_alone(brand, mairi):
    account = AccountFactory()
    targets = [(account, first_channel(account))]
    with pytest.raises(ValidationError, match="accounts of"):
        made(brand, mairi, rule=Feed.Rule.DRAFT, targets=targets)


def test_another_address_is_looked_at_anew(brand, mairi):
    account = AccountFactory(brand=brand)
    kind = first_channel(account)
    feed = made(brand, mairi)
    later = timezone.now() + timedelta(hours=1)
    Feed.objects.update(etag='"x"', failures=4, last_error="x", next_poll_at=later)
    open_notice(f"feed:{feed.pk}", "It cannot be read.", brand=brand)
    targets: Any = [(account, kind)] * 2
    wanted = Wanted("https://example.org/new", rule=Feed.Rule.DRAFT, targets=targets)
    change(feed, wanted, by=mairi, now=timezone.now())
    feed.refresh_from_db()
    assert (feed.etag, feed.failures, feed.targets.count()) == ("", 0, 1)
    assert feed.next_poll_at <= timezone.now()
    assert not brand.notices.open().exists()


def test_pausing_and_resuming_happen_once(brand, mairi):
    feed, now = made(brand, mairi), timezone.now()
    open_notice(f"feed:{feed.pk}", "It cannot be read.", brand=brand)
    assert pause(feed, by=mairi, now=now)
    assert not pause(feed, by=mairi, now=now)
    assert not brand.notices.open().exists()
    assert not Feed.objects.due(now).exists()
    assert resume(feed, by=mairi, now=now)
    assert not resume(feed, by=mairi, now=now)
    assert Feed.objects.due(now).exists()


def test_what_a_removed_feed_brought_stays(brand, mairi):
    feed = FeedFactory(brand=brand)
    kept = SourceFactory(brand=brand, feed=feed, entry_id="1")
    SourceFactory(brand=brand, feed=feed, entry_id="2", state=Source.State.ASIDE)
    unsubscribe(feed, by=mairi, now=timezone.now())
    assert Source.objects.get() == kept
    assert not Feed.objects.exists()


def test_feeds_are_looked_at_every_minute_on_the_work_worker(monkeypatch):
    import_module("content.migrations.0008_sources").add_task(apps, None)  # other tests empty it
    task = PeriodicTask.objects.get(task=poll_feeds.name)
    assert (task.interval.every, task.interval.period, task.queue) == (60, "seconds", "work")
    asked = []
    monkeypatch.setattr("content.sources.polling.poll_due", lambda now, **how: asked.append(now))
    poll_feeds()
    assert len(asked) == 1
