"""`manage.py rotate_keys`: encrypt every stored credential with the first of FERNET_KEYS."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from platforms.fields import current_key_id
from platforms.rotating import BATCH, older, rotate, unreadable


class Command(BaseCommand):
    help = (
        "Encrypt every stored credential with the first of FERNET_KEYS, while everything runs. "
        "It may be stopped and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="Rows that are read at once.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("--batch must be at least 1. Nothing was done.")
        self._refuse_unreadable()
        self.stdout.write(f"The key that encrypts from now on is {current_key_id()}.")
        done = 0
        try:
            for progress in rotate(options["batch"]):
                done = progress.done
                self.stdout.write(f"{done} encrypted anew, {progress.left} left.")
        except InvalidToken as error:
            raise CommandError(
                "A stored credential cannot be decrypted although its key is here. `manage.py "
                "doctor` names it. What was encrypted anew stays so; the rest is as it was."
            ) from error
        if left := older().count():
            raise CommandError(
                f"{left} credentials were stored with an older key meanwhile: a process still "
                "runs with the old order of FERNET_KEYS. Restart it, then run this again."
            )
        self._tell_end(done)

    def _refuse_unreadable(self) -> None:
        if count := unreadable().count():
            ids = ", ".join(sorted(set(unreadable().values_list("key_id", flat=True))))
            raise CommandError(
                f"{count} stored credentials were encrypted with {ids or 'an unknown key'}, which "
                "is not among FERNET_KEYS. Add it at the end, then run this again. Nothing was "
                "done."
            )

    def _tell_end(self, done: int) -> None:
        if done == 0:
            self.stdout.write("Every stored credential uses it already. Nothing was to be done.")
        if len(settings.FERNET_KEYS) > 1:
            self.stdout.write(
                "Every stored credential can be read with the first key alone. The other keys can "
                "leave FERNET_KEYS now; keep them as long as backups that need them."
            )
