"""The doctor's line about mail: set up or not, reachable or not, and what is held up."""

import pytest

from monitoring.doctor.mail import check_mail
from monitoring.preflight import setting_faults
from organisation.models import User
from tests.factories import MailFactory, UserFactory
from tests.mailing.conftest import mail_server  # noqa: F401

pytestmark = pytest.mark.django_db


def said():
    return " ".join(f"{finding.level} {finding.sentence}" for finding in check_mail())


def test_without_a_mail_server_it_says_that_notices_stay_on_the_pages():
    assert said().startswith("OK No mail server is set up")


def test_a_server_that_answers_is_well(mail_server):  # noqa: F811
    UserFactory()
    assert said() == f"OK The mail server 127.0.0.1:{mail_server.port} answers."
    assert not mail_server.taken


def test_a_server_that_is_away_is_a_failure_with_what_to_do(mail_server):  # noqa: F811
    UserFactory()
    mail_server.stop()
    assert said().startswith("FAIL The mail server")
    assert "Check EMAIL_URL" in said()


def test_mails_that_are_held_up_or_refused_are_told(mail_server):  # noqa: F811
    assert "Nobody has an e-mail address" in said()
    MailFactory(attempts=3, error="451 later")
    MailFactory(state="refused", error="550 no such person")
    assert "could not leave: 1." in said()
    assert "451 later" in said()
    assert "550 no such person" in said()
    User.objects.update(notice_mail=False)
    assert "Nobody has an e-mail address" in said()


@pytest.mark.parametrize("sender", ["", "Syndication", "nobody@"])
def test_mail_from_nobody_keeps_processes_from_starting(settings, sender):
    settings.MAIL_IS_SET_UP, settings.DEFAULT_FROM_EMAIL = True, sender
    [sentence] = setting_faults()
    assert "DEFAULT_FROM_EMAIL names no address" in sentence


@pytest.mark.parametrize("sender", ["a@example.org", "Syndication <a@example.org>"])
def test_mail_from_an_address_is_fine(settings, sender):
    settings.MAIL_IS_SET_UP, settings.DEFAULT_FROM_EMAIL = True, sender
    assert not setting_faults()
