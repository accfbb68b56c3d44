"""Times that somebody thinks of giving to many posts at once, kept until confirmed or expired."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from content.models import PieceVersion
from organisation.models import Brand
from organisation.models.brand import Person
from platforms.models import Account, ChannelType
from posting.models import Batch, Post

LASTS = timedelta(hours=24)  # until nobody can confirm it any more


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, user: Person) -> "ProposalQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self, now: datetime) -> "ProposalQuerySet":
        """Neither confirmed nor expired."""
        return self.filter(confirmed_at=None, expires_at__gt=now)

    def expired(self, now: datetime) -> "ProposalQuerySet":
        return self.filter(confirmed_at=None, expires_at__lte=now)


class Proposal(models.Model):
    """Posts and the times they would get. Nothing goes out by it until a person confirms it.

    Its id becomes that of the batch it is confirmed as, so that two people who confirm it at once
    make one batch.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="proposals")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    way = models.SlugField(max_length=20, help_text="How the times were found.")
    words = models.CharField(max_length=300, help_text="What was asked for.")
    version = models.PositiveIntegerField(default=1, help_text="Rises with every change.")
    batch = models.OneToOneField(
        Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="proposal"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("brand", "-at", "-id"), name="proposal_by_brand"),
            models.Index(
                fields=("expires_at",), condition=Q(confirmed_at=None), name="proposal_to_expire"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(batch=None, confirmed_at=None, undone_at=None)
                | Q(batch__isnull=False, confirmed_at__isnull=False),
                name="proposal_confirmed_has_batch",
            ),
        )

    def __str__(self) -> str:
        return f"{self.words} ({self.at:%d %B %Y %H:%M} UTC)"

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be changed and confirmed."""
        return self.confirmed_at is None and self.expires_at > now


class ProposedPost(models.Model):
    """One post of a proposal: there already (`existed`), or made when it is confirmed."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="items")
    place = models.PositiveSmallIntegerField(help_text="In the order of what was chosen, from 0.")
    piece_version = models.ForeignKey(PieceVersion, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    channel_type = models.ForeignKey(ChannelType, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="proposed"
    )
    existed = models.BooleanField(default=False)
    again = models.BooleanField(
        default=False, help_text="A further copy of what the account has, or gets by this."
    )
    wall_time = models.CharField(max_length=19, blank=True, help_text="Empty: no time was found.")
    zone = models.CharField(max_length=64, blank=True)
    fold = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True, help_text="Why this time, or why none.")
    left_out = models.BooleanField(default=False)

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(fields=("proposal", "place"), name="proposed_place_once"),
            models.CheckConstraint(
                condition=Q(due_at=None, wall_time="")
                | (Q(due_at__isnull=False) & ~Q(wall_time="") & ~Q(zone="")),
                name="proposed_time_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(existed=False) | Q(post__isnull=False), name="proposed_post_is_there"
            ),
        )
        indexes = (models.Index(fields=("proposal", "due_at"), name="proposed_by_time"),)

    def __str__(self) -> str:
        return f"{self.piece_version.piece} to {self.account.name}"
