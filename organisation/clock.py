"""The database's clock: the one clock that every worker shares."""

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """Return the current instant by the database's clock, read once for one decision.

    SQLite runs inside this process, so its clock is this machine's.
    """
    if connection.vendor != "postgresql":
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now.astimezone(UTC)
