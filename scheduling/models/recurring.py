"""Recurring plans, and one row for each nominal time of each of their channels."""

import zoneinfo
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q

from content.models import Piece
from organisation.models import Brand
from organisation.models.brand import Person
from platforms.models import Account, ChannelType
from posting.models import Post
from scheduling.recurring.rules import Rule, parse_rule
from scheduling.walltime import parse_wall


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def visible_to(self, user: Person) -> "ScheduleQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def active(self) -> "ScheduleQuerySet":
        return self.filter(state=Schedule.State.ACTIVE)


class Schedule(models.Model):
    """A recurring plan: a piece, the channels it goes to, and the rule that says when."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="schedules")
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="schedules")
    rule = models.CharField(max_length=300, help_text="As RFC 5545 writes it: FREQ=WEEKLY;BYDAY=MO")
    start = models.CharField(
        max_length=19, help_text="The first possible wall time: 2026-11-24T09:30:00"
    )
    zone = models.CharField(
        max_length=64, blank=True, help_text="IANA name. Empty: each account's own zone."
    )
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    version = models.PositiveIntegerField(default=1, help_text="Rises with every change.")
    follows = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followed_by",
        help_text="The plan that this one took over from.",
    )
    made_through = models.DateTimeField(
        null=True, blank=True, help_text="Every time up to here has its post."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = "recurring plan"
        indexes = (
            models.Index(fields=("brand", "state", "-id"), name="schedule_by_brand"),
            models.Index(
                fields=("made_through",), condition=Q(state="active"), name="schedule_to_expand"
            ),
        )

    def __str__(self) -> str:
        return f"{self.piece}, again and again"

    @cached_property
    def checked_rule(self) -> Rule:
        return parse_rule(self.rule)

    @property
    def starts(self) -> datetime:
        """The first possible wall time, without a zone."""
        return parse_wall(self.start)

    def zone_of(self, account: Account) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.zone or account.timezone)


class ScheduleTarget(models.Model):
    """One channel of one account that a plan goes to."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="targets")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    channel_type = models.ForeignKey(ChannelType, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("schedule", "account", "channel_type"), name="schedule_target_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account}, {self.channel_type.name}"


class Occurrence(models.Model):
    """One nominal time of one channel of a plan. Never deleted: it is why nothing is made twice."""

    class State(models.TextChoices):
        MADE = "made", "Has its post"
        REFUSED = "refused", "Could not be made"
        SKIPPED = "skipped", "Skipped"

    target = models.ForeignKey(ScheduleTarget, on_delete=models.CASCADE, related_name="occurrences")
    nominal = models.CharField(max_length=19, help_text="The wall time that the rule names.")
    instant = models.DateTimeField(help_text="When that is, in the zone of the plan.")
    state = models.CharField(max_length=10, choices=State, default=State.REFUSED)
    reason = models.TextField(blank=True, help_text="Why it was refused or skipped.")
    paused = models.BooleanField(
        default=False, help_text="Its post is on hold because the plan is paused."
    )
    post = models.OneToOneField(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="occurrence"
    )
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("instant", "id")
        constraints = (
            models.UniqueConstraint(fields=("target", "nominal"), name="occurrence_once"),
            models.CheckConstraint(
                condition=~Q(state="made") | Q(post__isnull=False), name="occurrence_made_has_post"
            ),
        )
        indexes = (
            models.Index(fields=("target", "instant"), name="occurrence_by_time"),
            models.Index(
                fields=("instant",), condition=Q(state="refused"), name="occurrence_refused"
            ),
        )

    def __str__(self) -> str:
        return f"{self.nominal.replace('T', ' ')[:16]} of {self.target}"

    @property
    def nominal_time(self) -> datetime:
        return parse_wall(self.nominal)
