"""Schedule templates: made and changed as a whole, and what their steps come to."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from organisation.models import AuditEntry, User
from platforms.models import Account
from posting.deciding import NotPossible
from posting.drafting import first_channel
from scheduling.bulk.asking import Asked
from scheduling.bulk.by_template import place_by_template
from scheduling.models import ScheduleTemplate, TemplateStep
from scheduling.templates import StepWords, change_template, make_template, remove_template
from tests.factories import AccountFactory, PieceFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday


def step(account: Account, day: int = 0, at: str = "09:00", **more: Any) -> StepWords:
    weekday, every = more.get("weekday"), more.get("every", False)
    channel = first_channel(account)
    return StepWords(day, weekday, time.fromisoformat(at), channel, None if every else account)


def placed(template: ScheduleTemplate, start: date, pieces: int = 1, apart: int = 1) -> list[Any]:
    versions = [PieceFactory(brand=template.brand).current for _ in range(pieces)]
    return place_by_template(
        Asked(template.brand, start, start, NOW, versions, template=template, apart=apart)
    )


def test_steps_count_from_the_start_by_each_accounts_own_clock(
    accounts: list[Account], by: User
) -> None:
    london, york = accounts
    template = make_template(
        london.brand, "Launch",
        [step(london), step(york, 3, "17:30"), step(london, 7, "08:15", weekday=1)],
        by=by,
    )  # fmt: skip
    found = placed(template, date(2026, 12, 2))  # a Wednesday
    assert [(one.candidate.account, one.wall, one.zone) for one in found] == [
        (london, "2026-12-02T09:00:00", "Europe/London"),
        (york, "2026-12-05T17:30:00", "America/New_York"),
        (london, "2026-12-15T08:15:00", "Europe/London"),  # the first Tuesday from the 9th on
    ]
    assert found[1].at == datetime(2026, 12, 5, 22, 30, tzinfo=UTC)


def test_a_weekday_that_the_day_is_already_is_that_day(accounts: list[Account]) -> None:
    tuesday = TemplateStep(day=7, weekday=1)
    assert tuesday.date_from(date(2026, 12, 1)) == date(2026, 12, 8)


def test_a_step_for_a_platform_goes_to_each_of_its_accounts(
    accounts: list[Account], by: User
) -> None:
    AccountFactory(brand=accounts[0].brand, platform="mastodon")
    AccountFactory(name="Of another brand")
    template = make_template(accounts[0].brand, "All", [step(accounts[0], every=True)], by=by)
    found = placed(template, date(2026, 12, 2))
    assert [one.candidate.account.name for one in found] == ["London", "New York"]


def test_the_next_piece_starts_some_days_later(accounts: list[Account], by: User) -> None:
    template = make_template(accounts[0].brand, "Daily", [step(accounts[0])], by=by)
    found = placed(template, date(2026, 12, 2), pieces=3, apart=7)
    assert [one.wall[:10] for one in found] == ["2026-12-02", "2026-12-09", "2026-12-16"]


@pytest.mark.parametrize(
    ("start", "at", "wall", "why"),
    [
        (date(2027, 3, 28), "01:30", "2027-03-28T02:30:00",
         "01:30 does not exist on this day, the clocks go forward; it goes out at 02:30."),
        (date(2027, 10, 31), "01:30", "2027-10-31T01:30:00",
         "This time comes twice on this day, the clocks go back; it goes out at the first."),
    ],
)  # fmt: skip
def test_what_the_clocks_do_is_said(
    accounts: list[Account], by: User, start: date, at: str, wall: str, why: str
) -> None:
    template = make_template(accounts[0].brand, "Night", [step(accounts[0], 0, at)], by=by)
    (found,) = placed(template, start)
    assert (found.wall, found.fold) == (wall, 0)
    assert found.reason.endswith(why)


def test_a_change_by_somebody_else_meanwhile_is_not_written_over(
    accounts: list[Account], by: User
) -> None:
    template = make_template(accounts[0].brand, "Launch", [step(accounts[0])], by=by)
    seen = template.version
    change_template(template, "Start", [step(accounts[0], 1)], version=seen, by=by)
    with pytest.raises(NotPossible, match="meanwhile"):
        change_template(template, "Mine", [step(accounts[0], 2)], version=seen, by=by)
    kept = ScheduleTemplate.objects.get()
    assert (kept.name, kept.steps.get().day, kept.version) == ("Start", 1, 2)


def test_names_are_told_apart_by_letters_and_not_by_case(accounts: list[Account], by: User) -> None:
    make_template(accounts[0].brand, "Launch", [step(accounts[0])], by=by)
    with pytest.raises(ValidationError, match="of this name already"):
        make_template(accounts[0].brand, " LAUNCH ", [step(accounts[0])], by=by)


@pytest.mark.parametrize(
    ("name", "steps", "why"),
    [
        ("Launch", 0, "at least one step"),
        ("Launch", 41, "40 steps are the most"),
        ("", 1, "cannot be blank"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    accounts: list[Account], by: User, name: str, steps: int, why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        make_template(accounts[0].brand, name, [step(accounts[0])] * steps, by=by)
    assert not ScheduleTemplate.objects.exists()


def test_another_brands_account_is_refused(accounts: list[Account], by: User) -> None:
    with pytest.raises(ValidationError, match="belongs to another brand"):
        make_template(accounts[0].brand, "Launch", [step(AccountFactory())], by=by)


def test_each_step_and_removal_is_in_the_audit_log(accounts: list[Account], by: User) -> None:
    template = make_template(accounts[0].brand, "Launch", [step(accounts[0], 3)], by=by)
    remove_template(template, by=by)
    told = list(AuditEntry.objects.order_by("pk").values_list("verb", "sentence"))
    assert [verb for verb, _ in told] == ["make template", "remove template"]
    assert "Day +3 at 09:00, London, " in told[0][1]
