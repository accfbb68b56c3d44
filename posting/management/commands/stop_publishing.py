"""`manage.py stop_publishing`: the kill switch. What is on the wire finishes; the rest waits."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organisation.clock import database_now
from platforms.pausing import stop_publishing
from posting.commandline import add_scope_arguments, may_switch, scope_from
from posting.models import Post

LONGEST = 10_000  # hours, more than a year


class Command(BaseCommand):
    help = "Stop publishing for everything, or for one brand. Posts wait, and none is lost."

    def add_arguments(self, parser: CommandParser) -> None:
        add_scope_arguments(parser)
        parser.add_argument("--reason", default="", help="What people read beside the switch.")
        parser.add_argument(
            "--hours", type=float, help="Start again by itself after so many; else by hand."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        brand = scope_from(options)
        by = may_switch(options["by"], brand)
        now, hours = database_now(), options["hours"]
        if hours is not None and not 0 < hours <= LONGEST:
            raise CommandError(f"--hours takes 0 to {LONGEST:,}. Nothing was stopped.")
        until = now + timedelta(hours=hours) if hours else None
        stop_publishing(by=by, now=now, brand=brand, reason=options["reason"], until=until)
        leaving = Post.objects.publishing()
        leaving = leaving.filter(brand=brand) if brand else leaving
        self.stdout.write(f"Publishing is stopped for {brand or 'everything'}. Due posts wait.")
        if count := leaving.count():
            self.stdout.write(f"On their way already, and not called back: {count}.")
