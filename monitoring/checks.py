"""Django system checks: settings in code that must stay as they are."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

DURABLE = ("journal_mode=wal", "synchronous=full")


@register
def check_time_zone(**kwargs: Any) -> list[CheckMessage]:
    """Instants are kept and computed in UTC; people's zones belong to them and to accounts."""
    if settings.TIME_ZONE == "UTC" and settings.USE_TZ:
        return []
    return [
        Error(
            f"TIME_ZONE is {settings.TIME_ZONE} and USE_TZ is {settings.USE_TZ}.",
            hint="Set TIME_ZONE to UTC and USE_TZ to True. Zones are set for people and accounts.",
            id="monitoring.E001",
        )
    ]


@register
def check_sqlite(**kwargs: Any) -> list[CheckMessage]:
    """On SQLite a committed journal row must survive a power cut, or a post may go out twice."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return []
    options = database.get("OPTIONS", {})
    commands = options.get("init_command", "").replace(" ", "").lower()
    if options.get("transaction_mode") == "IMMEDIATE" and all(word in commands for word in DURABLE):
        return []
    return [
        Error(
            "The SQLite database is not set up to keep what is committed.",
            hint="OPTIONS needs transaction_mode IMMEDIATE and an init_command with "
            "PRAGMA journal_mode=WAL and PRAGMA synchronous=FULL.",
            id="monitoring.E002",
        )
    ]


@register
def check_atomic_requests(**kwargs: Any) -> list[CheckMessage]:
    """A transaction around each page would hold SQLite's one write lock while the page is made."""
    if not settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        return []
    return [
        Error(
            "ATOMIC_REQUESTS is on.",
            hint="Turn it off. Each verb opens the transaction it needs.",
            id="monitoring.E003",
        )
    ]
