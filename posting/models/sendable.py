"""What a worker can take and send."""

from typing import ClassVar

from django.db import models

from platforms.models import Account


class Sendable(models.Model):
    """The row a worker's lease lives on. One conditional UPDATE on it decides every race."""

    OWNER_FIELD: ClassVar[str]  # the column of PublishStep that points here
    IN_FLIGHT: ClassVar[dict[str, str]]  # what marks a row that a worker holds

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="%(class)ss")
    wake_at = models.DateTimeField(null=True, blank=True, help_text="Not claimed before then.")
    lease_token = models.PositiveBigIntegerField(default=0, help_text="Only ever rises.")
    lease_until = models.DateTimeField(null=True, blank=True)
    on_wire = models.CharField(
        max_length=80, blank=True, help_text="The step that is being sent, or empty."
    )

    class Meta:
        abstract = True
