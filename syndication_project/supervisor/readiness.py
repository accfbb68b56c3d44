"""What has to be right before any process starts. All of it runs in the supervisor itself."""

import io
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from syndication_project.supervisor.terminal import Terminal


class NotReady(Exception):
    """Syndication cannot start; the message is a sentence, or several, for a person."""


def check_settings() -> None:
    """Read every setting, without loading an app. Raises NotReady with what is wrong."""
    try:
        _ = settings.SECRET_KEY
    except ImproperlyConfigured as error:
        raise NotReady(str(error)) from error


def prepare(terminal: Terminal, folder: Path) -> None:
    """Bring the database up to date and look for faults. Raises NotReady.

    The embedded broker's messages in `folder` are forgotten: they are wake-ups, and dispatch
    sends new ones.
    """
    django.setup()
    from monitoring.preflight import faults
    from syndication_project.embedded_broker import empty

    empty(folder / "messages")
    try:
        migrate(terminal)
        found = faults()
    except DatabaseError as error:
        raise NotReady(f"The database cannot be used: {first_line(error)}") from error
    if found:
        raise NotReady("\n".join(found))


def migrate(terminal: Terminal) -> None:
    """Run what migrations are due. When none is, this costs a tenth of a second."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        terminal.say("Preparing the database.")
        call_command("migrate", verbosity=0, interactive=False)


def load_demo(terminal: Terminal) -> str:
    """Fill in what the demo lacks and return how to sign in. Raises NotReady."""
    from django.core.management import CommandError, call_command

    output = io.StringIO()
    try:
        call_command("load_demo", stdout=output)
    except (CommandError, DatabaseError) as error:
        raise NotReady(f"The demo cannot be loaded: {first_line(error)}") from error
    *others, sign_in = output.getvalue().strip().splitlines() or [""]
    for line in others:
        terminal.relay("demo", line)
    return sign_in


def posts_on_wire() -> int:
    """Count the posts that a worker is sending now. A database that is gone counts as none."""
    from django.db import close_old_connections
    from django.db.models.functions import Now

    from posting.models import Post

    close_old_connections()
    try:
        return Post.objects.filter(status="publishing", lease_until__gt=Now()).count()
    except DatabaseError:
        return 0


def first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
