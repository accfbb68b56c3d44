"""Takes the demo away again: everything of its brand, and nothing of any other.

The children go first, in the order of TABLES; a test compares that list with the models. Audit
entries stay, without the brand they were about.
"""

from datetime import datetime
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db import models, transaction

from content.models import (
    BannedHashtag,
    Feed,
    FeedTarget,
    HashtagGroup,
    Label,
    LlmInteraction,
    Piece,
    PieceVersion,
    PromptTemplate,
    Section,
    Source,
    WritingItem,
    WritingRun,
)
from content.models.media import MediaAsset, MediaFolder, MediaTag
from content.models.piece import VersionMedia
from desk.demo.loading import BRAND, USERNAME
from organisation.audit import record
from organisation.models import AuditEntry, Brand, Membership, Notice, Switch, User
from platforms.models import Account, PlatformCredential, RateBudget
from posting.models import (
    Approval,
    FollowUp,
    Post,
    PostAttempt,
    PostEvent,
    PublishStep,
)
from posting.models.batch import Batch
from posting.search import forget_piece
from scheduling.models import (
    DayNote,
    EditedPost,
    Import,
    ImportedPiece,
    ManyEdit,
    Occurrence,
    Proposal,
    ProposedPost,
    Schedule,
    ScheduleTarget,
    ScheduleTemplate,
    TemplateStep,
)

REMOVED: Final = "remove demo"

# The table, and the lookups by which its rows belong to the brand.
TABLES: Final[tuple[tuple[type[models.Model], tuple[str, ...]], ...]] = (
    (Occurrence, ("target__schedule__brand",)),
    (ScheduleTarget, ("schedule__brand",)),
    (Schedule, ("brand",)),
    (TemplateStep, ("template__brand",)),
    (ScheduleTemplate, ("brand",)),
    (ProposedPost, ("proposal__brand",)),
    (Proposal, ("brand",)),
    (EditedPost, ("edit__brand",)),
    (ManyEdit, ("brand",)),
    (ImportedPiece, ("imported__brand",)),
    (Import, ("brand",)),
    (PublishStep, ("post__brand", "follow_up__post__brand")),
    (PostAttempt, ("post__brand", "follow_up__post__brand")),
    (PostEvent, ("post__brand",)),
    (Approval, ("post__brand",)),
    (FollowUp, ("post__brand",)),
    (Post, ("brand",)),
    (Batch, ("brand",)),
    (LlmInteraction, ("brand",)),
    (WritingItem, ("run__brand",)),
    (WritingRun, ("brand",)),
    (PromptTemplate, ("brand",)),
    (VersionMedia, ("version__piece__brand",)),
    (PieceVersion, ("piece__brand",)),
    (Piece, ("brand",)),
    (Section, ("source__brand",)),
    (Source, ("brand",)),
    (FeedTarget, ("feed__brand",)),
    (Feed, ("brand",)),
    (Label, ("brand",)),
    (HashtagGroup, ("brand",)),
    (BannedHashtag, ("brand",)),
    (MediaAsset, ("brand",)),
    (MediaTag, ("brand",)),
    (MediaFolder, ("brand",)),
    (PlatformCredential, ("brand",)),
    (RateBudget, ("account__brand",)),
    (Account, ("brand",)),
    (DayNote, ("brand",)),
    (Notice, ("brand",)),
    (Switch, ("brand",)),
    (Membership, ("brand",)),
)


class NotTheDemo(Exception):
    """The brand is not, or no longer, only a demo. The message says why, for a person."""


def remove_demo(*, by: User, now: datetime) -> None:
    """Remove the demo brand and all that belongs to it. It cannot be brought back.

    Raises NotTheDemo, with nothing removed, when the brand holds what the demo never makes.
    """
    with transaction.atomic():
        brand = _demo_brand()
        files = list(MediaAsset.objects.filter(brand=brand).values_list("file", flat=True))
        files += Import.objects.filter(brand=brand).exclude(file="").values_list("file", flat=True)
        record(REMOVED, f"{by} removed the demo brand {brand} and all that was in it.", by=by)
        AuditEntry.objects.filter(brand=brand).update(brand=None)
        Piece.objects.filter(brand=brand).update(current=None)
        for piece in Piece.objects.filter(brand=brand).values_list("pk", flat=True):
            forget_piece(piece)
        for model, paths in TABLES:
            _rows(model, paths, brand).delete()
        brand.delete()
        _close_the_known_door(by)
        transaction.on_commit(lambda: _delete_unused(files))


def was_removed() -> bool:
    """Whether a person has removed the demo, so that a restart does not bring it back."""
    return AuditEntry.objects.filter(verb=REMOVED).exists()


def _demo_brand() -> Brand:
    brand = Brand.objects.select_for_update().filter(slug=BRAND["slug"]).first()
    if brand is None:
        raise NotTheDemo("There is no demo here any more. Nothing was removed.")
    real = Account.objects.filter(brand=brand).exclude(pk__in=Account.objects.sandboxed())
    if account := real.first():
        raise NotTheDemo(
            f"{brand} has an account at a real platform: {account.name}. Nothing was removed. "
            "A brand that really posts is not taken away by this button."
        )
    if Post.objects.publishing().filter(brand=brand).exists():
        raise NotTheDemo(
            "A post of the demo is just going out. Wait a few seconds, then try again."
        )
    return brand


def _rows(model: type[models.Model], paths: tuple[str, ...], brand: Brand) -> models.QuerySet[Any]:
    of_brand = models.Q()
    for path in paths:
        of_brand |= models.Q(**{path: brand})
    return model._default_manager.filter(of_brand)


def _close_the_known_door(by: User) -> None:
    """Everyone knows the demo's password. Who uses it now may go on; nobody else comes in."""
    User.objects.filter(username=USERNAME).exclude(pk=by.pk).update(is_active=False)


def _delete_unused(files: list[str]) -> None:
    used = set(MediaAsset.objects.filter(file__in=files).values_list("file", flat=True))
    for name in files:
        if name not in used:
            default_storage.delete(name)
