"""Pages of schedule templates: rows that are added, removed and put in order, kept as a whole."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from posting.drafting import first_channel
from scheduling.models import ScheduleTemplate
from tests.factories import AccountFactory, ScheduleTemplateFactory, TemplateStepFactory

LIST, NEW = reverse("desk:templates"), reverse("desk:new_template")


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return people.mairi


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, timezone="America/New_York", name="New York")


@pytest.fixture
def sent(people, account):
    """The form as a person fills it in: a row for each time of day, a day apart."""

    def sent(*times, **more):
        to = f"{account.pk}-{first_channel(account).pk}"
        filled = {"brand": people.brand.pk, "name": "Launch", "steps": len(times), "version": 1}
        for place, at in enumerate(times):
            row = {"day": place, "weekday": "", "at": at, "to": to}
            filled |= {f"step-{place}-{name}": value for name, value in row.items()}
        return filled | more

    return sent


def times(page):
    return [f"{row['at'].value()}" for row in page.context["form"].rows]


def test_a_template_is_made_and_stands_in_the_list_in_words(client, mairi, account, sent):
    shown = client.post(NEW, sent("09:00", "17:30"), follow=True).content.decode()
    assert "“Launch” is saved." in shown
    assert "Day 0 at 09:00, New York, " in shown
    assert "Day +1 at 17:30, New York, " in shown
    assert ScheduleTemplate.objects.get().created_by == mairi


def test_every_account_of_a_platform_is_one_choice(client, mairi, account, sent):
    every = f"every-{first_channel(account).pk}"
    client.post(NEW, sent("09:00", **{"step-0-to": every, "step-0-weekday": "1"}))
    step = ScheduleTemplate.objects.get().steps.get()
    assert (step.account, step.weekday) == (None, 1)
    shown = client.get(reverse("desk:change_template", args=[step.template_id]))
    assert f'value="{every}" selected' in shown.content.decode()


@pytest.mark.parametrize(
    ("act", "left"),
    [
        ("add", ["08:00", "09:00", "10:00", "10:00"]),
        ("remove-1", ["08:00", "10:00"]),
        ("up-2", ["08:00", "10:00", "09:00"]),
        ("down-0", ["09:00", "08:00", "10:00"]),
        ("up-0", ["08:00", "09:00", "10:00"]),
        ("down-2", ["08:00", "09:00", "10:00"]),
        ("remove-99", ["08:00", "09:00", "10:00"]),
    ],
)
@pytest.mark.parametrize("script", [{}, {"HTTP_HX_REQUEST": "true"}])
def test_rows_are_changed_without_saving_and_what_was_typed_stays(
    client, mairi, account, sent, act, left, script
):
    page = client.post(NEW, sent("08:00", "09:00", "10:00", name="Mine", act=act), **script)
    assert page.status_code == 200
    assert times(page) == left
    assert 'value="Mine"' in page.content.decode()
    assert not ScheduleTemplate.objects.exists()


def test_the_focus_goes_with_the_row_that_was_moved(client, mairi, account, sent):
    page = client.post(NEW, sent("08:00", "09:00", "10:00", act="down-0")).content.decode()
    (button,) = [tag for tag in page.split("<button")[1:] if "autofocus" in tag.split(">")[0]]
    assert 'value="down-1"' in button


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"name": ""}, "Give it a name"),
        ({"step-0-at": "25:00"}, "Enter a valid time"),
        ({"step-0-day": "400"}, "less than or equal to 365"),
        ({"step-0-to": ""}, "Choose where it goes."),
        ({"step-0-to": "nobody"}, "is not one of the available choices"),
        ({"steps": "0"}, "at least one step"),
        ({"steps": "999999999999999999999999"}, "at least one step"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(client, mairi, account, sent, said, why):
    answer = client.post(NEW, sent("09:00", **said))
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not ScheduleTemplate.objects.exists()


def test_a_change_over_somebody_elses_is_refused_with_what_was_typed(client, mairi, account, sent):
    client.post(NEW, sent("09:00"))
    address = reverse("desk:change_template", args=[ScheduleTemplate.objects.get().pk])
    assert client.post(address, sent("10:00")).status_code == 302
    refused = client.post(address, sent("11:00"))
    assert refused.status_code == 422
    assert "meanwhile. Your changes were not saved" in refused.content.decode()
    assert times(refused) == ["11:00"]
    assert f"{ScheduleTemplate.objects.get().steps.get().at:%H:%M}" == "10:00"


def test_who_only_writes_sees_it_and_changes_nothing(client, people, account):
    template = ScheduleTemplateFactory(account=account)
    client.force_login(people.ewan)
    address = reverse("desk:change_template", args=[template.pk])
    assert "takes the role of a publisher" in client.get(address).content.decode()
    assert client.post(address, {"name": "Mine"}).status_code == 403


def test_it_is_removed_and_said(client, mairi, account):
    template = ScheduleTemplateFactory(account=account, name="Launch")
    shown = client.post(reverse("desk:remove_template", args=[template.pk]), follow=True)
    assert "“Launch” is removed." in shown.content.decode()
    assert not ScheduleTemplate.objects.exists()


def test_a_long_list_asks_as_often_as_a_short_one(client, mairi, account):
    def number():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    ScheduleTemplateFactory(account=account)
    few = number()
    for _ in range(20):
        TemplateStepFactory(template=ScheduleTemplateFactory(account=account), account=account)
    assert number() == few


def test_the_list_goes_on_with_older_ones(client, mairi, account, monkeypatch):
    monkeypatch.setattr("desk.bulk.pages.SIZE", 2)
    names = [ScheduleTemplateFactory(account=account).name for _ in range(3)]
    first = client.get(LIST)
    assert names[0] not in first.content.decode()
    older = client.get(f"{LIST}?before={first.context['templates'].older}").content.decode()
    assert names[0] in older
    assert names[2] not in older
