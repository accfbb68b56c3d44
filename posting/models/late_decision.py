"""What a person decided about many missed posts at once, and where those stood before."""

import uuid

from django.conf import settings
from django.db import models

from organisation.models import Brand
from organisation.models.brand import Person
from posting.models.post import Post


class LateDecisionQuerySet(models.QuerySet["LateDecision"]):
    def visible_to(self, user: Person) -> "LateDecisionQuerySet":
        """Those that were about a post of one of the person's brands."""
        mine = LateDecided.objects.filter(
            decision=models.OuterRef("pk"), post__brand__in=Brand.objects.visible_to(user)
        )
        return self.filter(models.Exists(mine))


class LateDecision(models.Model):
    """One confirmation. Its id is chosen when the form is shown, so that a double click or a
    replayed form finds the decision there already and decides nothing."""

    class Choice(models.TextChoices):
        NOW = "now", "Publish now, spaced out"
        SLOTS = "slots", "Next free slots"
        SPREAD = "spread", "Spread over a range"
        GIVE_UP = "give-up", "Give up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    choice = models.CharField(max_length=10, choices=Choice)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = LateDecisionQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.get_choice_display()}, {self.by}, {self.at:%d %B %Y %H:%M} UTC"


class LateDecided(models.Model):
    """One post of such a decision, as it was missed. `version` is what the decision made it."""

    decision = models.ForeignKey(LateDecision, on_delete=models.CASCADE, related_name="rows")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    wall_time = models.CharField(max_length=19, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    fold = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    error_sentence = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("decision", "post"), name="late_decided_once"),
        )

    def __str__(self) -> str:
        return f"{self.post}: {self.decision}"
