"""Runs of writing: pieces that are made from sections of a source, one after the other."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from content.models.piece import Piece
from content.models.source import Section, Source
from organisation.models import Brand
from organisation.models.brand import Person
from platforms.models import Account, ChannelType


class WritingRunQuerySet(models.QuerySet["WritingRun"]):
    def visible_to(self, user: Person) -> "WritingRunQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class WritingRun(models.Model):
    """What one press of a button asked for. Its id is that of the form, and so it is made once.

    It has no state of its own: how far it is, its items say.
    """

    class Writer(models.TextChoices):
        MODEL = "model", "Language model"
        OFFLINE = "offline", "Offline writer"

    class Tone(models.TextChoices):
        PLAIN = "plain", "Plain"
        WARM = "warm", "Warm"
        LIVELY = "lively", "Lively"
        FORMAL = "formal", "Formal"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="writing_runs")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="writing_runs")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: a feed's rule asked.",
    )
    tone = models.CharField(max_length=10, choices=Tone, default=Tone.PLAIN)
    writer = models.CharField(max_length=10, choices=Writer)
    at = models.DateTimeField(auto_now_add=True)

    objects = WritingRunQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("source", "-at"), name="run_by_source"),)

    def __str__(self) -> str:
        return f"Pieces from {self.source}"


class WritingItemQuerySet(models.QuerySet["WritingItem"]):
    def visible_to(self, user: Person) -> "WritingItemQuerySet":
        return self.filter(run__brand__in=Brand.objects.visible_to(user))

    def waiting(self) -> "WritingItemQuerySet":
        return self.filter(state=WritingItem.State.WAITING)

    def due(self, now: datetime) -> "WritingItemQuerySet":
        """Those that may be written now; the first of each run before the second of any."""
        return self.waiting().filter(wake_at__lte=now).order_by("position", "pk")

    def abandoned(self, now: datetime) -> "WritingItemQuerySet":
        """Those whose worker is gone, by their lease."""
        return self.filter(state=WritingItem.State.WRITING, lease_until__lt=now)


class WritingItem(models.Model):
    """One section for one channel of one account, and the piece it becomes.

    Every move is a conditional UPDATE by `content.writers.queue`. While it is being written it has
    a lease, and only who holds its `lease_token` may settle it: in one transaction with the piece,
    so that no item ever has two.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        WRITING = "writing", "Writing"
        WRITTEN = "written", "Written"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"

    run = models.ForeignKey(WritingRun, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField(help_text="From 1.")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    channel_type = models.ForeignKey(ChannelType, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    writer = models.CharField(max_length=10, choices=WritingRun.Writer)
    wake_at = models.DateTimeField(help_text="Not written before this.")
    lease_token = models.PositiveIntegerField(default=0, help_text="Rises with every claim.")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text="Since a person last asked.")
    lost = models.PositiveIntegerField(
        default=0, help_text="Workers that were gone in the middle of it, since then."
    )
    is_last_try = models.BooleanField(
        default=False, help_text="The run was stopped while it was being written."
    )
    error = models.TextField(blank=True, help_text="Why it failed, or waits.")
    problem = models.TextField(blank=True, help_text="What a person should mend in the piece.")
    remark = models.TextField(blank=True, help_text="What was left out of it, or done to it.")
    written_by = models.CharField(
        max_length=120, blank=True, help_text="The model; empty: the offline writer."
    )
    length = models.PositiveIntegerField(null=True, blank=True, help_text="As the channel counts.")
    over = models.PositiveIntegerField(default=0, help_text="By how much it is too long.")
    seconds = models.FloatField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    piece = models.OneToOneField(
        Piece, null=True, blank=True, on_delete=models.SET_NULL, related_name="writing_item"
    )

    objects = WritingItemQuerySet.as_manager()

    class Meta:
        ordering = ("run", "position")
        indexes = (
            models.Index(
                fields=("wake_at",),
                condition=Q(state__in=("waiting", "writing")),
                name="item_to_write",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("run", "position"), name="item_place_once"),
            models.UniqueConstraint(
                fields=("run", "section", "account", "channel_type"), name="item_once_per_run"
            ),
            models.CheckConstraint(
                condition=Q(state="writing", lease_until__isnull=False)
                | (~Q(state="writing") & Q(lease_until=None)),
                name="item_leased_only_while_writing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.section} for {self.channel_type}"

    @property
    def channel(self) -> str:
        """The channel as pieces name it, such as `mastodon/status`."""
        return f"{self.channel_type.platform.slug}/{self.channel_type.slug}"
