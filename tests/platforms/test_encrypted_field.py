"""Encrypted text in the database: kept, rotated, refused with the wrong key, never exported."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from django.core import serializers
from django.core.management import call_command
from django.db import connection, models
from django.test.utils import isolate_apps

from platforms.fields import EncryptedTextField, current_key_id, key_id, known_key_ids
from platforms.models import PlatformCredential
from tests.factories import CredentialFactory

OLD, NEW, OTHER = "old-key", "new-key", "another-key"
TABLE = "tests_encrypted_text"
Read = Callable[..., Any]


def reader(*keys: str, settings: Any) -> Any:
    """A model of the test's own table whose field works with these keys."""
    settings.FERNET_KEYS = list(keys)
    with isolate_apps("platforms"):

        class Secret(models.Model):
            value = EncryptedTextField(null=True)

            class Meta:
                app_label = "platforms"
                db_table = TABLE

            def __str__(self) -> str:
                return TABLE

    assert Secret._meta.get_field("value").fernet  # the keys are read once, here
    return Secret


@pytest.fixture
def with_keys(transactional_db: None, settings: Any) -> Iterator[Read]:
    table = reader(OLD, settings=settings)
    with connection.schema_editor() as editor:
        editor.create_model(table)
    yield lambda *keys: reader(*keys, settings=settings)
    with connection.schema_editor() as editor:
        editor.delete_model(table)


def stored() -> list[bytes | None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT value FROM {TABLE} ORDER BY id")
        return [row[0] if row[0] is None else bytes(row[0]) for row in cursor.fetchall()]


def test_what_is_stored_is_not_what_was_written(with_keys):
    secret = with_keys(OLD)
    secret.objects.create(value="tökën-0123")
    assert secret.objects.get().value == "tökën-0123"
    assert b"0123" not in (stored()[0] or b"")


def test_nothing_and_the_empty_text_stay_apart(with_keys):
    secret = with_keys(OLD)
    secret.objects.create(value=None)
    secret.objects.create(value="")
    assert [row.value for row in secret.objects.order_by("id")] == [None, ""]
    assert stored()[0] is None


def test_a_bulk_update_keeps_what_it_was_given(with_keys):
    secret = with_keys(OLD)
    rows = [secret.objects.create(value=f"old {n}") for n in range(3)]
    for row, value in zip(rows, ("one", "two", None), strict=True):
        row.value = value
    secret.objects.bulk_update(rows, ["value"])
    assert [row.value for row in secret.objects.order_by("id")] == ["one", "two", None]


def test_a_bulk_creation_keeps_what_it_was_given(with_keys):
    secret = with_keys(OLD)
    secret.objects.bulk_create([secret(value="one"), secret(value="two")])
    assert [row.value for row in secret.objects.order_by("id")] == ["one", "two"]


def test_an_update_keeps_what_it_was_given(with_keys):
    secret = with_keys(OLD)
    secret.objects.create(value="one")
    secret.objects.update(value="two")
    assert secret.objects.get().value == "two"


def test_a_new_key_in_front_still_reads_what_the_old_one_wrote(with_keys):
    with_keys(OLD).objects.create(value="written before")
    both = with_keys(NEW, OLD)
    assert both.objects.get().value == "written before"


def test_once_written_again_the_old_key_may_go(with_keys):
    with_keys(OLD).objects.create(value="written before")
    both = with_keys(NEW, OLD)
    for row in both.objects.all():
        row.save()
    assert with_keys(NEW).objects.get().value == "written before"
    with pytest.raises(InvalidToken):
        with_keys(OLD).objects.get()


def test_the_wrong_key_is_an_error_and_no_text(with_keys):
    with_keys(OLD).objects.create(value="written before")
    with pytest.raises(InvalidToken):
        with_keys(OTHER).objects.get()


@pytest.mark.django_db
def test_credentials_survive_a_bulk_update():
    for n in range(3):
        CredentialFactory(credential_value=f"token-number-{n}")
    credentials = list(PlatformCredential.objects.all())
    for credential in credentials:
        credential.credential_value = credential.credential_value.upper()
    PlatformCredential.objects.bulk_update(credentials, ["credential_value"])
    values = set(PlatformCredential.objects.values_list("credential_value", flat=True))
    assert values == {"TOKEN-NUMBER-0", "TOKEN-NUMBER-1", "TOKEN-NUMBER-2"}


@pytest.mark.django_db
def test_credentials_are_shown_by_their_last_four():
    credential = CredentialFactory(credential_value="token-for-tests-4f2a")
    for shown in (str(credential), repr(credential)):
        assert "4f2a" in shown
        assert "token-for-tests" not in shown
    assert CredentialFactory(credential_value="hunter2").last_four == ""


@pytest.mark.django_db
def test_credentials_are_not_exported(capsys):
    CredentialFactory()
    with pytest.raises(ValueError, match=r"--exclude platforms\.platformcredential"):
        serializers.serialize("json", PlatformCredential.objects.all())
    with pytest.raises(Exception, match="holds secrets"):
        call_command("dumpdata", "platforms")
    assert "token-for-tests" not in capsys.readouterr().out


def test_keys_are_named_without_being_given_away(settings):
    settings.FERNET_KEYS = [NEW, OLD]
    assert current_key_id() == key_id(NEW)
    assert known_key_ids() == {key_id(NEW), key_id(OLD)}
    assert len(key_id(NEW)) == 8
    assert key_id(NEW) not in NEW
