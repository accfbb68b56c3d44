"""What a brand tells the language model about one kind of channel."""

from django.conf import settings
from django.db import models

from organisation.models import Brand
from organisation.models.brand import Person
from platforms.models import ChannelType


class PromptTemplateQuerySet(models.QuerySet["PromptTemplate"]):
    def visible_to(self, user: Person) -> "PromptTemplateQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class PromptTemplate(models.Model):
    """One version of it, never changed once saved; the one with the highest number counts.

    Made only by `content.writers.prompts.save_template`. One without text says that the product's
    own words are taken again.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="prompt_templates")
    channel_type = models.ForeignKey(ChannelType, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = PromptTemplateQuerySet.as_manager()

    class Meta:
        ordering = ("brand", "channel_type", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("brand", "channel_type", "number"), name="prompt_number_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel_type}, version {self.number}"
