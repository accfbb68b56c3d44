"""What an account, or a whole brand, asks of the times of its posts. It warns and stops nothing."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from organisation.models import Brand
from organisation.models.brand import Person
from platforms.models import Account
from scheduling.holiday_calendars import validate_country
from scheduling.weekdays import EVERY_DAY, parse_clock

LOOK_BACK = 30  # days, unless a brand or account says otherwise
LOOK_BACK_MAX = 365
HOURS_MAX = 14  # stretches of a week


def validate_hours(hours: Any) -> None:
    """Raise ValidationError unless this is a list of stretches such as
    {"days": 31, "opens": "08:00", "closes": "20:00"}."""
    if hours is None:
        return
    if not isinstance(hours, list) or len(hours) > HOURS_MAX:
        raise ValidationError(f"The hours are a list of at most {HOURS_MAX} stretches.")
    for stretch in hours:
        if not isinstance(stretch, dict) or set(stretch) != {"days", "opens", "closes"}:
            raise ValidationError('A stretch has "days", "opens" and "closes", and nothing else.')
        days = stretch["days"]
        if type(days) is not int or not 1 <= days <= EVERY_DAY:
            raise ValidationError("Choose at least one day of the week.")
        if parse_clock(stretch["opens"]) == parse_clock(stretch["closes"]):
            raise ValidationError("A stretch that opens and closes at the same time is empty.")


class OfBrand(models.QuerySet[Any]):
    def visible_to(self, user: Person) -> "OfBrand":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class TimeRules(models.Model):
    """What is asked of the times of one account; without an account, of all of its brand's.

    What is empty for an account is as in its brand, and what is empty there asks nothing.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="time_rules")
    account = models.OneToOneField(
        Account,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="time_rules",
        help_text="Empty: all accounts of the brand.",
    )
    hours = models.JSONField(
        null=True,
        blank=True,
        validators=[validate_hours],
        help_text="The hours in which posts may go out, by the account's clock: "
        '[{"days": 31, "opens": "08:00", "closes": "20:00"}], Monday being 1 and Sunday 64. '
        "An empty list: at any hour. Nothing: as in the brand.",
    )
    country = models.CharField(
        max_length=12,
        blank=True,
        validators=[validate_country],
        help_text="Whose public holidays count, such as GB or GB-SCT; “none” for none.",
    )
    daily_budget = models.PositiveSmallIntegerField(
        "posts a day", null=True, blank=True, help_text="The most on one day of one account."
    )
    look_back = models.PositiveSmallIntegerField(
        "look back",
        null=True,
        blank=True,
        help_text=f"Days within which an account shall not say the same twice; 0 for never mind. "
        f"Empty everywhere: {LOOK_BACK}.",
    )
    takes_suggestions = models.BooleanField(
        "takes suggested times at once",
        null=True,
        blank=True,
        help_text="Whether ready posts get suggested times without being asked about each. "
        "Empty everywhere: times are only proposed.",
    )

    objects = OfBrand.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "time rules"
        constraints = (
            models.UniqueConstraint(
                fields=("brand",), condition=Q(account=None), name="time_rules_once_per_brand"
            ),
            models.CheckConstraint(
                condition=Q(look_back=None) | Q(look_back__lte=LOOK_BACK_MAX),
                name="time_rules_look_back_a_year",
                violation_error_message=f"Look back {LOOK_BACK_MAX} days at most.",
            ),
        )

    def __str__(self) -> str:
        return f"Times of {self.account or self.brand}"

    def clean(self) -> None:
        _refuse_other_brand(self.account, self.brand_id)


class Blackout(models.Model):
    """Days on which nothing shall go out, by each account's own clock."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="blackouts")
    account = models.ForeignKey(
        Account,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="blackouts",
        help_text="Empty: all accounts of the brand.",
    )
    first = models.DateField("first day")
    last = models.DateField("last day", help_text="Included.")
    why = models.CharField(max_length=120, help_text="Such as “Stocktaking”.")

    objects = OfBrand.as_manager()

    class Meta:
        ordering = ("first", "pk")
        indexes = (models.Index(fields=("brand", "last"), name="blackout_by_brand"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(last__gte=models.F("first")),
                name="blackout_ends_after_it_begins",
                violation_error_message="The last day comes before the first.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.why}, {self.days}"

    def clean(self) -> None:
        _refuse_other_brand(self.account, self.brand_id)

    @property
    def days(self) -> str:
        """24 December 2026, or 24 December 2026 to 2 January 2027."""
        first = f"{self.first.day} {self.first:%B %Y}"
        return first if self.first == self.last else f"{first} to {self.last.day} {self.last:%B %Y}"


def _refuse_other_brand(account: Account | None, brand: int | None) -> None:
    if account is not None and account.brand_id != brand:
        raise ValidationError({"account": f"{account.name} belongs to another brand."})
