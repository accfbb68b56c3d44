"""`manage.py start_publishing`: turn the kill switch back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organisation.clock import database_now
from platforms.pausing import NotAdopted, start_publishing
from posting.commandline import add_scope_arguments, may_switch, scope_from
from posting.models import Post


class Command(BaseCommand):
    help = "Start publishing again, for everything or for one brand."

    def add_arguments(self, parser: CommandParser) -> None:
        add_scope_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        brand = scope_from(options)
        by = may_switch(options["by"], brand)
        now = database_now()
        try:
            start_publishing(by=by, now=now, brand=brand)
        except NotAdopted as doubt:
            raise CommandError(str(doubt)) from doubt
        due = Post.objects.due(now)
        due = due.filter(brand=brand) if brand else due
        self.stdout.write(
            f"Publishing is on for {brand or 'everything'}. Due now: {due.count()}; those later "
            "than their account allows become missed and ask first."
        )
