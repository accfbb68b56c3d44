"""Feeds are looked at on their timetable; each entry comes once, whatever the feed does."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from content.models import Feed, Piece, Source
from content.sources import polling
from content.sources.polling import CLAIM, FIRST, NEW_MAX, TOLD_AFTER, claim, poll, poll_due
from content.writers.working import write_next
from organisation.models import Notice
from platforms.http import BODY_MAX
from tests.content.sources.conftest import item, rss
from tests.factories import AccountFactory, FeedFactory, FeedTargetFactory

pytestmark = pytest.mark.django_db


def look(feed, at=None):
    """One look, now or at a time; the feed is as stored afterwards."""
    found = poll(feed.pk, at or timezone.now(), asked=True)
    feed.refresh_from_db()
    return found


def titles(feed, state=Source.State.OPEN):
    return set(feed.sources.filter(state=state).values_list("title", flat=True))


@pytest.fixture
def feed(site):
    return FeedFactory(address=site.put("/feed", rss([item(1)]), "application/rss+xml"), title="")


def says(site, *entries, **headers):
    site.put("/feed", rss(entries), "application/rss+xml", **headers)


def test_the_first_look_keeps_the_newest_and_sets_the_others_aside(site, feed):
    says(site, *(item(n) for n in range(12, 0, -1)))
    said = look(feed).said
    assert titles(feed) == {f"Entry {n}" for n in range(12, 12 - FIRST, -1)}
    assert len(titles(feed, Source.State.ASIDE)) == 12 - FIRST
    assert f"{FIRST} newest" in said
    assert f"{12 - FIRST} older" in said
    assert feed.title == "Loom news"


def test_new_entries_become_sources_once_and_known_ones_do_not_come_again(site, feed):
    look(feed)
    says(site, item(2), item(1))
    assert "1 new entry kept" in look(feed).said
    assert look(feed).said == "Nothing new."
    source = feed.sources.get(title="Entry 2")
    assert (source.kind, source.entry_id, source.by) == ("feed", "urn:entry:2", None)
    assert source.address == "https://example.org/2"
    assert source.sections.count() == 1


def test_what_was_set_aside_at_first_is_not_new_later(site, feed):
    says(site, *(item(n) for n in range(12)))
    look(feed)
    look(feed)
    assert feed.sources.count() == 12


def test_an_entry_whose_id_or_words_change_does_not_come_again(site, feed):
    look(feed)
    says(site, item(1, guid="urn:another"))
    look(feed)
    says(site, item(1, "Changed words."))
    look(feed)
    says(site, item(1, guid="urn:third", link="https://example.org/moved"))
    look(feed)
    assert feed.sources.count() == 1


def test_a_flood_is_kept_in_bounds_and_nothing_of_it_lost(site, feed):
    look(feed)
    says(site, *(item(n) for n in range(1, NEW_MAX + 11)))
    said = look(feed).said
    assert f"{NEW_MAX} new entries kept" in said
    assert feed.sources.open().count() == NEW_MAX + 1
    assert feed.sources.aside().count() == 9


def test_it_asks_only_for_what_has_changed(site, feed):
    says(site, item(1), ETag='"one"', Last_Modified="Mon, 23 Nov 2026 10:00:00 GMT")
    look(feed)
    site.refuse("/feed", 304)
    assert "Nothing has changed" in look(feed).said
    asked = site.asked[-1][1]
    assert asked["If-None-Match"] == '"one"'
    assert asked["If-Modified-Since"] == "Mon, 23 Nov 2026 10:00:00 GMT"
    assert feed.failures == 0


def test_marks_are_not_kept_of_a_look_that_failed(site, feed):
    site.put("/feed", "<p>Maintenance", "text/html", ETag='"bad"')
    assert not look(feed).fine
    assert feed.etag == ""


def test_pages_are_read_where_the_feed_has_only_summaries(site, feed):
    Feed.objects.update(reads_articles=True)
    site.put("/1", f"<title>One</title><article><p>{'The whole story of wool. ' * 40}</article>")
    says(site, item(1, link=f"{site.address}/1"), item(2, link=f"{site.address}/gone"))
    look(feed)
    one, two = feed.sources.get(title="Entry 1"), feed.sources.get(title="Entry 2")
    assert one.text.startswith("The whole story of wool.")
    assert two.text == "What happened on day 2."
    assert "no such page" in two.note


def test_pages_of_what_is_set_aside_are_not_asked_for(site, feed):
    Feed.objects.update(reads_articles=True)
    says(site, *(item(n, link=f"{site.address}/{n}") for n in range(12)))
    look(feed)
    assert len(site.asked) == 1 + FIRST


def written():
    """Let the writer write all that waits, and return the pieces."""
    while write_next():
        pass
    return list(Piece.objects.select_related("current").order_by("channel"))


def test_drafts_are_written_for_each_channel_of_what_is_new_and_only_once(site, feed):
    Feed.objects.update(rule=Feed.Rule.DRAFT)
    for platform in ("facebook", "mastodon"):
        FeedTargetFactory(feed=feed, account=AccountFactory(brand=feed.brand, platform=platform))
    look(feed)
    assert not written()  # what was there before the subscription
    says(site, item(2, "The weavers of the glen dye wool with lichen. It takes a day."), item(1))
    assert "2 drafts are being written" in look(feed).said
    section = feed.sources.get(title="Entry 2").sections.get()
    pieces = written()
    assert [piece.channel for piece in pieces] == ["facebook/feed-post", "mastodon/status"]
    for piece in pieces:
        assert (piece.status, piece.author, piece.section) == ("draft", None, section)
        assert "The weavers of the glen" in piece.current.text
    look(feed)
    assert len(written()) == 2


def test_an_article_that_comes_by_two_feeds_is_drafted_once(site, feed):
    other = FeedFactory(brand=feed.brand, address=f"{site.address}/feed?other")
    account = AccountFactory(brand=feed.brand)
    for one in (feed, other):
        FeedTargetFactory(feed=one, account=account)
        site.pages["/feed?other"] = site.pages["/feed"]
        look(one)
    Feed.objects.update(rule=Feed.Rule.DRAFT)
    says(site, item(2), item(1))
    site.pages["/feed?other"] = site.pages["/feed"]
    look(feed)
    look(other)
    assert Source.objects.filter(title="Entry 2").count() == 2
    assert len(written()) == 1


def test_a_draft_that_cannot_be_begun_leaves_its_source(site, feed, monkeypatch):
    look(feed)
    Feed.objects.update(rule=Feed.Rule.DRAFT)

    def broken(*args):
        raise ValueError("a fault of ours")

    monkeypatch.setattr(polling, "write_pieces", broken)
    says(site, item(2), item(1))
    assert look(feed).fine
    assert "Entry 2" in titles(feed)


def test_a_failure_waits_longer_each_time_is_told_and_its_end_too(site, feed):
    now = timezone.now()
    site.refuse("/feed", 503)
    waits = []
    for _ in range(TOLD_AFTER):
        assert not Notice.objects.exists()
        assert not look(feed, now).fine
        waits.append(feed.next_poll_at - now)
    assert waits == [timedelta(hours=1), timedelta(hours=2), timedelta(hours=4)]
    notice = Notice.objects.open().get()
    assert notice.fault == f"feed:{feed.pk}"
    assert "503" in notice.sentence
    assert notice.brand == feed.brand
    says(site, item(1))
    look(feed, now)
    assert (feed.failures, feed.last_error) == (0, "")
    assert not Notice.objects.open().exists()


def test_a_failure_never_waits_longer_than_a_day_nor_shorter_than_the_server_asks(site, feed):
    now = timezone.now()
    site.refuse("/feed", 429, Retry_After="20000")
    look(feed, now)
    assert feed.next_poll_at - now == timedelta(seconds=20000)
    Feed.objects.update(failures=500)
    look(feed, now)
    assert feed.next_poll_at - now == timedelta(days=1)


def test_a_feed_that_is_gone_for_good_is_paused_and_told(site, feed):
    site.refuse("/feed", 410)
    look(feed)
    assert feed.is_paused
    assert "gone for good" in Notice.objects.open().get().sentence


def test_a_feed_that_moved_for_good_says_where(site, feed):
    look(feed)
    new = site.put("/new", rss([item(2)]), "application/rss+xml")
    site.lead("/feed", "/new", 301)
    assert new in look(feed).said


def test_a_feed_of_fifty_megabytes_is_not_read_to_its_end(site, feed):
    sent = []

    def huge(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(50 * 16):
            handler.wfile.write(b"<item>" * 10_923)
            sent.append(65_538)

    site.do("/feed", huge)
    assert "over 5 MB" in look(feed).said
    assert sum(sent) < 6 * BODY_MAX
    assert not Source.objects.exists()


def test_two_looks_at_once_are_one(site, feed):
    now = timezone.now()
    assert claim(feed.pk, now)
    assert claim(feed.pk, now) is None
    assert poll(feed.pk, now, asked=True) is None
    assert not site.asked


def test_a_look_that_died_is_made_again_when_its_claim_is_over(site, feed):
    now = timezone.now()
    claim(feed.pk, now)
    assert poll_due(now) == 0
    assert poll(feed.pk, now + CLAIM, asked=False).fine


def test_a_look_that_was_overtaken_changes_nothing_of_the_later_one(site, feed):
    now = timezone.now()
    slow: Any = claim(feed.pk, now)
    look(feed, now + CLAIM + timedelta(seconds=1))
    polling._failed(slow, now, polling.Unreadable("late"))
    feed.refresh_from_db()
    assert (feed.failures, feed.last_error) == (0, "")
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_processes_at_once_keep_each_entry_once(site, feed):
    says(site, *(item(n) for n in range(5)))
    gate = threading.Barrier(4)

    def process():
        gate.wait(10)
        try:
            poll_due(timezone.now())
        finally:
            connection.close()

    processes = [threading.Thread(target=process) for _ in range(4)]
    for one in processes:
        one.start()
    for one in processes:
        one.join(60)
    assert len(site.asked) == 1
    assert feed.sources.count() == 5


def test_the_longest_waiting_come_first_and_paused_ones_not(site, feed):
    now = timezone.now()
    addresses = [site.put(f"/{n}", rss([item(n)]), "application/rss+xml") for n in range(4)]
    waits = (5, 50, 20, 90)
    for address, minutes in zip(addresses, waits, strict=True):
        FeedFactory(address=address, next_poll_at=now - timedelta(minutes=minutes))
    Feed.objects.filter(address=addresses[3]).update(paused_at=now)
    Feed.objects.filter(pk=feed.pk).update(next_poll_at=now + timedelta(minutes=1))
    assert poll_due(now) == 3
    assert [path for path, _ in site.asked] == ["/1", "/2", "/0"]
    assert poll_due(now) == 0


def test_one_feed_that_breaks_keeps_no_other_from_its_turn(site, feed, monkeypatch):
    other = FeedFactory(address=f"{site.address}/feed", next_poll_at=timezone.now())
    real = polling.parse
    Feed.objects.filter(pk=feed.pk).update(next_poll_at=timezone.now() - timedelta(hours=1))
    broken = [ValueError("a fault of ours")]

    def parse(page, now):
        if broken:
            raise broken.pop()
        return real(page, now)

    monkeypatch.setattr(polling, "parse", parse)
    poll_due(timezone.now())
    assert not feed.sources.exists()
    assert other.sources.exists()


def test_a_worker_that_is_told_to_stop_begins_no_other_look(site, feed):
    assert poll_due(timezone.now(), stop=lambda: True) == 0
    assert not site.asked
