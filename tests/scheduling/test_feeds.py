"""The schedule as iCalendar, by a private link."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from organisation.models import AuditEntry, Membership
from posting.states import Hold
from scheduling.feeds import FEEDS_MAX, calendar_of, feed_for, make_feed, revoke_feed
from scheduling.models import CalendarFeed
from tests.desk.conftest import people  # noqa: F401
from tests.factories import (
    AccountFactory,
    BrandFactory,
    CalendarFeedFactory,
    PostFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(people):  # noqa: F811
    return AccountFactory(brand=people.brand, name="Glen & Loom page")


def events(body: bytes) -> dict[str, dict]:
    """The events by the number of their post."""
    found = Calendar.from_ical(body).walk("VEVENT")
    return {str(event["uid"]).split("@")[0].removeprefix("post-"): event for event in found}


def read(client, word, **headers):
    return client.get(reverse("desk:feed", args=[word]), headers=headers)


def test_it_shows_the_posts_of_the_person_by_their_time(client, people, account, settings):  # noqa: F811
    settings.SITE_URL = "https://desk.example.org"
    due = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    post = PostFactory(account=account, scheduled=True, due_at=due)
    held = PostFactory(account=account, scheduled=True, due_at=due, holds=int(Hold.PERSON))
    out = PostFactory(account=account, published=True)
    gone = PostFactory(account=account, cancelled=True)
    far = PostFactory(account=account, scheduled=True, due_at=due + timedelta(days=500))
    elsewhere = PostFactory(scheduled=True)
    _, word = make_feed(people.mairi, "my phone", None)
    answer = read(client, word)  # nobody is signed in
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    there = events(answer.content)
    assert set(there) == {str(post.pk), str(held.pk), str(out.pk)}
    assert not {str(row.pk) for row in (gone, far, elsewhere)} & set(there)
    event = there[str(post.pk)]
    assert event.decoded("dtstart") == due
    assert str(event["summary"]) == f"{post.piece.title} · Glen & Loom page, Facebook"
    assert str(event["url"]) == f"https://desk.example.org{reverse('desk:post', args=[post.pk])}"
    assert (str(event["status"]), str(there[str(held.pk)]["status"])) == ("CONFIRMED", "TENTATIVE")


def test_what_has_not_changed_is_not_sent_again(client, people, account):  # noqa: F811
    post = PostFactory(account=account, scheduled=True)
    _, word = make_feed(people.mairi, "my phone", None)
    etag = read(client, word)["ETag"]
    assert read(client, word, **{"If-None-Match": etag}).status_code == 304
    post.version += 1
    post.save()
    assert read(client, word, **{"If-None-Match": etag}).status_code == 200


def test_it_shows_what_the_person_may_see_now(client, people, account):  # noqa: F811
    PostFactory(account=account, scheduled=True)
    _, word = make_feed(people.mairi, "my phone", people.brand)
    assert len(events(read(client, word).content)) == 1
    Membership.objects.filter(user=people.mairi).delete()
    assert events(read(client, word).content) == {}
    people.mairi.is_active = False
    people.mairi.save()
    assert read(client, word).status_code == 404


def test_revoked_it_opens_nothing(client, people):  # noqa: F811
    feed, word = make_feed(people.mairi, "my phone", None)
    client.force_login(people.isla)
    address = reverse("desk:feed_revoke", args=[feed.pk])
    assert client.post(address).status_code == 404
    client.force_login(people.mairi)
    assert client.post(address).url == reverse("desk:feeds")
    assert read(client, word).status_code == 404
    assert AuditEntry.objects.filter(verb="revoke calendar feed").count() == 1
    revoke_feed(feed, by=people.mairi, now=timezone.now())
    assert AuditEntry.objects.filter(verb="revoke calendar feed").count() == 1


def test_the_link_is_shown_once_and_only_its_hash_is_kept(client, people):  # noqa: F811
    client.force_login(people.mairi)
    address = reverse("desk:feeds")
    shown = client.post(address, {"name": "my phone"}).content.decode()
    feed = CalendarFeed.objects.get()
    word = shown.partition("/feeds/")[2].partition(".ics")[0]
    assert feed_for(word, timezone.now()) == feed
    assert word not in client.get(address).content.decode()
    assert word not in str(CalendarFeed.objects.values().get())


@pytest.mark.parametrize("name", ["", "x" * 81, "a\nb"])
def test_a_name_that_is_none_is_refused(people, name):  # noqa: F811
    with pytest.raises(ValidationError, match="No link was made"):
        make_feed(people.mairi, name, None)


def test_there_is_an_end_to_links(people):  # noqa: F811
    for _ in range(FEEDS_MAX):
        CalendarFeedFactory(user=people.mairi)
    with pytest.raises(ValidationError, match="Revoke one first"):
        make_feed(people.mairi, "one more", None)


def test_a_brand_of_others_is_no_choice(client, people):  # noqa: F811
    client.force_login(people.mairi)
    asked = {"name": "my phone", "brand": BrandFactory().pk}
    assert client.post(reverse("desk:feeds"), asked).status_code == 422
    assert not CalendarFeed.objects.exists()


def test_it_asks_as_often_however_many_posts_there_are(people, account):  # noqa: F811
    feed, _ = make_feed(people.mairi, "my phone", None)
    counts = []
    for more in (1, 20):
        for _ in range(more):
            PostFactory(account=account, scheduled=True)
        with CaptureQueriesContext(connection) as queries:
            calendar_of(feed, timezone.now())
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_a_title_cannot_add_lines(people, account):  # noqa: F811
    post = PostFactory(account=account, scheduled=True)
    post.piece.title = "Sale\r\nEND:VCALENDAR; 50 %, \\ “now”"
    post.piece.save()
    feed, _ = make_feed(people.mairi, "my phone", None)
    (event,) = events(calendar_of(feed, timezone.now())).values()
    assert "50 %, \\ “now”" in str(event["summary"])


def test_in_the_admin_one_sees_ones_own_links_and_never_their_hash(client, people):  # noqa: F811
    feed = CalendarFeedFactory(user=people.isla, name="her phone")
    address = reverse("admin:scheduling_calendarfeed_changelist")
    boss = UserFactory(boss=True)
    people.mairi.is_staff = True
    people.mairi.save()
    for person, sees in ((people.mairi, False), (boss, True)):
        client.force_login(person)
        assert ("her phone" in client.get(address).content.decode()) == sees
    page = client.get(reverse("admin:scheduling_calendarfeed_change", args=[feed.pk]))
    assert feed.hash not in page.content.decode()
