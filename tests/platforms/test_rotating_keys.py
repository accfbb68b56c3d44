"""Encrypting stored secrets anew, while everything runs."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from platforms.fields import key_id
from platforms.models import PlatformCredential
from platforms.rotating import rotate
from tests.factories import CredentialFactory

pytestmark = pytest.mark.django_db
OLD, NEW = "an old key", "a new key"


@pytest.fixture
def keys(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts keys in place as a new process would find them: the field remembers those it saw."""
    field: Any = PlatformCredential._meta.get_field("credential_value")

    def put(*values: str) -> None:
        settings.FERNET_KEYS = list(values)
        forget()

    def forget() -> None:
        for remembered in ("keys", "fernet_keys", "fernet"):
            field.__dict__.pop(remembered, None)

    yield put
    forget()


def stored() -> dict[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, credential_value FROM platform_credentials")
        return {pk: bytes(value) for pk, value in cursor.fetchall()}


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def test_every_secret_is_readable_with_the_new_key_alone_afterwards(keys: Any) -> None:
    keys(OLD)
    for number in range(5):
        CredentialFactory(credential_value=f"a token of account {number}")
    before = stored()
    keys(NEW, OLD)
    said = run("--batch", "2")
    assert "2 encrypted anew, 3 left." in said
    assert "can be read with the first key alone" in said
    keys(NEW)
    assert sorted(PlatformCredential.objects.values_list("credential_value", flat=True)) == [
        f"a token of account {number}" for number in range(5)
    ]
    assert set(PlatformCredential.objects.values_list("key_id", flat=True)) == {key_id(NEW)}
    assert not set(before.values()) & set(stored().values())


def test_half_way_both_are_read_and_the_rest_is_done_by_running_it_again(keys: Any) -> None:
    keys(OLD)
    for number in range(4):
        CredentialFactory(credential_value=f"a token of account {number}")
    keys(NEW, OLD)
    next(rotate(batch=2))
    assert PlatformCredential.objects.filter(key_id=key_id(OLD)).count() == 2
    assert len(PlatformCredential.objects.values_list("credential_value", flat=True)) == 4
    assert "2 encrypted anew, 0 left." in run()
    assert "Nothing was to be done." in run()


def test_a_token_renewed_meanwhile_wins(keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(OLD)
    row = CredentialFactory(credential_value="the token of before")
    keys(NEW, OLD)
    steps = rotate()
    read = PlatformCredential.from_db.__func__

    def renewed(cls: Any, db: Any, names: Any, values: Any) -> Any:
        monkeypatch.undo()
        PlatformCredential.objects.filter(pk=row.pk).update(
            credential_value="the token of now", version=2, key_id=key_id(NEW)
        )
        return read(cls, db, names, values)

    monkeypatch.setattr(PlatformCredential, "from_db", classmethod(renewed))
    assert next(steps).done == 0
    assert PlatformCredential.objects.get(pk=row.pk).credential_value == "the token of now"


def test_a_key_that_is_not_here_is_named_and_nothing_is_done(keys: Any) -> None:
    keys(OLD)
    CredentialFactory()
    before = stored()
    keys(NEW)
    with pytest.raises(CommandError, match=f"encrypted with {key_id(OLD)}, which is not among"):
        run()
    assert stored() == before


def test_an_empty_table_and_a_senseless_batch(keys: Any) -> None:
    keys(NEW)
    assert "Nothing was to be done." in run()
    with pytest.raises(CommandError, match="at least 1"):
        run("--batch", "0")
