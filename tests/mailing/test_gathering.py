"""Notices become mails: one for many, one for each person, each notice once and over once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.mailing import gathering
from organisation.mailing.gathering import (
    APART,
    GATHERED_FOR,
    KEPT,
    LONGEST,
    QUIET,
    forget_old_mail,
    gather,
)
from organisation.models import Mail, MailLine, Membership, Notice, Role, User
from organisation.notices import open_notice, resolve_notice
from tests.factories import BrandFactory, MailFactory, MembershipFactory, UserFactory
from tests.mailing.conftest import open_some

pytestmark = pytest.mark.django_db


def told():
    """Who gets which faults, in mails not yet sent."""
    lines = MailLine.objects.select_related("notice", "person")
    return {(line.person.username, line.notice.fault, line.is_over) for line in lines}


def test_five_hundred_failures_of_a_brand_are_one_mail_to_each_who_can_act(brand, team, later):
    open_some(brand, 500)
    assert gather(later) == 500
    assert {mail.person for mail in Mail.objects.all()} == {
        team[Role.PUBLISHER], team[Role.ADMINISTRATOR],
    }  # fmt: skip
    assert [mail.lines.count() for mail in Mail.objects.all()] == [500, 500]


def test_a_notice_waits_a_moment_so_that_others_join_it(brand, team):
    open_some(brand, 1)
    opened = Notice.objects.get().opened_at
    assert gather(opened + GATHERED_FOR - timedelta(seconds=1)) == 0
    assert gather(opened + GATHERED_FOR) == 1


def test_while_others_follow_the_first_waits_and_not_for_ever(brand, team):
    now = timezone.now()
    open_some(brand, 2)
    first, last = Notice.objects.order_by("pk")
    Notice.objects.filter(pk=last.pk).update(opened_at=now)
    for ago, ripe in (
        (GATHERED_FOR, False), (LONGEST - timedelta(seconds=1), False), (LONGEST, True),
    ):  # fmt: skip
        Notice.objects.filter(pk=first.pk).update(opened_at=now - ago)
        assert gather(now) == (2 if ripe else 0)
    assert Mail.objects.count() == 2


def test_when_no_more_follow_they_leave_together(brand, team):
    now = timezone.now()
    open_some(brand, 2)
    first, last = Notice.objects.order_by("pk")
    Notice.objects.filter(pk=first.pk).update(opened_at=now - GATHERED_FOR)
    Notice.objects.filter(pk=last.pk).update(opened_at=now - QUIET)
    assert gather(now) == 2


def test_more_than_fit_into_one_step_are_still_one_mail(brand, team, later, monkeypatch):
    monkeypatch.setattr(gathering, "BATCH", 3)
    open_some(brand, 10)
    assert gather(later) == 10
    assert [mail.lines.count() for mail in Mail.objects.all()] == [10, 10]


def test_what_mends_itself_at_once_is_not_mailed_at_all(brand, team, later):
    open_some(brand, 1)
    resolve_notice("failed:1", timezone.now())
    assert gather(later) == 0
    assert not Mail.objects.exists()


def test_gathering_again_tells_nothing_again(brand, team, later):
    open_some(brand, 3)
    assert [gather(later), gather(later), gather(later + APART)] == [3, 0, 0]
    assert MailLine.objects.count() == 6


def test_the_end_is_told_once_to_those_who_were_told_of_the_beginning(brand, team, later):
    open_some(brand, 1)
    gather(later)
    MembershipFactory(brand=brand, role=Role.PUBLISHER)  # came afterwards
    resolve_notice("failed:1", later, "Mairi tried it again.")
    assert [gather(later), gather(later)] == [1, 0]
    ends = {who for who, _, is_over in told() if is_over}
    assert ends == {"publisher", "administrator"}


@pytest.mark.parametrize(
    ("fault", "roles"),
    [
        ("failed:1", {Role.PUBLISHER, Role.ADMINISTRATOR}),
        ("unconfirmed:1", {Role.PUBLISHER, Role.ADMINISTRATOR}),
        ("missed:1", {Role.PUBLISHER, Role.ADMINISTRATOR}),
        ("account:1", {Role.ADMINISTRATOR}),
    ],
)
def test_those_are_told_whose_role_can_act(brand, team, later, fault, roles):
    MembershipFactory()  # of another brand
    open_notice(fault, "Something happened.", brand=brand)
    gather(later)
    assert {who for who, *_ in told()} == set(roles)


def test_the_author_of_a_failed_post_is_told_too_and_nobody_twice(brand, team, later):
    open_notice("failed:1", "Refused.", brand=brand, author_id=team[Role.AUTHOR].pk)
    open_notice("failed:2", "Refused.", brand=brand, author_id=team[Role.PUBLISHER].pk)
    gather(later)
    assert {(who, fault) for who, fault, _ in told()} == {
        ("author", "failed:1"),
        ("publisher", "failed:1"), ("administrator", "failed:1"),
        ("publisher", "failed:2"), ("administrator", "failed:2"),
    }  # fmt: skip


def test_an_author_who_has_left_the_brand_is_told_nothing(brand, team, later):
    Membership.objects.filter(user=team[Role.AUTHOR]).delete()
    open_notice("failed:1", "Refused.", brand=brand, author_id=team[Role.AUTHOR].pk)
    gather(later)
    assert "author" not in {who for who, *_ in told()}


@pytest.mark.parametrize("fault", ["approval:brand:1:2", "declined:post:1", "failed:1"])
def test_what_is_for_one_person_is_told_to_that_person_alone(brand, team, later, fault):
    open_notice(fault, "It is for you.", brand=brand, user=team[Role.EDITOR])
    gather(later)
    assert {who for who, *_ in told()} == {"editor"}


def test_of_an_answer_the_end_is_not_told(brand, team, later):
    open_notice("approved:post:1", "Una approved it.", brand=brand, user=team[Role.EDITOR])
    gather(later)
    resolve_notice("approved:post:1", later)
    assert gather(later) == 1
    assert not any(is_over for *_, is_over in told())
    assert not Notice.objects.to_clear().exists()


def test_that_nothing_is_publishing_is_told_to_administrators_and_superusers(brand, team, later):
    UserFactory(boss=True, username="boss")
    open_notice("publishing", "Nothing is publishing.")
    gather(later)
    assert {who for who, *_ in told()} == {"administrator", "boss"}


def test_where_nobody_can_act_the_superusers_are_told(later):
    UserFactory(boss=True, username="boss")
    open_some(BrandFactory(), 1)
    gather(later)
    assert {who for who, *_ in told()} == {"boss"}


@pytest.mark.parametrize("change", [{"notice_mail": False}, {"email": ""}, {"is_active": False}])
def test_nobody_is_mailed_who_does_not_want_it_or_cannot_get_it(brand, team, later, change):
    User.objects.filter(username="publisher").update(**change)
    open_some(brand, 1)
    gather(later)
    assert {who for who, *_ in told()} == {"administrator"}


def test_further_notices_join_a_mail_that_still_waits(brand, team, later):
    open_some(brand, 1)
    gather(later)
    open_some(brand, 2, first=2)
    gather(later)
    assert sorted(mail.lines.count() for mail in Mail.objects.all()) == [3, 3]


def test_a_mail_soon_after_another_waits_so_that_more_can_join(brand, team, later):
    MailFactory(person=team[Role.PUBLISHER], brand=brand, state="sent", sent_at=later)
    open_some(brand, 1)
    gather(later)
    due = {mail.person.username: mail.next_try_at for mail in Mail.objects.waiting()}
    assert due == {"publisher": later + APART, "administrator": later}


def test_brands_are_told_of_apart(brand, team, later):
    other = MembershipFactory(user=team[Role.PUBLISHER], role=Role.PUBLISHER).brand
    open_some(brand, 1)
    open_some(other, 1, first=2)
    gather(later)
    mine = Mail.objects.filter(person=team[Role.PUBLISHER])
    assert {mail.brand for mail in mine} == {brand, other}


def test_mails_that_are_done_with_are_forgotten_and_those_that_wait_are_not():
    now = timezone.now()
    for state in Mail.State:
        lease = {"lease_until": now} if state == "sending" else {}
        MailFactory(state=state, sent_at=now, **lease)
    Mail.objects.update(created_at=now - KEPT - timedelta(hours=1))
    forget_old_mail(now)
    assert set(Mail.objects.values_list("state", flat=True)) == {"waiting", "sending"}
