"""`manage.py doctor`: its lines, its exit code, and what each check notices."""

import io
import json
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from monitoring.doctor import database, machine, posts, processes, secrets
from monitoring.doctor.examination import examine
from monitoring.doctor.findings import Level
from organisation.models import Heartbeat
from platforms.models import Account
from tests.factories import (
    AccountFactory,
    CredentialFactory,
    HeartbeatFactory,
    PostFactory,
    SwitchFactory,
    UserFactory,
)
from tests.sandbox.conftest import running

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(data_dir, settings):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(data_dir / "messages")}


@pytest.fixture
def living():
    """A sending worker, a clock worker and beat, all seen a moment ago, and beat's tasks."""
    # Tests that flush the tables also flush what migrations put there.
    import_module("posting.migrations.0002_periodic_tasks").add_tasks(apps, None)
    return [HeartbeatFactory(kind=kind, slots=4) for kind in Heartbeat.Kind]


def found(check: Any) -> dict[Level, str]:
    """The sentences of a check by their level, joined."""
    findings = list(check())
    return {
        level: " ".join(f.sentence for f in findings if f.level == level)
        for level in {f.level for f in findings}
    }


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("doctor", *arguments, stdout=out, no_color=True)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def durable(transactional_db: None):
    """The suite's SQLite is fast and forgetful; the product's is not."""
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous=FULL")
    yield
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous=OFF")


def test_an_installation_in_order_has_no_fail_and_ends_with_0(durable, living):
    code, said = run()
    assert code == 0, said
    assert "FAIL " not in said
    assert said.splitlines()[-1].endswith("0 WARN, 0 FAIL")


def test_a_fail_ends_with_1_and_says_what_to_do():
    code, said = run()
    assert code == 1
    assert "No sending worker is alive. Nothing is sent. `make run` starts" in said


def test_json_has_one_object_for_each_line(living):
    _, said = run("--json")
    lines = json.loads(said)
    assert {"level", "about", "sentence"} == set(lines[0])
    assert {line["level"] for line in lines} <= set(Level)


@pytest.mark.sqlite
def test_sqlite_is_asked_and_not_the_settings():
    assert "synchronous is 0 and must be 2" in found(database.check_database)[Level.FAIL]


@pytest.mark.sqlite
def test_sqlite_with_full_sync_and_wal_is_durable(durable):
    said = found(database.check_database)
    assert set(said) == {Level.OK}
    assert "WAL" in said[Level.OK]


def on_postgres() -> bool:
    return connection.vendor == "postgresql"


def test_postgres_without_synchronous_commit_is_a_fail():
    if not on_postgres():
        assert connection.vendor == "sqlite"
        return
    connection.cursor().execute("SET LOCAL synchronous_commit = off")
    assert "synchronous_commit is off" in found(database.check_database)[Level.FAIL]


def test_postgres_without_room_for_the_workers_is_a_fail():
    if not on_postgres():
        assert connection.vendor == "sqlite"
        return
    HeartbeatFactory.create_batch(60)
    assert "60 sending workers" in found(database.check_database)[Level.FAIL]


def test_the_embedded_broker_writes_where_its_messages_go(data_dir):
    assert found(processes.check_broker) == {Level.OK: "The embedded broker takes messages."}
    assert (data_dir / "messages").is_dir()


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_does_not_answer_is_a_fail_without_its_password(
    settings, monkeypatch, scheme
):
    url = f"{scheme}://user:hidden-password@127.0.0.1:1//"
    settings.CELERY_BROKER_URL = url
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", url)
    said = found(processes.check_broker)[Level.FAIL]
    assert f"{scheme}://127.0.0.1 cannot be reached" in said
    assert "hidden-password" not in said


@pytest.mark.redis
def test_redis_is_reached(settings, monkeypatch, redis_url):
    settings.CELERY_BROKER_URL = redis_url
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", redis_url)
    assert set(found(processes.check_broker)) == {Level.OK}


