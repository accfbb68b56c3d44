"""What must be right before any process starts. Each fault is a sentence that says what to do.

Called at the start of every process, so it costs a few queries and no more.
"""

import math
import sys
from email.utils import parseaddr
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Cast

from platforms.fields import known_key_ids
from platforms.models import PlatformCredential
from posting.instance_guard import foreign

SECRET_KEY_MIN = 32  # characters
ANSWER_SHARE = 0.6  # of a lease; the engine ends a request in time to record its answer
READ_AT_START = 2_000  # credentials; `manage.py doctor` reads them all

# setting, lowest, highest
BOUNDS = (
    ("DB_CONNECTIONS", 1, 200),
    ("SEND_SLOTS", 1, 1_000),
    ("LEASE_SECONDS", 1, 3_600),
    ("SETTLE_SECONDS", 1, 3_600),
    ("GIVE_UP_HOURS", 1, 720),
    ("DISCONNECT_AFTER", 1, 100),
    ("TOKEN_WARN_DAYS", 1, 60),
    ("CONNECT_TIMEOUT", 0.1, 600),
    ("READ_TIMEOUT", 0.1, 600),
    ("LLM_FIRST_SECONDS", 0.1, 600),
    ("LLM_SECONDS", 1, 1_800),
    ("LLM_MAX_TOKENS", 16, 100_000),
    ("LLM_AT_ONCE", 1, 3),
)


def faults() -> list[str]:
    """Return a sentence for each thing that keeps a process from starting; none is good news."""
    return [
        *setting_faults(),
        *(database_faults() or [*credential_faults(READ_AT_START), *machine_faults()]),
    ]


def refuse_if_unfit() -> None:
    """End this process, with the sentences on standard error, unless all is right."""
    found = faults()
    if not connection.in_atomic_block:
        connection.close()  # a process may fork after this, and a connection must not be shared
    if found:
        sys.stderr.write("\n".join([*found, ""]))
        raise SystemExit(1)


def setting_faults() -> list[str]:
    """Values that can be read and yet cannot be meant."""
    outside = [
        f"{name} is {getattr(settings, name)}. It must be from {lowest:g} to {highest:g}."
        for name, lowest, highest in BOUNDS
        if not lowest <= getattr(settings, name) <= highest
    ]
    return [*_secret_key_faults(), *(outside or _lease_faults()), *_mail_faults(), *_model_faults()]


def _model_faults() -> list[str]:
    if not settings.LLM_BASE_URL or settings.LLM_MODEL:
        return []
    return ["LLM_BASE_URL is set and LLM_MODEL names no model. Set it, or empty LLM_BASE_URL."]


def _mail_faults() -> list[str]:
    name, _, host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")
    if not settings.MAIL_IS_SET_UP or (name and host):
        return []
    sentence = (
        "EMAIL_URL is set and DEFAULT_FROM_EMAIL names no address. Mail servers refuse mail that "
        "comes from nobody. Set it, for example to Syndication <syndication@example.org>."
    )
    return [sentence]


def _secret_key_faults() -> list[str]:
    key = settings.SECRET_KEY
    if len(key) >= SECRET_KEY_MIN and len(set(key)) > 5 and not key.startswith("django-insecure"):
        return []
    sentence = (
        f"SECRET_KEY can be guessed. Set one of at least {SECRET_KEY_MIN} random characters; "
        'python -c "import secrets; print(secrets.token_urlsafe(50))" makes one.'
    )
    return [sentence]


def _lease_faults() -> list[str]:
    waits = settings.CONNECT_TIMEOUT + settings.READ_TIMEOUT
    shortest = math.ceil(waits / ANSWER_SHARE)
    if shortest <= settings.LEASE_SECONDS:
        return []
    sentence = (
        f"LEASE_SECONDS is {settings.LEASE_SECONDS}, and CONNECT_TIMEOUT and READ_TIMEOUT together "
        f"are {waits:g}. A worker would lose a post while it still waits for the platform. Set "
        f"LEASE_SECONDS to at least {shortest}, or the timeouts lower."
    )
    return [sentence]


def database_faults() -> list[str]:
    """A database that cannot be reached, or that lacks tables."""
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, ImproperlyConfigured, OSError) as error:
        return [f"The database cannot be used: {_first_line(error)}. Check DATABASE_URL."]
    if not plan:
        return []
    missing = "1 migration is" if len(plan) == 1 else f"{len(plan)} migrations are"
    sentence = f"The database is not up to date: {missing} missing."
    return [f"{sentence} Run `manage.py migrate`, then start again."]


def machine_faults() -> list[str]:
    """What this machine remembers does not fit the database, or cannot be kept."""
    try:
        sentence = foreign()
    except OSError as error:
        return [f"STATE_DIR cannot be used: {error}. Name a folder this process may write to."]
    return [sentence] if sentence else []


def credential_faults(at_most: int | None = None) -> list[str]:
    """Stored credentials that the configured keys cannot read; the newest `at_most` are tried."""
    known = known_key_ids()
    counts = PlatformCredential.objects.order_by("key_id").values_list("key_id")
    lost = counts.annotate(count=models.Count("pk")).exclude(key_id__in=known)
    sentences = [_key_sentence(count, key) for key, count in lost]
    unreadable = [pk for pk, raw in _raw_values(known, at_most) if not _reads(raw)]
    if unreadable:
        sentences.append(
            f"{_credentials(len(unreadable))} cannot be decrypted although the key is here "
            f"({_some(unreadable)}). They were changed or cut outside Syndication. Restore them "
            "from a backup, or delete those rows and reconnect their accounts."
        )
    return sentences


def _key_sentence(count: int, key_id: str) -> str:
    return (
        f"{_credentials(count)} cannot be read: the encryption key {key_id or '(unknown)'} is not "
        "among FERNET_KEYS. Add that key to FERNET_KEYS (a backup of .env has it), or delete "
        "those credentials and reconnect their accounts."
    )


def _raw_values(known: set[str], at_most: int | None) -> Any:
    rows = PlatformCredential.objects.filter(key_id__in=known).order_by("-pk")
    raw = rows.annotate(raw=Cast("credential_value", models.BinaryField()))
    return raw.values_list("pk", "raw")[:at_most]


def _reads(raw: Any) -> bool:
    field = PlatformCredential._meta.get_field("credential_value")
    try:
        field.from_db_value(raw, None, connection)
    except (InvalidToken, UnicodeDecodeError):
        return False
    return True


def _credentials(count: int) -> str:
    return "1 stored credential" if count == 1 else f"{count:,} stored credentials"


def _some(pks: list[int]) -> str:
    shown = ", ".join(map(str, sorted(pks)[:5]))
    return f"ids {shown}{' …' if len(pks) > 5 else ''}"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
