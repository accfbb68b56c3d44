"""The calendar draws what is only proposed, and what plans have in mind beyond their posts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from posting.models import Post
from scheduling.bulk.confirming import confirm
from scheduling.bulk.looking import Look
from scheduling.models import Occurrence, Proposal
from scheduling.recurring.expanding import expand
from tests.factories import (
    AccountFactory,
    OccurrenceFactory,
    PostFactory,
    ProposalFactory,
    ProposedPostFactory,
    ScheduleFactory,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PAGE, EVENTS, MARKS = (
    reverse(f"desk:{name}") for name in ("calendar", "calendar_events", "calendar_marks")
)


@pytest.fixture
def mairi(client, people, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(people.mairi)
    return client


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, timezone="America/New_York", name="New York")


@pytest.fixture
def proposal(account, mairi):
    return ProposalFactory(account=account, at=NOW)


def pale(client, first=date(2026, 11, 23), days=42, **asked):
    window = {"first": first, "last": first + timedelta(days=days), "zone": "Europe/London"}
    answer = client.get(EVENTS, window | asked)
    assert answer.status_code == 200
    return answer.json()["pale"]


def test_a_proposal_is_drawn_where_the_address_asks_for_it(mairi, proposal, account):
    item = proposal.items.get()
    assert pale(mairi) == []
    (one,) = pale(mairi, proposal=proposal.pk)
    assert one == {
        "id": f"item-{item.pk}", "a": account.pk, "t": str(item.piece_version.piece),
        "at": "2026-11-24T09:00:00", "says": "Proposed", "icon": "fa-solid fa-wand-magic-sparkles",
        "url": f"{reverse('desk:proposal', args=[proposal.pk])}#item-{item.pk}",
    }  # fmt: skip
    page = mairi.get(PAGE, {"proposal": proposal.pk}).content.decode()
    assert "Dashed: proposed, and not scheduled." in page
    assert f'name="proposal" value="{proposal.pk}"' in page


def test_what_is_left_out_or_filtered_away_is_not_drawn(mairi, proposal, people):
    asked = {"proposal": proposal.pk}
    other = AccountFactory(brand=people.brand, platform="mastodon")
    assert not pale(mairi, **asked, account=other.pk)
    assert not pale(mairi, **asked, status="published")
    assert not pale(mairi, **asked, q="tweed")
    proposal.items.update(left_out=True)
    assert not pale(mairi, **asked)


@pytest.mark.parametrize("over", ["expired", "confirmed", "nonsense"])
def test_one_that_is_over_is_not_drawn_and_no_fault(mairi, proposal, people, over):
    asked = "x" * 90 if over == "nonsense" else str(proposal.pk)
    if over == "expired":
        Proposal.objects.update(expires_at=NOW)
    if over == "confirmed":
        confirm(proposal, digest=Look(proposal, NOW).digest, by=people.mairi, now=NOW)
        assert Post.objects.count() == 1
    assert pale(mairi, proposal=asked) == []
    assert "not scheduled." not in mairi.get(PAGE, {"proposal": asked}).content.decode()


def test_another_brands_proposal_is_not_drawn(mairi):
    assert pale(mairi, proposal=ProposalFactory(at=NOW).pk) == []


def test_what_speaks_against_it_is_told_with_the_conflicts(mairi, proposal, account):
    account.minimum_gap = timedelta(minutes=30)
    account.save()
    item = proposal.items.get()
    PostFactory(account=account, scheduled=True, due=item.due_at + timedelta(minutes=5))
    late = ProposedPostFactory(proposal=proposal, account=account, due_at=NOW - timedelta(hours=1))
    asked = {"first": "2026-11-23", "last": "2026-12-23", "proposal": proposal.pk}
    marks = mairi.get(MARKS, asked).json()["marks"]
    assert marks[f"item-{item.pk}"][0]["brief"] == "Too close"
    assert marks[f"item-{late.pk}"] == [
        {"icon": "circle-xmark", "brief": "Cannot go", "sentence": "This time has passed.",
         "grave": True}
    ]  # fmt: skip


def test_two_hundred_proposed_cost_no_more_questions_than_one(
    mairi, proposal, account, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12) as few:
        pale(mairi, proposal=proposal.pk)
    version = proposal.items.get().piece_version
    for hours in range(200):
        ProposedPostFactory(
            proposal=proposal, account=account, piece_version=version,
            due_at=NOW + timedelta(hours=hours + 1),
        )  # fmt: skip
    with django_assert_max_num_queries(len(few)):
        assert len(pale(mairi, proposal=proposal.pk)) == 201


def test_a_plan_goes_on_pale_where_its_posts_end(mairi, account):
    plan = ScheduleFactory(account=account, start="2026-11-24T09:00:00")
    expand(plan, NOW, 200)
    made = Post.objects.order_by("due_at").last().due_at
    found = pale(mairi, date(2027, 1, 18), 14)
    assert [one["at"] for one in found][:2] == ["2027-01-22T14:00:00", "2027-01-23T14:00:00"]
    assert made == datetime(2027, 1, 21, 14, tzinfo=UTC)
    assert len(found) == 10
    assert {one["says"] for one in found} == {"Planned"}
    assert found[0]["url"] == reverse("desk:plan", args=[plan.pk])


def test_a_time_that_was_skipped_is_not_drawn(mairi, account):
    plan = ScheduleFactory(account=account, start="2027-03-01T09:00:00")
    OccurrenceFactory(
        target=plan.targets.get(), nominal="2027-03-03T09:00:00", state=Occurrence.State.SKIPPED
    )
    days = [one["at"][8:10] for one in pale(mairi, date(2027, 3, 1), 4)]
    assert days == ["01", "02", "04"]


def test_the_clocks_move_a_planned_time_as_they_move_its_post(mairi, people):
    account = AccountFactory(brand=people.brand, timezone="Europe/London")
    ScheduleFactory(account=account, start="2027-03-27T01:30:00")
    walls = [one["at"] for one in pale(mairi, date(2027, 3, 27), 3)]
    assert walls == ["2027-03-27T01:30:00", "2027-03-28T02:30:00", "2027-03-29T01:30:00"]


def test_one_at_the_midnight_that_begins_the_days_is_drawn(mairi, people):
    account = AccountFactory(brand=people.brand, timezone="Europe/London")
    ScheduleFactory(account=account, start="2027-03-01T00:00:00")
    walls = [one["at"] for one in pale(mairi, date(2027, 3, 1), 1)]
    assert walls == ["2027-03-01T00:00:00"]


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_a_plan_that_does_not_go_on_has_no_times(mairi, account, state):
    ScheduleFactory(account=account, start="2027-03-01T09:00:00", state=state)
    assert pale(mairi, date(2027, 3, 1), 7) == []


def test_other_brands_plans_and_filtered_accounts_stay_away(mairi, account, people):
    ScheduleFactory(start="2027-03-01T09:00:00")
    ScheduleFactory(account=account, start="2027-03-01T09:00:00")
    other = AccountFactory(brand=people.brand, platform="mastodon")
    assert len(pale(mairi, date(2027, 3, 1), 2)) == 2
    assert pale(mairi, date(2027, 3, 1), 2, account=other.pk) == []


def test_fifty_plans_cost_no_more_questions_than_one(mairi, account, django_assert_max_num_queries):
    ScheduleFactory(account=account, start="2027-03-01T09:00:00")
    with django_assert_max_num_queries(12) as few:
        pale(mairi, date(2027, 3, 1), 7)
    for _ in range(50):
        ScheduleFactory(account=account, start="2027-03-01T09:00:00")
    with django_assert_max_num_queries(len(few)):
        assert len(pale(mairi, date(2027, 3, 1), 7)) == 357


def test_more_than_is_drawn_is_said(mairi, account, monkeypatch):
    monkeypatch.setattr("desk.calendar.pale.MOST", 5)
    ScheduleFactory(account=account, start="2027-03-01T09:00:00")

    def shown(days):
        first = date(2027, 3, 1)
        window = {"first": first, "last": first + timedelta(days=days), "zone": "Europe/London"}
        found = mairi.get(EVENTS, window).json()
        return len(found["pale"]), found["more_pale"]

    assert (shown(5), shown(6)) == ((5, False), (5, True))