@pytest.mark.rabbitmq
def test_rabbitmq_is_reached(settings, monkeypatch, rabbitmq_url):
    settings.CELERY_BROKER_URL = rabbitmq_url
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", rabbitmq_url)
    assert set(found(processes.check_broker)) == {Level.OK}


def test_a_worker_that_fell_silent_is_told_with_its_name(living):
    HeartbeatFactory(process="quiet-host:77:sender", seen_at=timezone.now() - timedelta(minutes=2))
    assert "quiet-host:77:sender fell silent 12" in found(processes.check_workers)[Level.WARN]


def test_a_silent_beat_is_a_fail():
    HeartbeatFactory(kind=Heartbeat.Kind.BEAT, seen_at=timezone.now() - timedelta(minutes=2))
    assert "Nothing wakes the clock" in found(processes.check_beat)[Level.FAIL]


def test_a_periodic_task_that_was_switched_off_is_a_fail(living):
    PeriodicTask.objects.filter(task="posting.tasks.dispatch_due").update(enabled=False)
    assert "posting.tasks.dispatch_due" in found(processes.check_beat)[Level.FAIL]


def test_tokens_show_their_last_four_characters_only():
    AccountFactory(token="a-very-secret-token-9f3c")
    said = found(secrets.check_tokens)[Level.OK]
    assert "••••9f3c has no end date" in said
    assert "secret" not in said


def test_a_missing_token_is_a_fail():
    AccountFactory(token=False, name="Glen & Loom")
    assert "Glen & Loom: no access token is stored" in found(secrets.check_tokens)[Level.FAIL]


@pytest.mark.parametrize(
    ("days", "level"), [(-1, Level.FAIL), (3, Level.WARN), (60, Level.OK)],
    ids=["ended", "ends this week", "lasts"],
)  # fmt: skip
def test_a_token_that_ends_is_told_ahead(days, level):
    account = AccountFactory(token=False)
    CredentialFactory(account=account, expires_at=timezone.now() + timedelta(days=days))
    assert set(found(secrets.check_tokens)) == {level}


def test_an_account_that_does_not_send_is_told_with_its_reason():
    AccountFactory(state=Account.State.PAUSED, state_reason="Paused by Callum Reid.")
    assert "paused. Paused by Callum Reid." in found(secrets.check_tokens)[Level.WARN]


def test_online_asks_the_platform_and_notices_a_wrong_token_and_another_account(settings):
    with running() as sandbox:
        settings.SANDBOX_URL = sandbox.address
        sandbox.register("mastodon", "1", "right-token-0000001")
        sandbox.register("mastodon", "2", "other-token-0000002")
        accounts = [
            AccountFactory(platform="mastodon", server="sandbox", remote_id=key, token=token)
            for key, token in (
                ("1", "right-token-0000001"),
                ("3", "other-token-0000002"),
                ("4", "wrong-token-0000003"),
            )
        ]
        lines = list(secrets.check_tokens_online())
    assert [line.level for line in lines] == [Level.OK, Level.FAIL, Level.FAIL]
    assert "the token belongs to Account 2 (2), not to 3" in lines[1].sentence
    assert str(accounts[2]) in lines[2].sentence


