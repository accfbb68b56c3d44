"""Mails reach a mail server over a real socket, once, however that server behaves."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from organisation.mailing import delivering
from organisation.mailing.gathering import gather
from organisation.models import Mail, Membership, Role, User
from organisation.notices import open_notice, resolve_notice
from tests.factories import MailFactory
from tests.mailing.conftest import make_due, open_some, tell

pytestmark = pytest.mark.django_db
PUBLISHER, ADMINISTRATOR = "publisher@example.org", "administrator@example.org"


def states():
    return sorted(Mail.objects.values_list("state", flat=True))


def test_five_hundred_failures_are_one_mail_that_names_some_and_counts_the_rest(
    mail_server, brand, team, later
):
    open_some(brand, 500)
    assert tell(later) == 2
    [mail] = mail_server.to(PUBLISHER)
    body = mail.get_content()
    assert mail["Subject"] == "Glen & Loom: 500 posts failed"
    assert mail["From"] == "Syndication <syndication@example.org>"
    assert "Failed (500)" in body
    assert body.count("was refused.") == 10
    assert "and 490 more" in body
    assert "https://syndication.example.org/syndication/notices" in body
    assert len(mail_server.taken) == 2


def test_the_all_clear_is_one_mail_that_says_how_it_ended(mail_server, brand, team, later):
    open_some(brand, 1)
    tell(later)
    resolve_notice("failed:1", later, "Mairi asked to try it again.")
    tell(later)
    tell(later)
    begun, over = mail_server.to(PUBLISHER)
    assert over["Subject"] == "Glen & Loom: over: 1 post failed"
    assert "How it ended: Mairi asked to try it again." in over.get_content()
    assert begun["Message-ID"] != over["Message-ID"]


def test_a_mail_server_that_is_away_loses_nothing(mail_server, brand, team, later):
    mail_server.stop()
    open_some(brand, 2)
    assert tell(later) == 0
    assert states() == ["waiting", "waiting"]
    assert all(mail.next_try_at > timezone.now() for mail in Mail.objects.all())
    assert Mail.objects.exclude(error="").count() == 1  # the others were not even tried
    open_some(brand, 3, first=10)
    mail_server.start()
    tell(later)
    assert [mail["Subject"] for mail in mail_server.taken] == ["Glen & Loom: 5 posts failed"] * 2
    assert states() == ["sent", "sent"]


def test_each_try_in_vain_is_followed_by_a_longer_pause(mail_server, brand, team, later):
    mail_server.stop()
    open_some(brand, 1)
    Membership.objects.filter(role=Role.ADMINISTRATOR).delete()
    pauses = []
    for _ in range(8):
        tell(later)
        pauses.append((Mail.objects.get().next_try_at - timezone.now()).total_seconds() / 60)
    assert [round(pause) for pause in pauses] == [1, 2, 5, 15, 30, 60, 60, 60]


def test_an_address_that_is_refused_for_good_is_not_tried_again(mail_server, brand, team, later):
    mail_server.recipient_answer = "550 no such person"
    open_some(brand, 1)
    tell(later)
    assert states() == ["refused", "refused"]
    assert "no such person" in Mail.objects.first().error
    mail_server.recipient_answer = "250 fine"
    make_due()
    assert delivering.deliver() == 0


def test_an_address_that_is_refused_for_now_does_not_keep_the_others(
    mail_server, brand, team, later
):
    mail_server.recipient_answer = "451 try later"
    open_some(brand, 1)
    tell(later)
    assert states() == ["waiting", "waiting"]
    assert set(Mail.objects.values_list("attempts", flat=True)) == {1}
    mail_server.recipient_answer = "250 fine"
    tell(later)
    assert states() == ["sent", "sent"]


def test_a_mail_that_cannot_be_made_does_not_keep_the_others(mail_server, brand, team, later):
    User.objects.filter(username="publisher").update(email="two\nlines@example.org")
    open_some(brand, 1)
    assert tell(later) == 1
    assert [mail["To"] for mail in mail_server.taken] == [ADMINISTRATOR]
    assert states() == ["sent", "waiting"]


def test_taken_but_not_answered_means_once_more_with_the_same_id(mail_server, brand, team, later):
    Membership.objects.filter(role=Role.ADMINISTRATOR).delete()
    mail_server.silent_after_taking = True
    open_some(brand, 1)
    tell(later)
    assert states() == ["waiting"]
    mail_server.silent_after_taking = False
    tell(later)
    first, second = mail_server.to(PUBLISHER)
    assert first["Message-ID"] == second["Message-ID"]
    assert states() == ["sent"]


def test_a_worker_that_died_while_sending_leaves_the_mail_to_another(
    mail_server, brand, team, later
):
    open_some(brand, 1)
    gather(later)
    now = timezone.now()
    make_due()
    held = [delivering.take(now), delivering.take(now)]
    assert None not in held
    assert delivering.take(now + delivering.LEASE) is None
    assert delivering.take(now + delivering.LEASE + timedelta(seconds=1)) is not None


def test_the_slow_worker_that_lost_its_mail_writes_nothing_over_the_other(mail_server):
    MailFactory()
    now = timezone.now()
    slow = delivering.take(now)
    other = delivering.take(now + delivering.LEASE + timedelta(seconds=1))
    assert slow is not None and other is not None  # noqa: PT018
    delivering._settle(slow, Mail.State.WAITING, next_try_at=now)
    assert states() == ["sending"]
    delivering._settle(other, Mail.State.SENT, sent_at=now)
    assert states() == ["sent"]


@pytest.mark.parametrize("change", [{"notice_mail": False}, {"email": ""}, {"is_active": False}])
def test_who_changed_their_mind_meanwhile_gets_nothing(mail_server, brand, team, later, change):
    open_some(brand, 1)
    gather(later)
    User.objects.filter(username="publisher").update(**change)
    make_due()
    delivering.deliver()
    assert {mail["To"] for mail in mail_server.taken} == {ADMINISTRATOR}
    assert states() == ["dropped", "sent"]


def test_who_left_the_brand_meanwhile_gets_nothing(mail_server, brand, team, later):
    open_some(brand, 1)
    gather(later)
    Membership.objects.filter(user=team[Role.PUBLISHER]).delete()
    make_due()
    delivering.deliver()
    assert {mail["To"] for mail in mail_server.taken} == {ADMINISTRATOR}


def test_mails_of_one_brand_that_both_wait_leave_as_one(mail_server, brand, team):
    person = team[Role.PUBLISHER]
    for number in (1, 2):
        open_notice(f"failed:{number}", f"Post {number} was refused.", brand=brand)
    one, two = MailFactory(person=person, brand=brand), MailFactory(person=person, brand=brand)
    for mail, notice in zip((one, two), brand.notices.order_by("pk"), strict=True):
        mail.lines.create(notice=notice, person=person)
    assert delivering.deliver() == 1
    assert [mail["Subject"] for mail in mail_server.taken] == ["Glen & Loom: 2 posts failed"]


def test_words_with_line_ends_make_no_headers(mail_server, brand, team, later):
    brand.name = "Glen\r\nBcc: all@example.org"
    brand.save()
    open_some(brand, 1)
    tell(later)
    assert mail_server.taken[0]["Bcc"] is None
    assert "Bcc: all@example.org" in mail_server.taken[0]["Subject"]


def test_without_a_mail_server_nothing_is_taken(brand, team, later):
    open_some(brand, 1)
    assert tell(later) == 0
    assert states() == ["waiting", "waiting"]


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_sends_each_mail(mail_server, brand, team, later):
    open_some(brand, 20)
    gather(later)
    make_due()

    def work():
        try:
            delivering.deliver()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(mail["To"] for mail in mail_server.taken) == [ADMINISTRATOR, PUBLISHER]


@pytest.mark.django_db(transaction=True)
def test_workers_that_gather_at_once_write_each_line_once(brand, team, later):
    open_some(brand, 60)
    errors = []

    def work():
        try:
            gather(later)
        except Exception as error:  # noqa: BLE001 (told below, in the thread that asserts)
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert not errors
    assert sum(mail.lines.count() for mail in Mail.objects.all()) == 120
