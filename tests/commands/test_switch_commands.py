"""`manage.py stop_publishing` and `start_publishing`: the kill switch from the command line."""

from datetime import timedelta

import pytest

from organisation.models import AuditEntry, Role, Switch
from tests.factories import MembershipFactory, PostFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("boss")]


def test_everything_stops_and_starts_again_and_both_are_recorded(run, boss, brand):
    said = run("stop_publishing", "--reason", "Wrong price")
    switch = Switch.objects.get()
    assert (switch.stopped, switch.brand, switch.stopped_by, switch.reason) == (
        True, None, boss, "Wrong price",
    )  # fmt: skip
    assert said == "Publishing is stopped for everything. Due posts wait.\n"
    run("start_publishing")
    assert not Switch.objects.stopped_for(brand.pk).exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "stop", "start",
    ]  # fmt: skip


def test_one_brand_is_stopped_and_the_other_goes_on(run, brand, page):
    PostFactory(account=page, publishing=True)
    said = run("stop_publishing", "--brand", "glen-and-loom")
    assert Switch.objects.get().brand == brand
    assert "On their way already, and not called back: 1." in said


def test_a_stop_lasts_for_the_hours_that_are_asked_for(run, refused, brand):
    run("stop_publishing", "--hours", "1.5")
    switch = Switch.objects.get()
    assert switch.until == switch.stopped_at + timedelta(hours=1.5)  # type: ignore[operator]
    for hours in ("0", "-1", "nan", "1e9"):
        assert "Nothing was stopped." in refused("stop_publishing", "--hours", hours)


def test_starting_says_how_many_are_due(run, page):
    PostFactory(account=page, scheduled=True)
    assert "Due now: 1" in run("start_publishing")


def test_only_who_may_manage_a_brand_stops_it(run, refused, brand):
    for name, role in (("mairi", Role.PUBLISHER), ("una", Role.ADMINISTRATOR)):
        MembershipFactory(user=UserFactory(username=name), brand=brand, role=role)
    one_brand = ("stop_publishing", "--brand", "glen-and-loom", "--by")
    assert "may not stop or start publishing for Glen & Loom" in refused(*one_brand, "mairi")
    assert "for everything" in refused("stop_publishing", "--by", "una")
    run(*one_brand, "una")
    assert Switch.objects.get().stopped


def test_a_brand_that_is_not_there_is_refused(refused, brand):
    assert "There is no brand x. Brands: glen-and-loom." in refused(
        "stop_publishing", "--brand", "x"
    )
