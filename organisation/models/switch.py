"""The kill switches."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce

from organisation.models.brand import Brand


class SwitchQuerySet(models.QuerySet["Switch"]):
    def stopped_for(self, brand_id: int) -> "SwitchQuerySet":
        """The switches that keep this brand from publishing now; empty when it may publish."""
        return self.filter(models.Q(brand=None) | models.Q(brand_id=brand_id), stopped=True)

    def stopping(self, brands: models.QuerySet[Brand]) -> "SwitchQuerySet":
        """The switches that stop any of these brands; the one for everything comes first."""
        here = models.Q(brand=None) | models.Q(brand__in=brands)
        return self.filter(here, stopped=True).order_by(models.F("brand").asc(nulls_first=True))


class Switch(models.Model):
    """Publishing on or off, for one brand or (brand empty) for everything.

    Turned only by `platforms.pausing`, which takes the locks a claim takes too.
    """

    brand = models.OneToOneField(
        Brand, null=True, blank=True, on_delete=models.CASCADE, related_name="switch"
    )
    stopped = models.BooleanField(default=False)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(
        null=True, blank=True, help_text="Empty: until somebody starts it again."
    )
    reason = models.CharField(max_length=200, blank=True)

    objects = SwitchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "switches"
        constraints = (
            # A unique brand does not cover NULL, and there is only one "everything".
            models.UniqueConstraint(Coalesce("brand", 0), name="switch_once_per_scope"),
        )

    def __str__(self) -> str:
        scope = self.brand.name if self.brand else "Everything"
        return f"{scope}: {'stopped' if self.stopped else 'publishing on'}"
