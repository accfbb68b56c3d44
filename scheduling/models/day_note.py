"""Notes on the days of a calendar."""

from django.conf import settings
from django.db import models

from organisation.models import Brand
from organisation.models.brand import Person


class DayNoteQuerySet(models.QuerySet["DayNote"]):
    def visible_to(self, user: Person) -> "DayNoteQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class DayNote(models.Model):
    """A line on a day of a brand's calendar: an anniversary, a sale, who is away.

    Written only by `scheduling.notes`. A day is a date and not an instant: it is the same for
    readers in every zone.
    """

    TEXT_MAX = 200  # characters

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="day_notes")
    day = models.DateField()
    text = models.CharField(max_length=TEXT_MAX)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, help_text="Rises with every edit.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DayNoteQuerySet.as_manager()

    class Meta:
        ordering = ("day", "id")
        indexes = (models.Index(fields=("brand", "day"), name="day_note_of_brand"),)

    def __str__(self) -> str:
        return self.text
