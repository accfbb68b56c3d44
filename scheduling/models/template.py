"""Schedule templates: several steps that together say when and where a piece goes out."""

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from organisation.models import Brand
from organisation.models.brand import Person
from platforms.models import Account, ChannelType
from scheduling.weekdays import NAMES

NAME_MAX = 60  # characters
DAY_MAX = 365  # of a step, from the start on
STEPS_MAX = 40
WEEKDAYS = list(enumerate(NAMES))


class ScheduleTemplateQuerySet(models.QuerySet["ScheduleTemplate"]):
    def visible_to(self, user: Person) -> "ScheduleTemplateQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ScheduleTemplate(models.Model):
    """A named row of steps of a brand, applied to a piece and a start date again and again."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="schedule_templates")
    name = models.CharField(max_length=NAME_MAX)
    version = models.PositiveIntegerField(default=1, help_text="Rises with every change.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScheduleTemplateQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                "brand",
                Lower("name"),
                name="schedule_template_name_once",
                violation_error_message="The brand has a template of this name already.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class TemplateStep(models.Model):
    """One step: a day counted from the start, a time of the account's own clock, and a channel."""

    template = models.ForeignKey(ScheduleTemplate, on_delete=models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField(help_text="In the list, from 0.")
    day = models.PositiveSmallIntegerField(
        default=0, help_text="Days after the start; 0 is the start itself."
    )
    weekday = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        choices=WEEKDAYS,
        help_text="The first such day from then on. Empty: that very day.",
    )
    at = models.TimeField("time", help_text="By the account’s own clock.")
    channel_type = models.ForeignKey(ChannelType, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        Account,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: every account of the brand on the platform of the channel.",
    )

    class Meta:
        ordering = ("place", "pk")
        constraints = (
            models.UniqueConstraint(fields=("template", "place"), name="template_step_place_once"),
            models.CheckConstraint(
                condition=Q(day__lte=DAY_MAX),
                name="template_step_within_a_year",
                violation_error_message=f"A step comes {DAY_MAX} days after the start at most.",
            ),
            models.CheckConstraint(
                condition=Q(weekday=None) | Q(weekday__lte=6), name="template_step_weekday"
            ),
        )

    def __str__(self) -> str:
        return f"{self.when}, {self.where}"

    def clean(self) -> None:
        if self.account is not None and self.account.platform_id != self.channel_type.platform_id:
            raise ValidationError(
                f"{self.account.name} has no channel named {self.channel_type.name}."
            )

    def date_from(self, start: date) -> date:
        """Return the day of this step for a start."""
        day = start + timedelta(days=self.day)
        if self.weekday is None:
            return day
        return day + timedelta(days=(self.weekday - day.weekday()) % 7)

    @property
    def when(self) -> str:
        """Day 0 at 09:00; day +3 at 17:30; the first Tuesday from day +7 on at 09:00."""
        day = f"day +{self.day}" if self.day else "day 0"
        if self.weekday is not None:
            day = f"the first {NAMES[self.weekday]} from {day} on"
        return f"{day[0].upper()}{day[1:]} at {self.at:%H:%M}"

    @property
    def where(self) -> str:
        """Glen & Loom, Feed post; every Mastodon account, Post."""
        if self.account is not None:
            return f"{self.account.name}, {self.channel_type.name}"
        return f"every {self.channel_type.platform.name} account, {self.channel_type.name}"
