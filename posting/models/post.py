"""Posts: one version of a piece to one channel of one account."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from content.models import Piece, PieceVersion
from organisation.models import Brand
from organisation.models.brand import Person
from platforms.failpoints import reached
from platforms.models import Account, ChannelType, Platform
from platforms.values import Channel
from posting.models.batch import Batch
from posting.models.sendable import Sendable
from posting.states import Hold, Status, check_move

NEEDS_A_PERSON = (Status.FAILED, Status.UNCONFIRMED, Status.MISSED)
BEFORE_SENDING = (Status.READY, Status.SCHEDULED)
# Written out as in the index `post_list_held`: with parameters SQLite would not know it again.
HELD_AT_ALL = RawSQL(
    "scheduled_posts.status IN ('ready', 'scheduled') AND NOT (scheduled_posts.holds = 0)",
    (),
    output_field=models.BooleanField(),
)
HELD_FOR_APPROVAL = tuple(bits for bits in range(1, 8) if Hold.APPROVAL in Hold(bits))


# Likewise for `post_list_next`.
WAITS_ITS_TURN = RawSQL(
    "scheduled_posts.status = 'scheduled'", (), output_field=models.BooleanField()
)


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: Person) -> "PostQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def of_brands(self, brands: Iterable[int]) -> "PostQuerySet":
        return self.filter(brand__in=list(brands))

    def due(self, now: datetime) -> "PostQuerySet":
        """Posts a worker may take now, as far as the post itself is concerned."""
        return self.filter(status=Status.SCHEDULED, holds=0, wake_at__lte=now)

    def scheduled(self) -> "PostQuerySet":
        return self.filter(status=Status.SCHEDULED)

    def with_a_time(self) -> "PostQuerySet":
        """Posts that were given a time, whatever became of them."""
        return self.exclude(due_at=None)

    def waiting_their_turn(self) -> "PostQuerySet":
        """The same as `scheduled`, for lists in the order in which posts go out."""
        return self.filter(WAITS_ITS_TURN)

    def ready(self) -> "PostQuerySet":
        return self.filter(status=Status.READY)

    def publishing(self) -> "PostQuerySet":
        return self.filter(status=Status.PUBLISHING)

    def published(self) -> "PostQuerySet":
        return self.filter(status=Status.PUBLISHED)

    def published_since(self, start: datetime) -> "PostQuerySet":
        return self.published().filter(published_at__gte=start)

    def failed(self) -> "PostQuerySet":
        return self.filter(status=Status.FAILED)

    def missed(self) -> "PostQuerySet":
        return self.filter(status=Status.MISSED)

    def unconfirmed(self) -> "PostQuerySet":
        return self.filter(status=Status.UNCONFIRMED)

    def in_status(self, *statuses: str) -> "PostQuerySet":
        return self.filter(status__in=statuses)

    def held_for_approval(self) -> "PostQuerySet":
        """Posts that wait for someone's approval."""
        return self.filter(HELD_AT_ALL, holds__in=HELD_FOR_APPROVAL)

    def of_accounts(self, accounts: Iterable[int]) -> "PostQuerySet":
        return self.filter(account__in=list(accounts))

    def needing_a_person(self) -> "PostQuerySet":
        return self.filter(status__in=NEEDS_A_PERSON)

    def abandoned(self, now: datetime) -> "PostQuerySet":
        """Posts whose worker's lease has run out."""
        return self.filter(status=Status.PUBLISHING, lease_until__lt=now)

    def leaving(self) -> "PostQuerySet":
        """Scheduled posts that nothing of their own keeps from going out."""
        return self.filter(status=Status.SCHEDULED, holds=0)

    def leaving_before(self, end: datetime) -> "PostQuerySet":
        return self.leaving().filter(wake_at__lt=end)

    def for_list(self) -> "PostQuerySet":
        """With all that one row of a list shows."""
        return self.select_related("piece", "account__platform", "channel_type", "brand")

    def for_rows(self) -> "PostQuerySet":
        """With all that a row says and offers: who wrote it, its pictures, what was begun."""
        with_parts = self.for_list().select_related("platform", "piece_version", "author")
        return with_parts.prefetch_related("steps", "piece_version__media__asset")


