"""What programs need to act for people: tokens, and the memory of what was asked before."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from organisation.models.brand import Brand


class Scope(models.TextChoices):
    """What a token may be used for, besides what its person may do."""

    POSTS_READ = "posts:read", "Read posts"
    POSTS_WRITE = "posts:write", "Make, edit and cancel posts"
    POSTS_PUBLISH = "posts:publish", "Let posts go out, and delete them at the platform"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def standing(self, now: datetime) -> "ApiTokenQuerySet":
        """Tokens that open the door now: not revoked, not expired, of an active person."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None, user__is_active=True
        )


class ApiToken(models.Model):
    """A person's key for one program. Made and revoked only by `organisation.tokens`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    brand = models.ForeignKey(
        Brand,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Empty: every brand of the person.",
    )
    name = models.CharField(max_length=80, help_text="What uses it, such as “till in the shop”.")
    prefix = models.CharField(max_length=12, help_text="How it begins, to tell tokens apart.")
    hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the whole token.")
    scopes = models.JSONField(default=list)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def older_than(self, moment: datetime) -> "IdempotencyKeyQuerySet":
        return self.filter(created_at__lt=moment)


class IdempotencyKey(models.Model):
    """A request that must act once. Written only by `organisation.api.idempotency`.

    Without `status` the request is being worked on by whoever set `claim`; with it, `answer` is
    what every repetition gets.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.ForeignKey(
        ApiToken, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    claim = models.CharField(max_length=32)
    claimed_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True, help_text="JSON, as it was sent")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = (
            # A unique token does not cover NULL, and a session's keys belong to its person.
            models.UniqueConstraint(
                "user", Coalesce("token", 0), "key", name="idempotency_key_once"
            ),
        )

    def __str__(self) -> str:
        return self.key
