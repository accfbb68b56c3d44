"""Approvals and refusals: bound to the exact content, account and channel they were given for."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from posting.models.post import Post


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def standing(self, now: datetime) -> "ApprovalQuerySet":
        """Approvals that count now: a yes, not withdrawn, inside its window."""
        return self.filter(
            Q(not_before=None) | Q(not_before__lte=now),
            Q(not_after=None) | Q(not_after__gte=now),
            withdrawn_at=None,
            declined="",
        )


class Approval(models.Model):
    """One person's yes to one content hash of one post, or their no with its reason."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="approvals")
    content_hash = models.CharField(max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals"
    )
    at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(null=True, blank=True)
    not_after = models.DateTimeField(null=True, blank=True, help_text="Empty: any time.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    declined = models.TextField(blank=True, help_text="Why not; empty for a yes.")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("post", "content_hash"), name="approval_by_content"),)

    def __str__(self) -> str:
        return f"{'Declined' if self.declined else 'Approved'} by {self.by}"
