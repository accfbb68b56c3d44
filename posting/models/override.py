"""Rules of platforms that a person set aside for one post, and why."""

from django.conf import settings
from django.db import models

from posting.models.post import Post


class PolicyOverride(models.Model):
    """Nearly the same text may go to several accounts, said of one post and the words it has."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="overrides")
    words = models.CharField(max_length=11, help_text="The print of the words it was said about.")
    note = models.CharField(max_length=300, help_text="Why it may be.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=("post", "words"), name="override_once_for_words"),
        )

    def __str__(self) -> str:
        return f"{self.post}: {self.note}"
