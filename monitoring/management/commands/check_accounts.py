"""`manage.py check_accounts`: does each platform still know us?"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.account_states import AccountState, accounts_with_secrets, state_of
from posting.commandline import account_named

HEADS = ("account", "brand", "state", "token", "ends", "platform says")


class Command(BaseCommand):
    help = (
        "Ask each platform whether it accepts the token of each account. It only reads. Ends with "
        "1 when an account does not send, has no token, or its platform refuses the token."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="For programs.")
        parser.add_argument(
            "--offline", action="store_true", help="Say what is known here, and ask nobody."
        )
        parser.add_argument(
            "--account",
            action="append",
            default=[],
            metavar="PLATFORM:NAME",
            help="Only this one; its number serves too. Repeatable.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [account_named(name).pk for name in options["account"]] or None
        accounts = accounts_with_secrets(chosen)
        states = [state_of(account, online=not options["offline"]) for account in accounts]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in states], indent=2, default=_iso))
        else:
            self._show(states)
        bad = [one for one in states if not one.well]
        if bad:
            raise CommandError(f"{len(bad)} of {len(states)} accounts cannot send.", returncode=1)

    def _show(self, states: list[AccountState]) -> None:
        if not states:
            self.stdout.write("No account is connected yet.")
            return
        rows = [HEADS, *(_cells(one) for one in states)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS) - 1)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            self.stdout.write("  ".join([*cells, row[-1]]).rstrip())


def _cells(one: AccountState) -> tuple[str, ...]:
    missing = f" Not allowed: {', '.join(one.missing)}." if one.missing else ""
    ends = f"{one.ends:%Y-%m-%d %H:%M}" if one.ends else "never" if one.token else ""
    if one.renews:
        ends = "renewed"
    says = f"{one.verdict}: {one.sentence}" if one.sentence else str(one.verdict)
    return (
        f"{one.platform}:{one.name}",
        one.brand,
        one.state,
        one.token or "none",
        ends,
        f"{says}{missing}",
    )


def _iso(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
