"""`manage.py create_api_token`: a key for a program, shown once."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from organisation.clock import database_now
from organisation.models import Brand, Scope, User
from organisation.tokens import issue_token


class Command(BaseCommand):
    help = "Make an API token for a person. The token is the only line on standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="Whose rights the token has at most.")
        parser.add_argument("--name", required=True, help="What uses it.")
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            choices=Scope.values,
            help="What it may be used for. Repeatable.",
        )
        parser.add_argument("--brand", metavar="SLUG", help="Default: every brand of the person.")
        parser.add_argument("--days", type=int, metavar="N", help="Days until it expires.")

    def handle(self, *args: Any, **options: Any) -> None:
        now = database_now()
        try:
            token, text = issue_token(
                _person(options["username"]),
                name=options["name"],
                scopes=options["scope"],
                brand=_brand(options["brand"]),
                expires_at=_in_days(options["days"], now),
                by="create_api_token",
                now=now,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(text)
        self.stderr.write(f"Token {token} is made. It is shown this once: keep it now.")


def _person(username: str) -> User:
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(f"There is no active person named {username}. No token was made.")
    return person


def _brand(slug: str | None) -> Brand | None:
    if slug is None:
        return None
    brand = Brand.objects.filter(slug=slug).first()
    if brand is None:
        raise CommandError(f"There is no brand {slug}. No token was made.")
    return brand


def _in_days(days: int | None, now: Any) -> Any:
    if days is None:
        return None
    if not 0 < days <= 36_500:
        raise CommandError("A token lasts from 1 to 36,500 days. No token was made.")
    return now + timedelta(days=days)
