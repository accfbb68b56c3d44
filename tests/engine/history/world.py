"""What a history is about: accounts at a sandbox, posts, people who want things, and workers."""

import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from PIL import Image

from content.media import keep_picture
from content.models import MediaAsset, Piece, PieceVersion, TextPrint, VersionMedia
from content.writing import EditConflict
from organisation.models import AuditEntry, Brand, Notice, Switch, User
from platforms.models import Account, PlatformCredential, RateBudget
from platforms.pausing import NotAdopted
from posting.approvals import MayNotApprove
from posting.deciding import NotPossible
from posting.models import Approval, FollowUp, Post, PostAttempt, PostEvent, PublishStep
from tests.engine.history.clocks import Clocks
from tests.engine.history.processes import Trouble, short_lived
from tests.engine.history.workers import Worker
from tests.factories import AccountFactory, BrandFactory, UserFactory
from tests.sandbox.conftest import Sandbox

REFUSALS = (NotPossible, ValidationError, EditConflict, MayNotApprove, NotAdopted)
HISTORY: tuple[type[models.Model], ...] = (
    PostAttempt,
    PublishStep,
    PostEvent,
    Approval,
    FollowUp,
    Post,
    VersionMedia,
    TextPrint,
    PieceVersion,
    Piece,
    MediaAsset,
    Notice,
    Switch,
    AuditEntry,
    PlatformCredential,
    RateBudget,
    Account,
    Brand,
    User,
)


class Outcome(Enum):
    DONE = auto()
    REFUSED = auto()
    UNKNOWN = auto()  # the process that did it came to its end over it


@dataclass
class Intent:
    """What people want of one post, written down beside the product and never read from it.

    None stands for "an act ended in trouble, so either may be true".
    """

    piece: str
    wanted: bool | None = False  # somebody wants it out and nobody took that back
    due: datetime | None = None
    texts: set[str] = field(default_factory=set)
    copies: int = 1  # how often people asked for it, each *Send again* counted


@dataclass
class World:
    """One run of the machine."""

    sandbox: Sandbox
    clocks: Clocks
    brand: Brand = field(default_factory=BrandFactory)
    author: User = field(default_factory=lambda: UserFactory(boss=True))
    approver: User = field(default_factory=lambda: UserFactory(boss=True))
    accounts: list[Account] = field(default_factory=list)
    posts: list[int] = field(default_factory=list)
    intents: dict[int, Intent] = field(default_factory=dict)
    approved: dict[int, str] = field(default_factory=dict)  # approval: the text it was given to
    workers: list[Worker] = field(default_factory=list)
    made_workers: int = 0
    made: int = 0  # numbers given to pieces

    @property
    def now(self) -> datetime:
        return self.clocks.database()

    def add_account(self, platform: str, **more: Any) -> Account:
        token = f"{platform}-{secrets.token_hex(8)}"
        values = {"server": "sandbox", "token": token, "brand": self.brand, **more}
        account = AccountFactory(platform=platform, **values)
        self.sandbox.register(platform, account.remote_id, token)
        self.accounts.append(account)
        return account

    def post(self, which: int) -> Post:
        return Post.objects.for_list().get(pk=self.posts[which % len(self.posts)])

    def picture(self) -> MediaAsset:
        file = io.BytesIO()
        Image.new("RGB", (8, 6), "teal").save(file, "PNG")
        file.seek(0)
        return keep_picture(file, "harbour.png", brand=self.brand, by=None)

    def act(
        self, trouble: Trouble | None, verb: Callable[..., Any], *args: Any, **more: Any
    ) -> Any:
        """Do it in a process of its own, with its trouble; say what became of it."""
        with short_lived(trouble) as ends:
            try:
                verb(*args, **more)
            except REFUSALS:
                return Outcome.REFUSED
        return Outcome.UNKNOWN if ends else Outcome.DONE

    def forget(self) -> None:
        """Make room for the next history."""
        with transaction.atomic():
            emptied(*HISTORY)


def emptied(*tables: type[models.Model]) -> None:
    """Delete all rows, those that are never deleted as well."""
    for model in tables:
        rows = model._default_manager.all()
        rows._raw_delete(rows.db)
