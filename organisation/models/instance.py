"""Which installation this database is."""

import uuid

from django.db import models
from django.db.models import Q


class Instance(models.Model):
    """The one row that tells this database from a copy of it. See `posting.instance_guard`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    uuid = models.UUIDField(default=uuid.uuid4, help_text="A new one with every adoption.")
    former = models.JSONField(default=list, help_text="The ones it had before, oldest first.")
    home = models.JSONField(help_text="Where the database is; a copy is elsewhere.")
    adopted_at = models.DateTimeField(help_text="Nothing due before it goes out by itself.")
    doubt = models.TextField(blank=True, help_text="Why nothing is published until it is adopted.")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="instance_is_one"),)

    def __str__(self) -> str:
        return str(self.uuid)
