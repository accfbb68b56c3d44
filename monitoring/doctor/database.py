"""Is what the database says it kept really kept, and are there connections enough?

The values are read from the running database, not from the settings.
"""

from django.conf import settings
from django.db import connection

from monitoring.doctor.findings import Finding, Findings, fail, ok, warn
from monitoring.preflight import database_faults
from organisation.clock import database_now
from organisation.models import Heartbeat

ABOUT = "database"
FULL = 2  # as SQLite numbers `synchronous`; 3, EXTRA, is safer still
OLDEST_POSTGRES = 140_000
# Connections a process holds besides a sending worker's DB_CONNECTIONS.
PULSE = 1
CLOCK_THREADS = 4
WORK_THREADS = 3  # two for tasks, and the one that watches
WEB_THREADS = 8
CROWDED = 0.8  # of what the server offers


def check_database() -> Findings:
    """Reachable, migrated, durable, roomy."""
    if found := database_faults():
        yield from (fail(ABOUT, sentence) for sentence in found)
        return
    yield ok(ABOUT, f"{connection.display_name} answers and every migration is applied.")
    if connection.vendor == "sqlite":
        yield from _sqlite()
    elif connection.vendor == "postgresql":
        yield from _postgres()
        yield _room()


def _sqlite() -> Findings:
    mode = str(_value("PRAGMA journal_mode")).lower()
    if mode == "wal":
        yield ok(ABOUT, "SQLite's journal_mode is WAL: readers and the writer do not wait.")
    else:
        yield fail(
            ABOUT,
            f"SQLite's journal_mode is {mode} and must be WAL. Remove what changes "
            "OPTIONS in the settings; a network folder cannot do it: move DATA_DIR to a disk.",
        )
    level = int(_value("PRAGMA synchronous"))
    if level >= FULL:
        yield ok(ABOUT, "SQLite's synchronous is FULL: what is committed survives a power cut.")
    else:
        yield fail(
            ABOUT,
            f"SQLite's synchronous is {level} and must be 2 (FULL): after a power cut a post "
            "could go out twice. Remove what changes OPTIONS in the settings.",
        )


def _postgres() -> Findings:
    if connection.pg_version < OLDEST_POSTGRES:  # type: ignore[attr-defined]
        yield fail(ABOUT, "This PostgreSQL is older than 14. Upgrade it.")
    if _value("SHOW fsync") == "on":
        yield ok(ABOUT, "PostgreSQL's fsync is on.")
    else:
        yield fail(
            ABOUT, "PostgreSQL's fsync is off: a crash can destroy the database. Turn it on."
        )
    commit = _value("SHOW synchronous_commit")
    if commit == "off":
        yield fail(
            ABOUT,
            "PostgreSQL's synchronous_commit is off: after a crash a post could go out twice. "
            "Set it to on for this database and its user.",
        )
    else:
        yield ok(ABOUT, f"PostgreSQL's synchronous_commit is {commit}.")
    if _value("SHOW full_page_writes") != "on":
        yield warn(ABOUT, "PostgreSQL's full_page_writes is off. Turn it on.")


def _room() -> Finding:
    """Compare what all processes together may open with what the server lets in."""
    living = Heartbeat.objects.alive(database_now())
    senders = living.senders().count()
    clocks = living.filter(kind=Heartbeat.Kind.CLOCK).count()
    needed = (
        senders * (settings.DB_CONNECTIONS + PULSE)
        + clocks * (CLOCK_THREADS + PULSE)
        + living.filter(kind=Heartbeat.Kind.WORK).count() * (WORK_THREADS + PULSE)
        + living.filter(kind=Heartbeat.Kind.BEAT).count() * (1 + PULSE)
        + WEB_THREADS
    )
    offered = int(_value("SHOW max_connections")) - int(
        _value("SHOW superuser_reserved_connections")
    )
    sentence = (
        f"{senders} sending workers × {settings.DB_CONNECTIONS} connections, clock, work, beat "
        f"and one web process need up to {needed} connections; the server offers {offered}."
    )
    if needed > offered:
        return fail(
            ABOUT, f"{sentence} Raise max_connections or use PgBouncer in transaction mode."
        )
    if needed > offered * CROWDED:
        return warn(ABOUT, f"{sentence} Raise max_connections before adding workers.")
    return ok(ABOUT, sentence)


def _value(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetchone()[0])
