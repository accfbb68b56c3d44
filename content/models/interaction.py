"""What was said to a language model, and what it said."""

from django.conf import settings
from django.db import models

from organisation.models import Brand
from organisation.models.brand import Person


class LlmInteractionQuerySet(models.QuerySet["LlmInteraction"]):
    def visible_to(self, user: Person) -> "LlmInteractionQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def went_well(self) -> "LlmInteractionQuerySet":
        return self.filter(error_kind="")


class LlmInteraction(models.Model):
    """One question and its answer, whole, whether or not it went well. Written once.

    The key and the headers are not kept. `output` is what came, before anything was taken out of
    it; the piece says what was kept.
    """

    class Purpose(models.TextChoices):
        WRITE = "write", "Write"
        REPAIR = "repair", "Mend what did not fit"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="interactions")
    item = models.ForeignKey(
        "content.WritingItem",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="interactions",
    )
    piece = models.ForeignKey(
        "content.Piece",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="interactions",
        help_text="What came of it; empty where nothing did.",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: a feed's rule asked.",
    )
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.WRITE)
    host = models.CharField(max_length=200, help_text="Where the model is.")
    model = models.CharField(max_length=120, help_text="As the server calls it.")
    messages = models.JSONField(help_text="What was said to it, in order, each with its role.")
    parameters = models.JSONField(default=dict, blank=True)
    output = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=40, blank=True, help_text="In its own words.")
    error_kind = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True, help_text="Empty: it went well.")
    started_at = models.DateTimeField()
    seconds = models.FloatField(help_text="From the question to the end of the answer.")
    first_seconds = models.FloatField(
        null=True, blank=True, help_text="Until the first sign of an answer."
    )
    tokens_in = models.PositiveIntegerField(null=True, blank=True, help_text="As it counted them.")
    tokens_out = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, help_text="Dollars"
    )

    objects = LlmInteractionQuerySet.as_manager()

    class Meta:
        db_table = "llm_interaction"
        ordering = ("-id",)
        indexes = (models.Index(fields=("brand", "-id"), name="interaction_by_brand"),)

    def __str__(self) -> str:
        return f"{self.model}, {self.get_purpose_display().lower()}, {self.pk}"
