"""What stops a process from starting, and the sentence it leaves."""

import os
import subprocess
import sys
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from monitoring import preflight
from platforms.fields import key_id
from platforms.models import PlatformCredential
from tests.factories import CredentialFactory
from tests.processes import ROOT

OLD_KEY, NEW_KEY = "an old key", "a new key"


@pytest.fixture
def set_keys(settings, monkeypatch):
    """Puts keys in place as a new process would find them: the field remembers those it saw."""
    field: Any = PlatformCredential._meta.get_field("credential_value")

    def put(*keys: str) -> None:
        settings.FERNET_KEYS = list(keys)
        for remembered in ("keys", "fernet_keys", "fernet"):
            field.__dict__.pop(remembered, None)

    yield put
    for remembered in ("keys", "fernet_keys", "fernet"):
        field.__dict__.pop(remembered, None)


@pytest.mark.django_db
def test_a_database_and_settings_in_order_are_no_fault():
    CredentialFactory()
    assert preflight.faults() == []
    preflight.refuse_if_unfit()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("DB_CONNECTIONS", 0), ("SEND_SLOTS", -1), ("SEND_SLOTS", 100_000), ("LEASE_SECONDS", 0),
     ("SETTLE_SECONDS", 0), ("GIVE_UP_HOURS", 0), ("READ_TIMEOUT", 0), ("CONNECT_TIMEOUT", -5)],
)  # fmt: skip
def test_a_value_that_cannot_be_meant_is_named_with_its_bounds(settings, setting, value):
    setattr(settings, setting, value)
    [sentence] = preflight.setting_faults()
    assert sentence.startswith(f"{setting} is {value}. It must be from ")


def test_a_lease_too_short_for_the_timeouts_says_how_long_it_must_be(settings):
    settings.LEASE_SECONDS, settings.CONNECT_TIMEOUT, settings.READ_TIMEOUT = 60, 10, 30
    [sentence] = preflight.setting_faults()
    assert "Set LEASE_SECONDS to at least 67, or the timeouts lower." in sentence
    settings.LEASE_SECONDS = 67
    assert preflight.setting_faults() == []


@pytest.mark.parametrize("key", ["short", "a" * 60, "django-insecure-" + "abcdefghij" * 5])
def test_a_secret_key_that_can_be_guessed_is_refused_and_not_repeated(settings, key):
    settings.SECRET_KEY = key
    [sentence] = preflight.setting_faults()
    assert sentence.startswith("SECRET_KEY can be guessed.")
    assert key not in sentence


@pytest.mark.django_db
def test_a_migration_that_was_not_run_says_what_to_run():
    MigrationRecorder(connection).migration_qs.filter(app="posting").delete()
    sentence = preflight.faults()[0]
    assert sentence.startswith("The database is not up to date: ")
    assert "Run `manage.py migrate`" in sentence


@pytest.mark.django_db
def test_credentials_of_a_lost_key_say_how_many_which_key_and_what_to_do(set_keys):
    set_keys(OLD_KEY)
    CredentialFactory()
    CredentialFactory()
    set_keys(NEW_KEY)
    [sentence] = preflight.faults()
    assert sentence.startswith("2 stored credentials cannot be read: the encryption key ")
    assert key_id(OLD_KEY) in sentence
    assert "Add that key to FERNET_KEYS" in sentence
    assert OLD_KEY not in sentence


@pytest.mark.django_db
def test_an_older_key_behind_the_new_one_is_enough(set_keys):
    set_keys(OLD_KEY)
    CredentialFactory()
    set_keys(NEW_KEY, OLD_KEY)
    CredentialFactory()
    assert preflight.faults() == []


@pytest.mark.django_db
def test_a_credential_that_was_changed_in_the_database_is_named():
    credential = CredentialFactory()
    table = PlatformCredential._meta.db_table
    other = Fernet(Fernet.generate_key()).encrypt(b"token")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET credential_value = %s", [other])
    [sentence] = preflight.faults()
    assert f"cannot be decrypted although the key is here (ids {credential.pk})" in sentence


@pytest.mark.django_db
def test_no_token_appears_in_any_sentence(set_keys):
    set_keys(OLD_KEY)
    CredentialFactory(credential_value="super-secret-token-1234")
    set_keys(NEW_KEY)
    assert "super-secret" not in " ".join(preflight.faults())


@pytest.mark.django_db
def test_it_costs_a_few_queries_however_many_credentials_there_are(django_assert_max_num_queries):
    CredentialFactory.create_batch(5)
    with django_assert_max_num_queries(6):
        preflight.faults()


@pytest.mark.django_db
def test_an_unfit_process_ends_with_1_and_its_sentences(settings, capsys):
    settings.SEND_SLOTS = 0
    with pytest.raises(SystemExit) as end:
        preflight.refuse_if_unfit()
    assert end.value.code == 1
    assert capsys.readouterr().err == "SEND_SLOTS is 0. It must be from 1 to 1000.\n"


@pytest.mark.slow
def test_no_worker_starts_on_a_key_that_cannot_read_what_is_stored(process_environment):
    CredentialFactory()
    environment = {**process_environment, "FERNET_KEYS": "another key"}
    worker = [
        "celery",
        "--app",
        "syndication_project",
        "worker",
        "--queues",
        "send",
        "--pool",
        "solo",
    ]
    result = subprocess.run(
        [sys.executable, "-m", *worker], env=environment, cwd=ROOT, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode != 0
    assert "1 stored credential cannot be read" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_database_that_cannot_be_reached_is_one_sentence():
    script = (
        "import django; django.setup()\n"
        "from monitoring.preflight import faults; print(*faults(), sep='\\n')"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "syndication_project.settings",
        "DATABASE_URL": "postgres://nobody:hidden-password@127.0.0.1:1/nothing",
    }
    result = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    [line] = result.stdout.splitlines()
    assert line.startswith("The database cannot be used: ")
    assert "hidden-password" not in line


@pytest.mark.django_db
def test_migrate_itself_is_never_refused():
    call_command("migrate", verbosity=0)