class PostManager(models.Manager.from_queryset(PostQuerySet)):  # type: ignore[misc]
    def advance(
        self,
        pk: int,
        *,
        old: Status,
        new: Status,
        sentence: str,
        actor: str = "system",
        evidence: str = "",
        guards: dict[str, Any] | None = None,
        values: dict[str, Any] | None = None,
    ) -> bool:
        """Move a post if it still is where the caller saw it; say whether it moved.

        One conditional UPDATE and its event, in one transaction. `guards` are further conditions
        and name columns of the row itself only: after waiting for a lock PostgreSQL checks those
        again on the new row, but would evaluate a subquery on the old snapshot.
        Raises IllegalMove for a move the table does not know.
        """
        check_move(old, new)
        changes: dict[str, Any] = {"status": new, **(values or {})}
        if old == Status.PUBLISHING:
            changes |= {"lease_until": None, "on_wire": ""}
        with transaction.atomic(savepoint=False):
            moved = self.filter(pk=pk, status=old, **(guards or {})).update(
                updated_at=Now(), **changes
            )
            if moved:
                from posting.models.journal import PostEvent
                from posting.noticing import note_move

                PostEvent.objects.create(
                    post_id=pk,
                    old=old,
                    new=new,
                    actor=actor[:150],
                    sentence=sentence,
                    evidence=evidence,
                )
                note_move(pk, old=old, new=new, sentence=sentence)
                reached(f"{old} to {new}: before the commit")
                transaction.on_commit(partial(reached, f"{old} to {new}: after the commit"))
        return bool(moved)


