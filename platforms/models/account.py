"""Accounts: the pages, profiles and channels posts go to."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models

from organisation.models import Brand
from organisation.models.brand import Person
from organisation.models.user import validate_zone
from platforms.contract import api_of
from platforms.models.platform import Platform

SANDBOX = "sandbox"


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: Person) -> "AccountQuerySet":
        if user.is_authenticated and user.is_superuser:
            return self
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def able_to_send(self, now: datetime) -> "AccountQuerySet":
        """Accounts that may send now: connected, not paused, not told to wait."""
        return self.filter(
            models.Q(blocked_until=None) | models.Q(blocked_until__lte=now),
            state__in=Account.SENDING_STATES,
            platform__enabled=True,
        )

    def stopped_by_platform(self) -> "AccountQuerySet":
        """The same for many as `is_stopped_by_platform` for one row."""
        halted = models.Q(state=Account.State.PAUSED, halted=True)
        return self.filter(halted | models.Q(state=Account.State.NEEDS_RECONNECT))

    def sandboxed(self) -> "AccountQuerySet":
        return self.filter(server=SANDBOX)

    def needing_attention(self) -> "AccountQuerySet":
        return self.filter(state=Account.State.NEEDS_RECONNECT)


class Account(models.Model):
    """One page, profile or channel of a brand."""

    class State(models.TextChoices):
        CONNECTED = "connected", "Connected"
        EXPIRING = "expiring", "Ends soon"
        NEEDS_RECONNECT = "needs_reconnect", "Needs reconnect"
        PAUSED = "paused", "Paused"

    SENDING_STATES = (State.CONNECTED, State.EXPIRING)

    class LatePolicy(models.TextChoices):
        ASK = "ask", "Ask: mark it missed and let a person decide"
        SEND = "send", "Send it late"
        SKIP = "skip", "Skip it"

    class ApprovalRule(models.TextChoices):
        NONE = "none", "No approval"
        ANYONE = "anyone", "Approved by someone with the right"
        FOUR_EYES = "four_eyes", "Approved by someone other than the author"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="accounts")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="accounts")
    server = models.CharField(
        max_length=200,
        blank=True,
        help_text="The server's address where the platform has many, `sandbox`, or empty.",
    )
    server_facts = models.JSONField(default=dict, blank=True)
    remote_id = models.CharField(max_length=120, help_text="The platform's own id.")
    name = models.CharField(max_length=160)
    avatar_url = models.URLField(blank=True, max_length=500)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    state = models.CharField(max_length=20, choices=State, default=State.CONNECTED)
    state_reason = models.TextField(blank=True)
    state_since = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(
        null=True, blank=True, help_text="Of a paused account. Empty: until somebody resumes it."
    )
    minimum_gap = models.DurationField(default=timedelta(minutes=5))
    late_limit = models.DurationField(default=timedelta(hours=6))
    late_policy = models.CharField(max_length=10, choices=LatePolicy, default=LatePolicy.ASK)
    approval_rule = models.CharField(max_length=10, choices=ApprovalRule, default=ApprovalRule.NONE)
    fallback = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Another account of the brand on the platform, which sends what is due once the "
        "platform has stopped this one. Empty: its posts wait.",
    )
    fallback_without_video = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A post whose video the platform refuses goes out without it, if that can be.",
    )
    halted = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Paused by its platform, and not by a person.",
    )
    max_in_flight = models.PositiveSmallIntegerField(default=4)
    tier = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="Its subscription there, where the platform takes more from those who have one.",
    )
    pays_per_use = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Each request costs, where the platform charges so. Off: a plan covers them.",
    )
    monthly_cap = models.DecimalField(
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Dollars in a calendar month of its time zone. Empty: no cap.",
    )
    last_served_at = models.DateTimeField(null=True, blank=True)
    blocked_until = models.DateTimeField(null=True, blank=True)
    login_path = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The way by which it was connected; empty for a token that was pasted.",
    )
    granted_by = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The platform's id of the person who agreed, so that they can take it back.",
    )
    check_failures = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="Checks that failed in a row."
    )
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ("platform", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("platform", "server", "remote_id", "brand"), name="account_once_per_brand"
            ),
        )
        indexes = (
            models.Index(
                fields=("granted_by",),
                condition=~models.Q(granted_by=""),
                name="account_granted_by",
            ),
        )

    def __str__(self) -> str:
        return f"{self.platform.name}, {self.name}"

    @property
    def base_url(self) -> str:
        """Where this account's API answers; empty when a sandbox account has no sandbox."""
        if self.server == SANDBOX:
            return f"{settings.SANDBOX_URL}/{self.platform.slug}" if settings.SANDBOX_URL else ""
        by_adapter = api_of(self.platform.adapter, self.server_facts)
        return (self.server or self.platform.api_base_url or by_adapter).rstrip("/")

    @property
    def facts(self) -> dict[str, Any]:
        """What decides its limits: what its server tells, and what only people know."""
        return {**self.server_facts, "tier": self.tier} if self.tier else self.server_facts

    @property
    def needs_approval(self) -> bool:
        return self.approval_rule != self.ApprovalRule.NONE

    @property
    def is_stopped_by_platform(self) -> bool:
        """Whether its platform keeps it from sending. What a person paused waits for a person."""
        paused = self.state == self.State.PAUSED and self.halted
        return paused or self.state == self.State.NEEDS_RECONNECT

    def may_stand_in_for(self, other: "Account") -> bool:
        """Whether it may send what was meant for the other: never a real one for the sandbox."""
        return (
            self.pk != other.pk
            and (self.brand_id, self.platform_id) == (other.brand_id, other.platform_id)
            and self.is_sandboxed == other.is_sandboxed
        )

    @property
    def meanwhile(self) -> str:
        """What becomes of its posts while it cannot send, for notices."""
        if self.fallback is None:
            return f"The posts of {self.name} wait until a person acts."
        return (
            f"What is due goes out by {self.fallback.name} instead where that is safe; the other "
            f"posts of {self.name} wait until a person acts."
        )

    @property
    def is_sandboxed(self) -> bool:
        return self.server == SANDBOX

    def may_send(self, now: datetime) -> bool:
        """The same for one row as `able_to_send` for many."""
        waits = self.blocked_until is not None and self.blocked_until > now
        return self.can_send and self.platform.enabled and not waits

    @property
    def can_send(self) -> bool:
        return self.state in self.SENDING_STATES
