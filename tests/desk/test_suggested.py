"""Suggested times on pages: of an account, in the composer, on the calendar, for ready posts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from analytics.learning import learn
from organisation.models import AuditEntry
from posting.models import Post
from posting.states import Status
from scheduling.models import TimeRules
from tests.analytics.planting import OFFICE, outcomes
from tests.analytics.test_best_times import plant
from tests.desk.composing import form
from tests.factories import AccountFactory, PieceFactory, PostFactory

PAGE = reverse("desk:suggested")
LONDON = ZoneInfo("Europe/London")
THEN = datetime(2026, 10, 28, tzinfo=LONDON)  # after the last of the planted posts


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, name="The shop", timezone="Europe/London")


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return people.mairi


def ready(account, number=1):
    texts = ["Peat", "Wool", "Dye", "Loom", "Ferry", "Rain", "Sheep", "Harbour"]
    return [
        PostFactory(account=account, piece=PieceFactory(brand=account.brand, text=f"{word} " * 9))
        for word in texts[:number]
    ]


def ticked(client):
    """What the page would send with every box ticked."""
    rows = client.get(PAGE).context["rows"]
    return [
        f"{row.post.pk} {row.post.version} {row.told.wall} 0" for row in rows if row.told
    ]  # fmt: skip


# The page of an account


def test_an_account_shows_its_best_times_with_reason_sample_and_confidence(client, mairi, account):
    plant(account, outcomes(1, 300, OFFICE, lambda cell: 2.0 if cell[1] == 18 else 1), now=THEN)
    learn(account, THEN)
    page = client.get(reverse("desk:account", args=[account.pk]))
    assertContains(page, "From 300 posts of the last half year")
    assertContains(page, "× your usual")
    assertContains(page, "High confidence")
    best = page.context["best_times"]
    assert {one.suggestion.hour for one in best.best} == {18}
    rows = dict(best.rows)
    assert len(rows) == 24
    assert rows["18:00"][0].look == "up-2"
    assertContains(page, '<th scope="row" class="num">18:00</th>', html=True)


def test_a_new_account_says_that_it_only_believes(client, mairi, account):
    page = client.get(reverse("desk:account", args=[account.pk]))
    assertContains(page, "Nothing has been worked out from its own posts yet")
    assertContains(page, "Sprout Social, 2023")
    assertContains(page, "Low confidence")


def test_the_page_of_an_account_takes_few_queries_whatever_was_read(client, mairi, account):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("desk:account", args=[account.pk]))
        return len(queries)

    few = counted()
    plant(account, outcomes(1, 60, OFFICE), now=THEN)
    learn(account, THEN)
    assert counted() == few


# The composer


def test_the_composer_suggests_a_time_that_one_press_takes(client, mairi, account):
    filled = form(account, when="at")
    shown = client.post(reverse("desk:compose_check"), filled)
    [offer] = shown.context["offers"]
    assertContains(shown, "Suggested for The shop, Facebook")
    assertContains(shown, f'value="at:{offer.value}"')
    taken = client.post(reverse("desk:compose"), filled | {"fix": f"at:{offer.value}"})
    assert f"{taken.context['filled'].day}T{taken.context['filled'].time}" == offer.value


def test_the_time_stands_by_the_clock_of_the_form(client, mairi, account):
    far = AccountFactory(brand=account.brand, timezone="Asia/Tokyo", name="Tokyo")
    for zone, shift in (("own", 0), ("UTC", -9)):
        shown = client.post(reverse("desk:compose_check"), form(far, when="at", zone=zone))
        [offer] = shown.context["offers"]
        there = offer.told.suggestion.at.replace(tzinfo=None) + timedelta(hours=shift)
        assert offer.value == f"{there:%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize("when", ["now", "slot", "ready"])
def test_where_no_time_is_asked_for_none_is_suggested(client, mairi, account, when):
    shown = client.post(reverse("desk:compose_check"), form(account, when=when))
    assert shown.context["offers"] == []


def test_times_are_suggested_for_a_few_accounts_only(client, mairi, account):
    more = [AccountFactory(brand=account.brand) for _ in range(4)]
    shown = client.post(reverse("desk:compose_check"), form(account, *more, when="at"))
    assert len(shown.context["offers"]) == 3


# The calendar


def suggestions(client, **asked):
    today = timezone.localdate()
    days = {"first": f"{today}", "last": f"{today + timedelta(days=7)}"}
    return client.get(reverse("desk:calendar_suggestions"), days | asked)


def test_the_calendar_is_told_of_free_times_by_its_own_clock(client, mairi, account):
    found = suggestions(client, zone="Asia/Tokyo").json()
    assert len(found["suggestions"]) == 3
    assert found["left"] == 0
    first = found["suggestions"][0]
    assert (first["account"], first["slug"]) == ("The shop", "facebook")
    assert "Low confidence" in first["why"]
    there = datetime.fromisoformat(first["at"]).replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    opened = client.get(first["url"], follow=True)
    filled = opened.context["filled"]
    assert filled.to == [f"{account.pk}/feed-post"]
    assert f"{filled.day} {filled.time}" == f"{there.astimezone(LONDON):%Y-%m-%d %H:%M}"


def test_its_filters_hold_for_suggestions_too(client, mairi, account):
    other = AccountFactory(brand=account.brand, name="Other", platform="mastodon")
    names = {one["account"] for one in suggestions(client).json()["suggestions"]}
    assert names == {"The shop", "Other"}
    only = suggestions(client, account=other.pk).json()["suggestions"]
    assert {one["account"] for one in only} == {"Other"}


def test_of_days_that_are_over_or_no_days_nothing_is_suggested(client, mairi, account):
    assert suggestions(client, first="2026-01-01", last="2026-01-08").json()["suggestions"] == []
    assert suggestions(client, first="x").status_code == 400
    assert suggestions(client, first="2026-01-01", last="2027-01-08").status_code == 400


def test_many_accounts_take_as_many_queries_and_are_cut_aloud(client, mairi, account):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            answer = suggestions(client).json()
        return len(queries), answer

    few, _ = counted()
    for _ in range(13):
        AccountFactory(brand=account.brand)
    many, answer = counted()
    assert many == few
    assert answer["left"] == 2


# Ready posts


def test_ready_posts_are_proposed_times_and_nothing_is_changed(client, mairi, account):
    ready(account, 3)
    page = client.get(PAGE)
    assertContains(page, "Give the ticked posts these times")
    assertContains(page, "Sprout Social, 2023", count=3)
    assert Post.objects.in_status(Status.READY).count() == 3


def test_ticked_posts_get_their_times_once_and_give_them_back(client, mairi, account):
    ready(account, 3)
    taken = ticked(client)
    done = client.post(PAGE, {"act": "take", "take": taken[:2], "days": 14}, follow=True)
    assertRedirects(done, f"{PAGE}?days=14")
    assertContains(done, "2 posts have their times.")
    assertContains(done, "They have their times now")
    scheduled = Post.objects.in_status(Status.SCHEDULED)
    assert scheduled.count() == 2
    assert AuditEntry.objects.filter(verb="schedule", user=mairi).count() == 2
    again = client.post(PAGE, {"act": "take", "take": taken[:2]}, follow=True)
    assertContains(again, "left as it was: It has a time already")
    given = [f"{post.pk} {post.version}" for post in scheduled]
    back = client.post(PAGE, {"act": "undo", "given": given}, follow=True)
    assertContains(back, "Taken back: 2 posts ready, without a time.")
    assertNotContains(back, "They have their times now")
    assert Post.objects.in_status(Status.READY).count() == 3


@pytest.mark.parametrize(
    "data",
    [
        {"act": "take"},
        {"act": "take", "take": ["", "1", "a b c d", "1 2 x 0", f"{10**40} 1 2026-12-01T10:00 0"]},
        {"act": "undo", "given": ["", "1", "x y", f"{10**40} 1"]},
        {"act": "fly"},
        {},
    ],
)
def test_what_no_page_of_ours_sends_changes_nothing(client, mairi, account, data):
    ready(account)
    assert client.post(PAGE, data, follow=True).status_code == 200
    assert Post.objects.in_status(Status.READY).count() == 1


def test_a_post_without_a_free_hour_says_why(client, mairi, account):
    TimeRules.objects.create(brand=account.brand, account=account, daily_budget=0)
    ready(account)
    page = client.get(PAGE)
    assertContains(page, "No time: None of the good hours in these days is left.")
    assertContains(page, "0 a day is the most")
    assertNotContains(page, "Give the ticked posts these times")


def test_an_account_that_wants_no_question_gets_its_times_at_once(client, mairi, account):
    asks = AccountFactory(brand=account.brand, name="Careful")
    TimeRules.objects.create(brand=account.brand, takes_suggestions=True)
    TimeRules.objects.create(brand=account.brand, account=asks, takes_suggestions=False)
    ready(account, 2)
    ready(asks)
    calendar = client.get(reverse("desk:calendar"))
    assertContains(calendar, "Give suggested times")
    done = client.post(PAGE, {"act": "at-once"}, follow=True)
    assertContains(done, "2 posts have their times.")
    assert {post.account for post in Post.objects.in_status(Status.SCHEDULED)} == {account}
    assert [row.post.account for row in done.context["rows"]] == [asks]


def test_by_default_times_are_only_proposed(client, mairi, account):
    ready(account)
    assertContains(client.get(reverse("desk:calendar")), "Suggest times")
    done = client.post(PAGE, {"act": "at-once"}, follow=True)
    assertContains(done, "No ready post could have a time at once")
    assert not Post.objects.in_status(Status.SCHEDULED).exists()


def test_that_is_set_with_the_other_rules_of_an_account(client, mairi, account):
    address = reverse("desk:account_times", args=[account.pk])
    rules = {"part": "rules", "rules-takes_suggestions": "yes", "rules-hours-TOTAL_FORMS": 0,
             "rules-hours-INITIAL_FORMS": 0}  # fmt: skip
    assertRedirects(client.post(address, rules), address)
    assert TimeRules.objects.get().takes_suggestions is True
    assertContains(
        client.get(address),
        '<option value="yes" selected>Taken at once when they are asked for</option>',
        html=True,
    )
    client.post(address, rules | {"rules-takes_suggestions": ""})
    assert TimeRules.objects.get().takes_suggestions is None


def test_an_author_is_told_whose_role_it_takes(client, people, account):
    ready(account)
    client.force_login(people.ewan)
    assertContains(client.get(PAGE), "takes the role of a publisher")
    assert client.post(PAGE, {"act": "at-once"}).status_code == 403


def test_posts_of_others_are_neither_shown_nor_moved(client, people, account, mairi):
    [post] = ready(account)
    taken = ticked(client)
    client.force_login(people.isla)
    assertNotContains(client.get(PAGE), str(post.piece))
    done = client.post(PAGE, {"act": "take", "take": taken}, follow=True)
    assertNotContains(done, str(post.piece))
    post.refresh_from_db()
    assert post.status == Status.READY


def test_the_page_takes_as_many_queries_with_many_posts(client, mairi, account):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    PostFactory(account=account, piece=PieceFactory(brand=account.brand, text="Only one."))
    few = counted()
    ready(account, 8)
    assert counted() == few
