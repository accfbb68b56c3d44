"""`manage.py sandbox`: starts the stand-in for the platforms in this process."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sandbox import cli


class Command(BaseCommand):
    help = "Serve a stand-in for the platforms on this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(cli.run(cli.Options.from_mapping(options)))
