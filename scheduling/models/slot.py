"""Times of the week at which an account is used to post."""

from django.db import models
from django.db.models import Q

from organisation.models import Brand
from organisation.models.brand import Person
from platforms.models import Account
from scheduling.weekdays import EVERY_DAY, named_days

QUEUE_MAX = 40  # characters


class SlotQuerySet(models.QuerySet["Slot"]):
    def visible_to(self, user: Person) -> "SlotQuerySet":
        return self.filter(account__brand__in=Brand.objects.visible_to(user))


def clean_queue(name: str) -> str:
    """Return the name of a queue as it is kept: small letters, single spaces."""
    return " ".join(name.replace("\x00", "").split()).lower()[:QUEUE_MAX]


class Slot(models.Model):
    """A time of day on some days of each week, by the account's clock.

    A queue is a name that slots of several accounts may share, such as "evergreen": who asks for
    the next free slot of a queue gets one of these.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="slots")
    days = models.PositiveSmallIntegerField(help_text="The sum of Monday 1, Tuesday 2 … Sunday 64.")
    at = models.TimeField("time")
    queue = models.CharField(max_length=QUEUE_MAX, blank=True, help_text="Empty: for any post.")

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ("at", "queue", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "at", "queue"),
                name="slot_once",
                violation_error_message="The account has this time in this queue already.",
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=EVERY_DAY),
                name="slot_has_days",
                violation_error_message="Choose at least one day of the week.",
            ),
        )

    def __str__(self) -> str:
        queue = f", {self.queue}" if self.queue else ""
        return f"{named_days(self.days)} {self.at:%H:%M}{queue}"

    def clean(self) -> None:
        self.queue = clean_queue(self.queue)
