"""An older database brought back: every row as it was, and every id to be given out again."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from organisation.models import Instance
from posting.instance_guard import adopt, check
from posting.models import Post, PublishStep
from posting.states import Status
from tests.engine.history.referee import Referee
from tests.engine.history.world import HISTORY, Intent, World, emptied


@dataclass(frozen=True)
class Dump:
    """All rows, and what people wanted at that time."""

    rows: list[tuple[type[models.Model], list[Any]]]
    intents: dict[int, Intent]
    posts: list[int]
    approved: dict[int, str]


class Operator(RuleBasedStateMachine):
    """Rules for whoever looks after the server."""

    world: World
    referee: Referee
    dump: Dump | None = None
    seen: dict[int, Post]

    @rule()
    def back_up(self) -> None:
        world = self.world
        tables: tuple[type[models.Model], ...] = (*HISTORY, Instance)
        rows = [(model, list(model._default_manager.all())) for model in tables]
        self.dump = Dump(rows, deepcopy(world.intents), [*world.posts], dict(world.approved))

    @precondition(lambda machine: machine.dump is not None)
    @rule()
    def restore(self) -> None:
        """The services are stopped, the dump is read in, and the services start."""
        for worker in self.world.workers:
            worker.kill()
        self.world.workers.clear()
        newer = set(PublishStep.objects.values_list("pk", flat=True))
        assert self.dump is not None
        self._bring_back(self.dump)
        newer -= set(PublishStep.objects.values_list("pk", flat=True))
        doubt = check(self.world.now)
        assert doubt or not newer, "an older database was not noticed"

    @precondition(lambda machine: bool(Instance.objects.get().doubt))
    @rule()
    def adopt(self) -> None:
        """What was due goes out no more by itself; what people want next, they say anew."""
        adopt(self.world.now, self.world.author)
        for pk in Post.objects.filter(status=Status.MISSED).values_list("pk", flat=True):
            self.world.intents[pk].wanted = False

    def _bring_back(self, dump: Dump) -> None:
        world = self.world
        with transaction.atomic():
            emptied(Instance, *HISTORY)
            for model, rows in reversed(dump.rows):
                model._default_manager.bulk_create(rows)
            _give_ids_again([model for model, _ in dump.rows])
        world.intents, world.posts = deepcopy(dump.intents), [*dump.posts]
        world.approved = dict(dump.approved)
        self.seen.clear()
        out = Post.objects.filter(status__in=(Status.PUBLISHED, Status.REMOVED))
        for pk in out.values_list("pk", flat=True):
            world.intents[pk].copies = 0
        self.referee.begin_anew()


def _give_ids_again(tables: Sequence[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence")
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)


def forget_what_went_out() -> None:
    """Let this machine remember no database, as a new one does."""
    (Path(settings.STATE_DIR) / "instance").unlink(missing_ok=True)
