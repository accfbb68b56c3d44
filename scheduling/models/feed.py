"""Private links by which a person's own calendar program reads the schedule."""

from django.conf import settings
from django.db import models

from organisation.models import Brand


class CalendarFeed(models.Model):
    """One link. Whoever has it reads what its person may see; only its hash is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    brand = models.ForeignKey(
        Brand,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Empty: every brand the person works for.",
    )
    name = models.CharField(max_length=80, help_text="Where it is read: “my phone”.")
    hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name
