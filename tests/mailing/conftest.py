"""A brand with people of every role, and a mail server on a real socket."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.mailing import delivering
from organisation.mailing.gathering import GATHERED_FOR, gather
from organisation.models import Mail, Role
from organisation.notices import open_notice
from tests.factories import BrandFactory, MembershipFactory, UserFactory
from tests.mail_server import MailServer


@pytest.fixture
def mail_server(settings):
    server = MailServer()
    server.start()
    settings.MAIL_IS_SET_UP = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "Syndication <syndication@example.org>"
    settings.SITE_URL = "https://syndication.example.org"
    yield server
    server.stop()


@pytest.fixture
def brand():
    return BrandFactory(name="Glen & Loom")


@pytest.fixture
def team(brand):
    """One person of each role, by role."""
    return {
        role: MembershipFactory(brand=brand, role=role, user=UserFactory(username=role)).user
        for role in Role
    }


@pytest.fixture
def later():
    """A moment when what was just opened has lasted long enough to be mailed."""
    return timezone.now() + GATHERED_FOR + timedelta(seconds=1)


def open_some(brand, count, kind="failed", first=1):
    for number in range(first, first + count):
        open_notice(f"{kind}:{number}", f"Post {number} was refused.", brand=brand)


def make_due():
    """As if the pauses were over."""
    Mail.objects.waiting().update(next_try_at=timezone.now() - timedelta(seconds=1))


def tell(now):
    """Gather and send all there is."""
    gather(now)
    make_due()
    return delivering.deliver()
