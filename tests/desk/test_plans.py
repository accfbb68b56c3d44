"""Pages of recurring plans: the form and what it says back, one plan, and what is done there."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from desk.plans.form import filled_from
from organisation.models import AuditEntry, Notice
from posting.drafting import first_channel
from posting.models import Post
from posting.states import Status
from scheduling.models import Occurrence, Schedule
from scheduling.recurring.expanding import expand_all
from tests.factories import AccountFactory, PieceFactory, ScheduleFactory

NEW, LIST = reverse("desk:new_plan"), reverse("desk:plans")


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return people.mairi


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, timezone="America/New_York", name="New York")


@pytest.fixture
def answers(people, account):
    """The form as a person fills it in: each day at 09:00 from tomorrow on."""

    def answers(**said):
        filled = {
            "brand": people.brand.pk,
            "piece": PieceFactory(brand=people.brand).pk,
            "to": f"{account.pk}-{first_channel(account).pk}",
            "day": f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}",
            "time": "09:00",
            "where": "own",
            "interval": 1,
            "often": "DAILY",
            "on": "day",
            "ends": "count",
            "count": 5,
        }
        return filled | said

    return answers


def test_a_plan_is_made_with_its_first_posts(client, mairi, answers):
    made = client.post(NEW, answers(), follow=True)
    plan = Schedule.objects.get()
    assert (plan.rule, plan.zone, plan.created_by) == ("FREQ=DAILY;COUNT=5", "", mairi)
    assert Post.objects.filter(status=Status.SCHEDULED, zone="America/New_York").count() == 5
    assert b"Every day at 09:00, 5 times in all." in made.content
    assert AuditEntry.objects.filter(verb="make plan", user=mairi).exists()


@pytest.mark.parametrize("asked", [{"HTTP_HX_REQUEST": "true"}, {}])
def test_looking_at_the_times_makes_nothing(client, mairi, answers, asked):
    shown = client.post(NEW, answers(look="1"), **asked).content.decode()
    assert "Every day at 09:00, 5 times in all." in shown
    assert shown.count("America/New_York") == 5
    assert "at your clock" in shown
    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"often": "WEEKLY", "days": ["MO", "TH"], "interval": 2},
         "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"),
        ({"often": "MONTHLY", "on": "last"}, "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ({"often": "MONTHLY", "on": "first-working"},
         "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"),
        ({"often": "MONTHLY", "on": "weekday", "day": "2027-01-12"}, "FREQ=MONTHLY;BYDAY=2TU"),
        ({"often": "YEARLY", "on": "last-weekday", "day": "2027-03-28"},
         "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
        ({"often": "YEARLY"}, "FREQ=YEARLY"),
        ({"ends": "date", "until": "2027-01-31"}, "FREQ=DAILY;UNTIL=20270131T235959"),
        ({"own": "freq=monthly;byday=-1fr"}, "FREQ=MONTHLY;BYDAY=-1FR"),
    ],
)  # fmt: skip
def test_what_is_chosen_becomes_a_rule_and_is_chosen_again_in_a_change(
    client, mairi, answers, said, rule
):
    answers = answers(ends="never") | said
    assert client.post(NEW, answers).status_code == 302
    plan = Schedule.objects.get()
    assert plan.rule == rule
    first = plan.checked_rule.first_after(plan.starts, plan.starts - timedelta(days=1))[0]
    again = filled_from(plan, first, None)
    if "own" not in said:
        assert (again["often"], again.get("own", "")) == (answers["often"], "")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"to": []}, "Choose at least one channel."),
        ({"piece": ""}, "Choose what goes out."),
        ({"where": "one"}, "Type a city or the name of a zone."),
        ({"where": "one", "zone": "Atlantis"}, "is not a time zone"),
        ({"ends": "count", "count": ""}, "Say how many times."),
        ({"ends": "date", "until": "2020-01-01"}, "The last day lies before the first."),
        ({"own": "FREQ=SECONDLY"}, "SECONDLY cannot be planned"),
        ({"day": "2040-01-01"}, "more than five years"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, mairi, answers, said, why):
    answer = client.post(NEW, answers(time="17:45", **said))
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert 'value="17:45"' in answer.content.decode()
    assert not Schedule.objects.exists()


def test_a_piece_of_another_brand_is_not_found(client, mairi, answers):
    assert client.post(NEW, answers(piece=PieceFactory().pk)).status_code == 404


def test_a_time_is_skipped_and_had_again(client, mairi, account):
    plan = ScheduleFactory(account=account, created_by=mairi)
    client.post(reverse("desk:plan_step", args=[plan.pk, "pause"]), {"version": 1})
    client.post(reverse("desk:plan_step", args=[plan.pk, "resume"]), {"version": 2})
    expand_all(timezone.now())
    row = Occurrence.objects.first()
    for slug, state in (("skip", "skipped"), ("have", "made")):
        client.post(reverse("desk:plan_occurrence", args=[plan.pk, row.pk, slug]))
        row.refresh_from_db()
        assert row.state == state
    shown = client.get(reverse("desk:plan", args=[plan.pk])).content.decode()
    assert "Change from here" in shown


def test_changed_from_a_time_on_another_plan_takes_over(client, mairi, account, answers):
    plan = ScheduleFactory(account=account, created_by=mairi)
    nominal = plan.starts + timedelta(days=3)
    address = reverse("desk:change_plan", args=[plan.pk, f"{nominal:%Y-%m-%dT%H:%M:%S}"])
    form = client.get(address).content.decode()
    assert f'value="{nominal:%Y-%m-%d}"' in form
    asked = answers(day=f"{nominal:%Y-%m-%d}", time="18:00", version=1)
    assert client.post(address, asked).status_code == 302
    follower = Schedule.objects.get(follows=plan)
    assert "Another plan takes over" in client.post(address, asked).content.decode()
    assert follower.start == f"{nominal:%Y-%m-%d}T18:00:00"


def test_a_step_on_a_plan_that_changed_meanwhile_is_told(client, mairi, account):
    plan = ScheduleFactory(account=account)
    address = reverse("desk:plan_step", args=[plan.pk, "end"])
    shown = client.post(address, {"version": 7}, follow=True).content.decode()
    assert "changed this plan meanwhile" in shown
    assert Schedule.objects.get().state == Schedule.State.ACTIVE
    assert client.post(reverse("desk:plan_step", args=[plan.pk, "dance"])).status_code == 404


def test_the_list_asks_as_often_however_many_there_are(client, mairi, account):
    counts = []
    for more in (1, 20):
        for _ in range(more):
            ScheduleFactory(account=account)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(LIST).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_the_list_is_paged_and_shows_what_has_ended_apart(client, mairi, account, monkeypatch):
    monkeypatch.setattr("desk.plans.pages.SIZE", 2)
    plans = [ScheduleFactory(account=account) for _ in range(3)]
    Schedule.objects.filter(pk=plans[0].pk).update(state=Schedule.State.ENDED)
    ScheduleFactory(account=account)
    first = client.get(LIST).content.decode()
    assert f"before={plans[2].pk}" in first
    assert f"plan-{plans[1].pk}" in client.get(LIST, {"before": plans[2].pk}).content.decode()
    assert f"plan-{plans[0].pk}" in client.get(LIST, {"ended": 1}).content.decode()


def test_a_notice_of_a_plan_leads_to_it(client, mairi, account, people):
    plan = ScheduleFactory(account=account)
    notice = Notice.objects.create(fault=f"plan:{plan.pk}", sentence="No post.", brand=people.brand)
    led = client.get(reverse("desk:notice", args=[notice.pk]))
    assert led.url == reverse("desk:plan", args=[plan.pk])
