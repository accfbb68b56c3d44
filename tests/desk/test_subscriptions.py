"""Feeds: the list, the form, one feed and what it brought."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from content.models import Feed, Source
from organisation.notices import open_notice
from posting.drafting import first_channel
from tests.content.sources.conftest import item, rss, site  # noqa: F401
from tests.factories import AccountFactory, FeedFactory, FeedTargetFactory, SourceFactory

LIST, NEW = reverse("desk:subscriptions"), reverse("desk:new_subscription")


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return people.mairi


@pytest.fixture
def feed(people):
    return FeedFactory(brand=people.brand, title="Loom news")


@pytest.fixture
def address(site):  # noqa: F811
    return site.put("/feed", rss([item(1), item(2)]), "application/rss+xml")


def wanted(address, **more):
    return {"address": address, "title": "", "hours": "1", "rule": "keep"} | more


def act(client, feed, slug):
    address = reverse("desk:subscription_act", args=[feed.pk, slug])
    return client.post(address, follow=True).content.decode()


def test_a_new_feed_is_looked_at_at_once(client, mairi, people, address):
    shown = client.post(NEW, wanted(address), follow=True).content.decode()
    feed = Feed.objects.get()
    assert (feed.brand, feed.by, feed.title) == (people.brand, mairi, "Loom news")
    assert "the 2 newest entries are kept" in shown
    assert "Entry 1" in shown


def test_a_feed_that_cannot_be_read_is_kept_and_says_why(client, mairi, site):  # noqa: F811
    page = site.put("/page", "<html><body>Hello")
    shown = client.post(NEW, wanted(page), follow=True).content.decode()
    assert "stands a page and no feed" in shown
    assert Feed.objects.get().failures == 1
    assert "Cannot be read" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"address": ""}, "Give the address"),
        ({"address": "javascript:alert(1)"}, "is not a web address"),
        ({"hours": "0"}, "valid choice"),
        ({"rule": "publish"}, "valid choice"),
        ({"rule": "draft"}, "none is chosen"),
        ({"to": "1-999"}, "valid choice"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(client, mairi, more, words):
    page = client.post(NEW, wanted("https://example.org/feed") | more)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not Feed.objects.exists()


def test_a_feed_is_changed_with_its_channels(client, mairi, people, feed):
    account = AccountFactory(brand=people.brand)
    key = f"{account.pk}-{first_channel(account).pk}"
    change = reverse("desk:change_subscription", args=[feed.pk])
    client.post(change, wanted(feed.address, title="Looms", rule="draft", to=key, hours="6"))
    feed.refresh_from_db()
    assert (feed.title, feed.rule, feed.interval.total_seconds()) == ("Looms", "draft", 6 * 3600)
    assert feed.targets.get().account == account
    shown = client.get(change).content.decode()
    assert f'value="{key}" checked' in shown
    assert '<option value="6" selected' in shown


def test_a_channel_of_an_account_that_cannot_send_now_stays_chosen(client, mairi, people, feed):
    account = AccountFactory(brand=people.brand, state="needs_reconnect")
    FeedTargetFactory(feed=feed, account=account)
    change = reverse("desk:change_subscription", args=[feed.pk])
    form = client.get(change).context["form"]
    assert form.chosen == [f"{account.pk}-{first_channel(account).pk}"]
    client.post(change, wanted(feed.address, rule="draft", to=form.chosen))
    assert feed.targets.count() == 1


def test_channels_without_text_are_not_offered(client, mairi, people):
    account = AccountFactory(brand=people.brand)
    names = {one.channel_type.slug for one in client.get(NEW).context["channels"]}
    assert names == {"feed-post", "reel"}
    assert account.brand == people.brand


def test_an_account_of_another_brand_is_no_choice(client, mairi, feed):
    account = AccountFactory()
    key = f"{account.pk}-{first_channel(account).pk}"
    change = reverse("desk:change_subscription", args=[feed.pk])
    page = client.post(change, wanted(feed.address, rule="draft", to=key))
    assert page.status_code == 422
    assert not feed.targets.exists()


def test_one_looks_pauses_resumes_and_removes(client, mairi, people, address):
    feed = FeedFactory(brand=people.brand, address=address)
    assert "newest entries are kept" in act(client, feed, "look")
    assert "is paused" in act(client, feed, "pause")
    assert "Paused" in client.get(LIST).content.decode()
    assert "within a minute" in act(client, feed, "resume")
    assert "sources it brought stay" in act(client, feed, "remove")
    assert not Feed.objects.exists()
    assert Source.objects.count() == 2


def test_a_second_press_while_it_is_looked_at_looks_no_second_time(client, mairi, feed):
    Feed.objects.update(claimed_until=timezone.now() + timedelta(minutes=5))
    assert "looked at this moment" in act(client, feed, "look")


def test_nothing_else_is_done_to_a_feed(client, mairi, feed):
    assert client.post(reverse("desk:subscription_act", args=[feed.pk, "eat"])).status_code == 404


def test_what_a_feed_brought_and_what_is_aside_stand_on_its_page(client, mairi, people, feed):
    SourceFactory(brand=people.brand, feed=feed, entry_id="1", title="Kept one")
    SourceFactory(brand=people.brand, feed=feed, entry_id="2", title="Aside one", state="aside")
    SourceFactory(brand=people.brand, title="Another’s")
    page = reverse("desk:subscription", args=[feed.pk])
    kept, aside = (client.get(page, asked).content.decode() for asked in ({}, {"aside": 1}))
    assert "Kept one" in kept
    assert "Aside one" in aside
    assert not any(words in kept for words in ("Aside one", "Another’s"))


def test_a_notice_of_a_feed_leads_to_it(client, mairi, people, feed):
    open_notice(f"feed:{feed.pk}", "It cannot be read.", brand=people.brand)
    notice = people.brand.notices.get()
    answer = client.get(reverse("desk:notice", args=[notice.pk]))
    assert answer.url == reverse("desk:subscription", args=[feed.pk])
    assert "the feed" in client.get(reverse("desk:notices")).content.decode()


def test_the_list_asks_as_often_for_many_feeds_as_for_few(
    client, mairi, people, django_assert_max_num_queries
):
    counts = []
    for _ in range(2):
        for _ in range(4):
            account = AccountFactory(brand=people.brand)
            feed = FeedTargetFactory(account=account, feed__rule="draft").feed
            SourceFactory(brand=people.brand, feed=feed, entry_id="1")
        with django_assert_max_num_queries(40) as seen:
            client.get(LIST)
            client.get(reverse("desk:subscription", args=[feed.pk]))
        counts.append(len(seen))
    assert counts[0] == counts[1]
