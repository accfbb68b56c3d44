"""`manage.py adopt_instance`: let a restored or copied database publish again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organisation.clock import database_now
from organisation.models import Instance
from posting.commandline import may_switch
from posting.instance_guard import adopt, due_before
from posting.models import Post


class Command(BaseCommand):
    help = (
        "Make this database the one that publishes, after it was restored, copied or moved. What "
        "was due before asks a person first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--by", metavar="USERNAME", help="Whose act it is; default: the only administrator."
        )
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        by = may_switch(options["by"], None)
        if not options["yes"]:
            self._ask()
        moved = adopt(database_now(), by)
        self.stdout.write(
            f"This database publishes from now on. {moved.missed} posts that were due became "
            f"missed; {moved.unconfirmed} posts and {moved.comments} comments that were being sent "
            "became unconfirmed. Posts made after the copy was taken are not known here, nor "
            "which later ones were sent early: look at the accounts, and through `manage.py queue`."
        )

    def _ask(self) -> None:
        doubt = Instance.objects.get().doubt or "Nothing is in doubt: it publishes already."
        self.stdout.write(
            f"{doubt}\nIf you adopt it, {due_before(database_now())} posts that are due and "
            f"{Post.objects.publishing().count()} that are being sent will not go out by "
            "themselves.\nMake sure that no other copy of this database publishes."
        )
        if input("Adopt this database? Type yes: ").strip().lower() != "yes":
            raise CommandError("Nothing was changed.")
