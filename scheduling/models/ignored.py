"""Conflicts that a person has seen and left as they are."""

from django.conf import settings
from django.db import models

from posting.models import Post


class IgnoredConflict(models.Model):
    """One conflict of one post, silent until one of the facts it rests on changes."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="ignored_conflicts")
    kind = models.CharField(max_length=20)
    facts = models.CharField(max_length=16, help_text="A hash of what the conflict rests on.")
    sentence = models.TextField(help_text="The conflict as it was told.")
    note = models.CharField(max_length=300, help_text="Why it was left.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=("post", "kind", "facts"), name="conflict_ignored_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.post}: {self.note}"
