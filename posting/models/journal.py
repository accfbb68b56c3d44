"""The journal and the history: rows that say what left, what came back and what moved."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from content.models import Piece
from organisation.models.audit import AppendOnly
from platforms.models import Account, Platform
from posting.models.followup import FollowUp
from posting.models.post import Post
from posting.states import Status


class PublishStep(models.Model):
    """One step of sending, committed as `started` before its request leaves."""

    class Kind(models.TextChoices):
        ONCE = "once", "once only"
        KEYED = "keyed", "once, by the platform's key"
        REPEATABLE = "repeatable", "may be repeated"

    class State(models.TextChoices):
        STARTED = "started", "Started, no answer"
        DONE = "done", "Done"
        VOID = "void", "Proven not to have happened"

    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="steps"
    )
    follow_up = models.ForeignKey(
        FollowUp, null=True, blank=True, on_delete=models.PROTECT, related_name="steps"
    )
    key = models.CharField(max_length=80)
    generation = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=8, choices=State)
    lease_token = models.PositiveBigIntegerField()
    request_hash = models.CharField(max_length=64, blank=True)
    idempotency_key = models.CharField(max_length=64, blank=True)
    remote_id = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True, blank=True)
    valid_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="A repeatable result is reused, or a key is honoured, until then.",
    )
    void_reason = models.TextField(blank=True)
    cost = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Millionths of a dollar, unless it never happened."
    )
    charged_to = models.ForeignKey(
        Account,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # most steps are free; those that are not have an index of their own
    )
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=("charged_to", "started_at"),
                condition=Q(charged_to__isnull=False),
                name="step_charged",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(post__isnull=False, follow_up=None)
                | Q(post=None, follow_up__isnull=False),
                name="step_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=("post", "key"),
                condition=~Q(state="void") & Q(post__isnull=False),
                name="step_once_per_post",
            ),
            models.UniqueConstraint(
                fields=("follow_up", "key"),
                condition=~Q(state="void") & Q(follow_up__isnull=False),
                name="step_once_per_follow_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.key}: {self.get_state_display()}"


class PostEvent(AppendOnly):
    """One move of a post, or something seen or said about it (then old and new are equal)."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(db_default=Now())
    old = models.CharField(max_length=12, choices=Status)
    new = models.CharField(max_length=12, choices=Status)
    actor = models.CharField(max_length=150)
    sentence = models.TextField()
    evidence = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("post", "id"), name="event_by_post"),)

    def __str__(self) -> str:
        return self.sentence


class PostAttempt(AppendOnly):
    """One claim that came to an end: what was asked, what was answered, how it was read."""

    class Outcome(models.TextChoices):
        PUBLISHED = "published", "Published"
        NOT_SENT = "not_sent", "Not sent"
        WAITING = "waiting", "Told to wait"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Unknown outcome"
        ABANDONED = "abandoned", "The worker stopped"

    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="attempt_rows"
    )
    follow_up = models.ForeignKey(
        FollowUp, null=True, blank=True, on_delete=models.PROTECT, related_name="attempt_rows"
    )
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="+")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    attempt_number = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Outcome)
    error_class = models.CharField(max_length=30, blank=True)
    error_message = models.TextField(blank=True)
    remote_id = models.CharField(max_length=200, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    worker = models.CharField(max_length=160, blank=True)
    exchanges = models.JSONField(
        default=list, blank=True, help_text="Requests and answers with the secrets removed."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "post_attempts"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(post__isnull=False, follow_up=None)
                | Q(post=None, follow_up__isnull=False),
                name="attempt_has_one_owner",
            ),
        )

    def __str__(self) -> str:
        return f"Attempt {self.attempt_number}: {self.get_status_display()}"

    @property
    def seconds(self) -> float:
        return (self.ended_at - self.started_at).total_seconds()