class Post(Sendable):
    """A row of the plan's `scheduled_posts`. Moved only by `Post.objects.advance`."""

    OWNER_FIELD = "post_id"
    IN_FLIGHT = {"status": Status.PUBLISHING}

    class Priority(models.IntegerChoices):
        NORMAL = 0, "Normal"
        FIRST = 10, "Send first"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="posts")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="posts")
    channel_type = models.ForeignKey(ChannelType, on_delete=models.PROTECT, related_name="posts")
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="posts")
    piece_version = models.ForeignKey(PieceVersion, on_delete=models.PROTECT, related_name="posts")
    copy = models.PositiveIntegerField(default=1, help_text="Rises with each “post again”.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts"
    )

    status = models.CharField(max_length=12, choices=Status, default=Status.READY)
    wall_time = models.CharField(
        max_length=19, blank=True, help_text="As the person meant it: 2026-11-24T09:30:00"
    )
    zone = models.CharField(max_length=64, blank=True, help_text="IANA name")
    fold = models.PositiveSmallIntegerField(
        default=0, help_text="1: the second of two equal wall times when clocks go back."
    )
    due_at = models.DateTimeField(null=True, blank=True, help_text="Empty: no time yet.")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    priority = models.SmallIntegerField(choices=Priority, default=Priority.NORMAL)
    holds = models.PositiveSmallIntegerField(default=0)
    held_until = models.DateTimeField(
        null=True, blank=True, help_text="Of a hold by a person. Empty: until somebody releases it."
    )

    attempts = models.PositiveIntegerField(default=0)
    unanswered_claims = models.PositiveSmallIntegerField(default=0)
    first_claimed_at = models.DateTimeField(null=True, blank=True)
    # Of one whose outcome is unknown, or, once it is out, of whether it still is.
    looks = models.PositiveSmallIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True, blank=True)
    irrevocable = models.BooleanField(
        default=False, help_text="Part of it is out, so it can no longer be edited or cancelled."
    )
    meant_for = models.ForeignKey(
        Account,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The account it was made for, where another stands in.",
    )
    without_video = models.BooleanField(
        default=False, db_default=False, help_text="The platform refused its video."
    )
    snapshot = models.JSONField(null=True, blank=True, help_text="What is sent, taken at claim.")

    remote_id = models.CharField(max_length=200, blank=True)
    remote_url = models.URLField(max_length=500, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    error_class = models.CharField(max_length=30, blank=True)
    error_sentence = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Rises with every edit.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PostManager()

    class Meta:
        db_table = "scheduled_posts"
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=("account", "-priority", "wake_at"),
                condition=Q(status=Status.SCHEDULED, holds=0),
                name="post_claimable",
            ),
            models.Index(
                fields=("wake_at",),
                condition=Q(status=Status.SCHEDULED, holds=0),
                name="post_due",
            ),
            models.Index(
                fields=("due_at",),
                condition=Q(status=Status.SCHEDULED) & ~Q(holds=0),
                name="post_due_held",
            ),
            models.Index(
                fields=("lease_until",), condition=Q(status=Status.PUBLISHING), name="post_leased"
            ),
            models.Index(
                fields=("account",), condition=Q(status=Status.PUBLISHING), name="post_in_flight"
            ),
            models.Index(
                fields=("next_look_at",),
                condition=Q(status=Status.UNCONFIRMED),
                name="post_to_look_for",
            ),
            models.Index(
                fields=("next_look_at",),
                condition=Q(status=Status.PUBLISHED, next_look_at__isnull=False),
                name="post_to_verify",
            ),
            models.Index(
                fields=("published_at",),
                condition=Q(status=Status.PUBLISHED),
                name="post_out_lately",
            ),
            models.Index(
                fields=("held_until",),
                condition=Q(held_until__isnull=False),
                name="post_hold_ends",
            ),
            # The queue in the order in which it goes: each priority by its moment.
            models.Index(
                fields=("brand", "priority", "wake_at", "id"),
                condition=Q(status=Status.SCHEDULED),
                name="post_list_next",
            ),
            models.Index(
                fields=("account", "priority", "wake_at", "id"),
                condition=Q(status=Status.SCHEDULED),
                name="post_list_account_next",
            ),
            # Lists are walked by (key, id) in one brand and one state, from wherever a page begins.
            models.Index(fields=("brand", "status", "due_at", "id"), name="post_list_due"),
            models.Index(fields=("brand", "status", "updated_at", "id"), name="post_list_updated"),
            models.Index(fields=("brand", "status", "published_at", "id"), name="post_list_out"),
            models.Index(fields=("brand", "due_at", "id"), name="post_list_any_due"),
            models.Index(
                fields=("account", "status", "due_at", "id"), name="post_list_account_due"
            ),
            models.Index(
                fields=("account", "status", "published_at", "id"), name="post_list_account_out"
            ),
            models.Index(fields=("author", "status", "due_at", "id"), name="post_list_author_due"),
            models.Index(
                fields=("brand", "updated_at", "id"),
                condition=Q(status__in=BEFORE_SENDING) & ~Q(holds=0),
                name="post_list_held",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("account", "remote_id"),
                condition=~Q(remote_id=""),
                name="post_remote_id_once",
            ),
            models.UniqueConstraint(
                fields=("piece", "account", "channel_type", "copy"), name="post_copy_once"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.PUBLISHING, lease_until__isnull=False)
                | (~Q(status=Status.PUBLISHING) & Q(lease_until=None, on_wire="")),
                name="post_leased_only_while_publishing",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLISHED)
                | ~Q(remote_id="")
                | Q(confirmed_by__isnull=False),
                name="post_published_with_evidence",
            ),
            models.CheckConstraint(
                condition=Q(irrevocable=False) | Q(snapshot__isnull=False),
                name="post_irrevocable_keeps_snapshot",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.SCHEDULED) | Q(wake_at__isnull=False),
                name="post_scheduled_wakes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.piece} to {self.account}"

    @property
    def channel(self) -> Channel | None:
        """What its adapter says of its channel; None for one that is no longer offered."""
        slug = self.channel_type.slug
        return next((c for c in self.platform.adapter.channels if c.slug == slug), None)

    @property
    def held_by(self) -> Hold:
        return Hold(self.holds)

    @property
    def is_being_prepared(self) -> bool:
        """The platform has its media and is not ready to show them; it goes on by itself."""
        return self.status == Status.SCHEDULED and self.error_class == "NotReady"

    @property
    def mark(self) -> str:
        """Changes with everything a page about the post shows of its state."""
        return f"{self.status}-{self.version}-{self.lease_token}-{self.updated_at.timestamp()}"

    @property
    def lateness(self) -> timedelta | None:
        """How long after its time it went out; never below zero, None while it is not out."""
        if self.published_at is None or self.due_at is None:
            return None
        return max(self.published_at - self.due_at, timedelta(0))
