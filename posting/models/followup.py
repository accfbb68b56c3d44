"""What is done to a post after it is out."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from posting.models.post import Post
from posting.models.sendable import Sendable


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def due(self, now: datetime) -> "FollowUpQuerySet":
        """Follow-ups a worker may take now."""
        return self.filter(state="waiting", wake_at__lte=now)

    def in_flight(self) -> "FollowUpQuerySet":
        return self.filter(state="sending")

    def plan_comment(self, post: int, account: int, text: str, now: datetime) -> None:
        """Plan the first comment below a post that is out, in the transaction that says so."""
        if text:
            self.create(post_id=post, account_id=account, kind="comment", text=text, wake_at=now)


class FollowUp(Sendable):
    """A comment under a post that is out, or its removal. Never fails the post itself."""

    OWNER_FIELD = "follow_up_id"
    IN_FLIGHT = {"state": "sending"}

    class Kind(models.TextChoices):
        COMMENT = "comment", "First comment"
        EDIT = "edit", "Edit"
        DELETE = "delete", "Delete"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Sending"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        UNCONFIRMED = "unconfirmed", "Unconfirmed"
        CANCELLED = "cancelled", "Cancelled"

    UNDECIDED = (State.WAITING, State.SENDING)  # nobody knows yet what becomes of it

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    text = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    unanswered_claims = models.PositiveSmallIntegerField(default=0)
    first_claimed_at = models.DateTimeField(null=True, blank=True)
    remote_id = models.CharField(max_length=200, blank=True)
    error_class = models.CharField(max_length=30, blank=True)
    error_sentence = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=("account", "wake_at"),
                condition=Q(state="waiting"),
                name="follow_up_claimable",
            ),
            models.Index(
                fields=("lease_until",), condition=Q(state="sending"), name="follow_up_leased"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("post", "kind"),
                condition=Q(kind="delete", state__in=("waiting", "sending")),
                name="follow_up_one_delete_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_until=None, on_wire="")),
                name="follow_up_leased_only_while_sending",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.post}"
