"""Secrets are looked for wherever something is kept or shown: none is found."""

import json
import logging

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from organisation.models import Role
from platforms import flows
from platforms.doors import open_door
from platforms.models import OAuthFlow, PlatformCredential
from platforms.oauth import AppKeys, Grant, Offer, Question
from platforms.refreshing import Renewal
from platforms.values import AccountFacts
from posting.connecting import target_of
from syndication_project.exception_reports import Report
from tests.desk.walking import CAFE, SITE, Walk
from tests.factories import MembershipFactory
from tests.sandbox.conftest import running

pytestmark = pytest.mark.django_db
APP_SECRET = "the-secret-of-our-own-app-77"


@pytest.fixture
def una():
    person = MembershipFactory(role=Role.ADMINISTRATOR, user__is_staff=True).user
    person.is_superuser = True
    person.save()
    return person


@pytest.fixture
def walk(settings, una):
    with running() as sandbox:
        settings.SANDBOX_URL, settings.SITE_URL = sandbox.address, SITE
        made = Walk(sandbox, una)
        brand = una.memberships.get().brand
        words = {"brand": brand.pk, "client_id": "123456789012", "client_secret": APP_SECRET}
        made.client.post(reverse("desk:connect_app", args=["facebook"]), words)
        made.connect(CAFE, sandbox=1)
        yield made


def secrets_there():
    """Every secret that is stored now."""
    found = set(PlatformCredential.objects.values_list("credential_value", flat=True))
    found = {value for value in found if len(value) > 12}
    for packed in filter(None, OAuthFlow.objects.values_list("secret", flat=True)):
        found |= {token for one in json.loads(packed) for token in one["tokens"] if token}
    return found


def assert_none_in(text, secrets):
    assert secrets
    for secret in secrets:
        assert secret not in text


def test_no_page_shows_one(walk, una):
    choice = walk.arrive(sandbox=1).url
    secrets = secrets_there()
    assert len(secrets) >= 3
    account = una.memberships.get().brand.accounts.get()
    pages = [
        choice,
        reverse("desk:platforms"),
        reverse("desk:account", args=[account.pk]),
        reverse("desk:connect"),
        reverse("desk:connect_app", args=["facebook"]),
        reverse("desk:connect_token", args=["facebook"]),
        reverse("admin:platforms_account_change", args=[account.pk]),
        *(
            reverse("admin:platforms_platformcredential_change", args=[row.pk])
            for row in PlatformCredential.objects.all()
        ),
        *(
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            for model in admin.site._registry
        ),
    ]
    for address in pages:
        answer = walk.client.get(address)
        assert answer.status_code == 200, address
        assert_none_in(answer.content.decode(), secrets)


def test_no_table_holds_one_in_clear(walk):
    walk.arrive(sandbox=1)
    secrets = secrets_there()
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            for row in cursor.fetchall():
                text = " ".join(
                    bytes(cell).decode("latin-1")
                    if isinstance(cell, bytes | memoryview)
                    else str(cell)
                    for cell in row
                )
                assert_none_in(text, secrets)


def test_no_dump_holds_one(walk, capsys):
    walk.arrive(sandbox=1)
    for table in ("platforms.platformcredential", "platforms.oauthflow"):
        with pytest.raises(Exception, match="never exported"):
            call_command("dumpdata", table)
    call_command(
        "dumpdata", exclude=["platforms.platformcredential", "platforms.oauthflow", "sessions"]
    )
    assert_none_in(capsys.readouterr().out, secrets_there())


def test_no_log_line_holds_one(walk, caplog):
    caplog.set_level(logging.DEBUG)
    walk.sandbox.arm("facebook", "error_500_before", call="refresh")
    walk.arrive(sandbox=1)
    walk.arrive(sandbox=1)
    assert_none_in(caplog.text, secrets_there())
    assert "code=" not in caplog.text


def test_no_history_of_the_admin_holds_one(walk):
    row = PlatformCredential.objects.filter(credential_type="app_secret").get()
    new = "a-new-secret-of-the-app-4321"
    walk.client.post(
        reverse("admin:platforms_platformcredential_change", args=[row.pk]),
        {"value": new, "scopes": "[]", "is_active": "on"},
    )
    row.refresh_from_db()
    assert (row.credential_value, row.version, row.last_four) == (new, 2, "4321")
    text = " ".join(f"{one.object_repr} {one.change_message}" for one in LogEntry.objects.all())
    assert_none_in(text, {new, APP_SECRET})


def test_a_value_that_is_left_empty_in_the_admin_stays(walk):
    row = PlatformCredential.objects.filter(credential_type="app_secret").get()
    walk.client.post(
        reverse("admin:platforms_platformcredential_change", args=[row.pk]),
        {"value": "", "scopes": "[]", "is_active": "on"},
    )
    row.refresh_from_db()
    assert (row.credential_value, row.version) == (APP_SECRET, 1)


def test_no_repr_holds_one(walk, una):
    walk.arrive(sandbox=1)
    flow = OAuthFlow.objects.get(ended_at=None)
    account = una.memberships.get().brand.accounts.get()
    row = PlatformCredential.objects.get(account=account, is_active=True)
    place = flows.place_in(flow)
    secret = "a secret nobody may see 1234"
    shown = [
        row,
        flow,
        flows.choice_of(flow),
        target_of(account),
        open_door(place, secret),
        AppKeys("1", secret),
        Grant(secret, None, secret),
        Offer(AccountFacts("1", "x"), Grant(secret)),
        Question(secret),
        Renewal(row, account, place, place.path, {"access_token": secret}),  # type: ignore[arg-type]
    ]
    for one in shown:
        assert_none_in(f"{one!r} {one}", secrets_there() | {secret})


def broken(*args, **kwargs):
    raise ZeroDivisionError("a bug")


@pytest.mark.parametrize("debug", [False, True])
def test_no_page_about_an_exception_shows_one(walk, monkeypatch, settings, rf, debug):
    """Nor the mail that goes to administrators. With DEBUG Django itself shows every variable."""
    settings.DEBUG = debug
    monkeypatch.setattr("desk.views.connecting.pasting.identify", broken)
    secret = "a-token-that-was-just-pasted-9c1e"
    client = Client(HTTP_HOST="127.0.0.1:8000", raise_request_exception=False)
    client.force_login(walk.client.get(reverse("desk:platforms")).wsgi_request.user)
    answer = client.post(
        reverse("desk:connect_token", args=["facebook"]) + "?sandbox=1", {"token": secret}
    )
    assert answer.status_code == 500
    assert_none_in(answer.content.decode(), {secret})


def test_the_report_of_an_exception_shows_names_and_no_values(rf, settings):
    settings.DEBUG = True
    code, token = "AQ" + "x" * 20, "EAA" + "y" * 20
    request = rf.post(f"/syndication/connect/return?code={code}", {"signed_request": token})
    request.COOKIES["sessionid"] = token
    kept = {"access_token": token}
    try:
        kept["nothing"].strip()
    except KeyError as error:
        reporter = Report(request, type(error), error, error.__traceback__)
        text = reporter.get_traceback_html() + reporter.get_traceback_text()
    assert "kept" in text
    assert_none_in(text, {code, token})
