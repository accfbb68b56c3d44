"""Words by which a brand groups its pieces: a campaign, an exhibition, a season."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from organisation.models import Brand
from organisation.models.brand import Person


class LabelQuerySet(models.QuerySet["Label"]):
    def visible_to(self, user: Person) -> "LabelQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Label(models.Model):
    """One such word. The posts of its pieces wait while it is held.

    Held and released only by `posting.labels`, which flags the posts in the same transaction.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="labels")
    name = models.CharField(max_length=40)
    held = models.BooleanField(default=False, editable=False)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    held_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Empty: until somebody releases it."
    )

    objects = LabelQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint("brand", Lower("name"), name="label_once_per_brand"),
        )

    def __str__(self) -> str:
        return self.name
