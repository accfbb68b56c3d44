"""Platforms and their channels, kept in step with the registry after every migrate."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from platforms.checking import TIGHTENABLE
from platforms.contract import Adapter
from platforms.registry import adapter_for

LOW = 25  # percent of an allowance


class Platform(models.Model):
    """What staff may set about a platform. What the platform is, its adapter says."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    enabled = models.BooleanField(
        default=True, help_text="Off: no account of this platform sends; its posts wait."
    )
    api_base_url = models.URLField(blank=True, help_text="Empty: the address the adapter knows.")
    api_version = models.CharField(
        max_length=20, blank=True, help_text="Empty: the version the adapter was written for."
    )
    fallback_version = models.CharField(max_length=20, blank=True)
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = "platforms"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def adapter(self) -> type[Adapter]:
        """The adapter class. Raises UnknownPlatform when its file is gone."""
        return adapter_for(self.slug)


def validate_lower_limits(limits: Any) -> None:
    """Raise ValidationError unless this maps names of limits to whole numbers above 0."""
    names = ", ".join(TIGHTENABLE)
    if not isinstance(limits, dict) or not set(limits) <= set(TIGHTENABLE):
        raise ValidationError(f"Limits may name {names}, and nothing else.")
    if not all(type(value) is int and value > 0 for value in limits.values()):
        raise ValidationError("Each limit is a whole number above 0.")


class ChannelType(models.Model):
    """One kind of post of a platform, for example Facebook's feed-post."""

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="channel_types")
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    limits = models.JSONField(
        default=dict,
        blank=True,
        validators=[validate_lower_limits],
        help_text='Lower limits of your own, such as {"text_max": 400}.',
    )

    class Meta:
        db_table = "channel_types"
        ordering = ("platform", "slug")
        constraints = (
            models.UniqueConstraint(fields=("platform", "slug"), name="channel_once_per_platform"),
        )

    def __str__(self) -> str:
        return f"{self.platform.name}, {self.name.lower()}"


class RateBudget(models.Model):
    """What a platform said is left of one allowance, for one account or for a whole app."""

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="budgets")
    account = models.ForeignKey(
        "platforms.Account", null=True, blank=True, on_delete=models.CASCADE, related_name="budgets"
    )
    name = models.CharField(max_length=60, help_text="The platform's own name for it.")
    limit = models.PositiveIntegerField(null=True)
    remaining = models.PositiveIntegerField(null=True)
    resets_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("platform", "account", "name"), name="budget_once_per_account"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.remaining} of {self.limit}"

    @property
    def percent_left(self) -> int | None:
        """None where the platform did not say."""
        return (self.remaining or 0) * 100 // self.limit if self.limit else None

    @property
    def is_low(self) -> bool:
        """Little enough for a person to know of before they send."""
        return self.percent_left is not None and self.percent_left <= LOW
