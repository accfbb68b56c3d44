"""`manage.py load_demo`: a small brand with accounts at the sandbox, pieces and posts."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.demo.loading import PASSWORD, SandboxAway, load
from desk.demo.removing import was_removed
from monitoring.preflight import faults
from organisation.clock import database_now
from organisation.models import User

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Command(BaseCommand):
    help = (
        "Fill in a demo brand whose posts go to the sandbox. Again, it adds only what is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--public",
            action="store_true",
            help="Also where SITE_URL is not this machine, although everyone knows the password.",
        )

        parser.add_argument(
            "--again", action="store_true", help="Also after a person has removed the demo."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if urlsplit(settings.SITE_URL).hostname not in LOOPBACK and not options["public"]:
            raise CommandError(
                f"The demo's administrator has a password everyone knows, and {settings.SITE_URL} "
                "is not only this machine. Nothing was loaded. Set DEMO=no, or pass --public."
            )
        if found := faults():
            raise CommandError(" ".join(found))
        if was_removed() and not options["again"]:
            self.stdout.write("The demo was removed. `manage.py load_demo --again` brings it back.")
            return
        try:
            person = load(database_now())
        except SandboxAway as error:
            raise CommandError(f"{error} Nothing of the demo was made.") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(_sign_in(person))


def _sign_in(person: User) -> str:
    password = PASSWORD if person.check_password(PASSWORD) else "the password you chose"
    return f"Sign in: {person.username} / {password}"
