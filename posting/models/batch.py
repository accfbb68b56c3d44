"""What a person sent off with one press of a button."""

import uuid

from django.conf import settings
from django.db import models

from organisation.models import Brand
from organisation.models.brand import Person


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, user: Person) -> "BatchQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Batch(models.Model):
    """Posts made by one form. Its id is chosen when the form is shown, so that a double click, a
    replayed form or the back button finds the batch there already and makes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="batches")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"Sent off by {self.by}, {self.at:%d %B %Y %H:%M} UTC"
