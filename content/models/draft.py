"""What someone has begun to write and not sent yet."""

import uuid

from django.conf import settings
from django.db import models

from content.models.piece import Piece
from organisation.models import Brand
from organisation.models.user import User


class DraftQuerySet(models.QuerySet["Draft"]):
    def unsent_by(self, user: User) -> "DraftQuerySet":
        """A person's own, as long as they may still see its brand."""
        brands = Brand.objects.visible_to(user)
        return self.filter(by=user, brand__in=brands, became=None)


class Draft(models.Model):
    """One form that is being filled in, kept with every pause of its writer.

    Its id is the id of the form: the batch or the piece that it becomes is made under it, and so
    only once. `edits` rises with every keeping, so that of two tabs the second is told.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="drafts")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    piece = models.ForeignKey(
        Piece,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The piece that is being edited; empty for a new one.",
    )
    payload = models.JSONField(default=dict, help_text="The form as it was filled in.")
    edits = models.PositiveIntegerField(default=0)
    became = models.ForeignKey(
        Piece,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The piece it was saved as. Kept so that a second press makes no second piece.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ("-updated_at",)
        indexes = (models.Index(fields=("by", "-updated_at"), name="draft_by_person"),)

    def __str__(self) -> str:
        text = str(self.payload.get("title") or self.payload.get("text") or "").strip()
        return text.split("\n", 1)[0][:60] or "Without words yet"
