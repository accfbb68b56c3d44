"""Broker, workers and beat: does anything send, and does anything wake it?"""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django_celery_beat.models import PeriodicTask
from kombu.exceptions import KombuError

from monitoring.doctor.findings import Findings, fail, ok, warn
from organisation.clock import database_now
from organisation.models import Heartbeat
from posting import tasks

BROKER_PATIENCE = 3  # seconds
HOUR = 3600  # seconds in which a silent process is still worth a line
START = "`make run` starts everything on one machine; elsewhere start it as docs/operating.md says."
NEEDED = (tasks.dispatch_due, tasks.reap_abandoned, tasks.reconcile_unconfirmed)


def check_broker() -> Findings:
    """Take a connection, and on the embedded broker write where its messages go."""
    about = "broker"
    parts = urlsplit(settings.CELERY_BROKER_URL)
    embedded = parts.scheme == "embedded"
    name = "The embedded broker" if embedded else f"{parts.scheme}://{parts.hostname}"
    try:
        _reach(embedded)
    except (KombuError, OSError) as error:
        lines = str(error).splitlines() or ["no answer"]
        yield fail(
            about,
            f"{name} cannot be reached: {lines[0].rstrip('.')}. Posts wait in the database. "
            "Check CELERY_BROKER_URL and that the broker runs.",
        )
    else:
        yield ok(about, f"{name} takes messages.")


def _reach(embedded: bool) -> None:
    if embedded:
        options = cast(dict[str, Any], settings.CELERY_BROKER_TRANSPORT_OPTIONS)
        folder = Path(options["folder"])
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        return
    with current_app.connection_for_write(connect_timeout=BROKER_PATIENCE) as connection:
        connection.ensure_connection(max_retries=1, timeout=BROKER_PATIENCE)
        connection.default_channel  # noqa: B018 (Redis is only asked here)


def check_workers() -> Findings:
    """Workers that showed a sign of life in the last seconds, of each queue."""
    now = database_now()
    yield from _living(Heartbeat.Kind.SENDER, "sending worker", "Nothing is sent", now)
    yield from _living(Heartbeat.Kind.CLOCK, "clock worker", "Nobody looks for due posts", now)
    idle = "No notice is mailed, and nobody watches the others"
    yield from _living(Heartbeat.Kind.WORK, "work worker", idle, now)
    alive = Heartbeat.objects.alive(now)
    # Beat has no chance to say goodbye, so that its silence alone means nothing.
    silent = Heartbeat.objects.exclude(pk__in=alive.values("pk"))
    for row in silent.exclude(kind=Heartbeat.Kind.BEAT):
        age = (now - row.seen_at).total_seconds()
        if age < HOUR:
            yield warn(
                "workers",
                f"{row.process} fell silent {age:.0f} s ago. If it was not you who stopped it, "
                "look into its log.",
            )


def check_beat() -> Findings:
    """Beat, and the tasks that it has to start."""
    yield from _living(Heartbeat.Kind.BEAT, "beat", "Nothing wakes the clock", database_now())
    enabled = set(PeriodicTask.objects.filter(enabled=True).values_list("task", flat=True))
    for task in NEEDED:
        if task.name not in enabled:
            yield fail(
                "beat",
                f"The periodic task {task.name} is missing or switched off. Switch it on in the "
                "admin under Periodic Tasks.",
            )


def _living(kind: str, noun: str, consequence: str, now: datetime) -> Findings:
    rows: list[Any] = list(Heartbeat.objects.alive(now).filter(kind=kind).order_by("-seen_at"))
    about = "beat" if kind == Heartbeat.Kind.BEAT else "workers"
    if not rows:
        yield fail(about, f"No {noun} is alive. {consequence}. {START}")
        return
    age = max((now - rows[0].seen_at).total_seconds(), 0)
    slots = sum(row.slots for row in rows)
    room = f", {slots} posts at once" if slots else ""
    yield ok(about, f"{noun.capitalize()}: {len(rows)} alive{room}, last seen {age:.0f} s ago.")