def test_online_a_platform_that_is_away_is_a_warning(settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    AccountFactory(platform="mastodon", server="sandbox")
    assert "could not be asked" in found(secrets.check_tokens_online)[Level.WARN]


def test_zones_come_from_the_pinned_package():
    assert "from the tzdata package" in found(machine.check_zones)[Level.OK]


def test_zones_of_the_system_are_a_fail(monkeypatch):
    monkeypatch.setattr(machine.zoneinfo, "TZPATH", ("/usr/share/zoneinfo",))
    assert "/usr/share/zoneinfo" in found(machine.check_zones)[Level.FAIL]


def test_another_tzdata_than_the_pinned_one_is_a_warning(monkeypatch):
    monkeypatch.setattr(machine, "version", lambda package: "1999.1")
    assert "tzdata 1999.1 is installed" in found(machine.check_zones)[Level.WARN]


def test_a_clock_that_runs_apart_is_told(monkeypatch):
    if not on_postgres():
        assert "one clock" in found(machine.check_clock)[Level.OK]
        return
    assert set(found(machine.check_clock)) == {Level.OK}
    later = timezone.now() + timedelta(minutes=1)
    monkeypatch.setattr(machine, "database_now", lambda: later)
    assert "Set both by NTP" in found(machine.check_clock)[Level.FAIL]


def test_a_media_folder_that_is_a_file_is_a_fail(settings, data_dir):
    Path(settings.MEDIA_ROOT).write_text("not a folder")
    assert "cannot be written to" in found(machine.check_media)[Level.FAIL]


def test_a_full_disk_is_told_before_it_is_full(monkeypatch):
    for free, level in ((10**8, Level.FAIL), (5 * 10**8, Level.WARN), (10**10, Level.OK)):
        usage = type("Usage", (), {"free": free})
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda path, usage=usage: usage)
        assert set(found(machine.check_disk)) == {level}


def test_accounts_the_sandbox_does_not_know_are_a_fail(settings):
    account = AccountFactory(platform="mastodon", server="sandbox", remote_id="5")
    assert "SANDBOX_URL is not set" in found(machine.check_sandbox)[Level.WARN]
    with running() as sandbox:
        settings.SANDBOX_URL = sandbox.address
        assert str(account) in found(machine.check_sandbox)[Level.FAIL]
        sandbox.register("mastodon", "5", "token-0000000005")
        assert set(found(machine.check_sandbox)) == {Level.OK}
    assert "Start it with" in found(machine.check_sandbox)[Level.FAIL]


def test_a_platform_that_fetches_media_needs_an_address_it_can_reach(settings):
    settings.SITE_URL, settings.MEDIA_BASE_URL = "http://127.0.0.1:8000", ""
    AccountFactory(platform="instagram", server="sandbox")
    AccountFactory(platform="facebook")
    assert set(found(machine.check_address)) == {Level.OK}
    AccountFactory(platform="instagram", server="")
    assert "sets MEDIA_BASE_URL" in found(machine.check_address)[Level.WARN]
    settings.MEDIA_BASE_URL = "https://media.example.org"
    assert "https://media.example.org" in found(machine.check_address)[Level.OK]


def test_a_post_that_nobody_took_and_one_that_needs_a_person_are_told():
    PostFactory(scheduled=True, due=timezone.now() - timedelta(minutes=5))
    PostFactory(failed=True)
    said = found(posts.check_posts)[Level.WARN]
    assert "1 post is due for over a minute" in said
    assert "1 post is waiting for a person" in said


def test_a_late_post_of_a_paused_account_is_no_surprise():
    account = AccountFactory(state=Account.State.PAUSED)
    PostFactory(account=account, scheduled=True, due=timezone.now() - timedelta(minutes=5))
    assert set(found(posts.check_posts)) == {Level.OK}


def test_a_kill_switch_is_told_with_who_and_how_to_start():
    callum = UserFactory(first_name="Callum", last_name="Reid")
    SwitchFactory(stopped_by=callum, stopped_at=timezone.now())
    said = found(posts.check_posts)[Level.WARN]
    assert "stopped for everything by Callum Reid" in said
    assert "manage.py start_publishing" in said


def test_a_check_that_breaks_is_a_line_and_the_others_go_on(monkeypatch, living):
    def broken(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(machine.shutil, "disk_usage", broken)
    findings = examine()
    [line] = [finding for finding in findings if finding.about == "disk"]
    assert line.sentence == "This could not be checked: the disk is gone."
    assert findings[-1].about == "mail"
