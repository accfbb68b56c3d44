"""Credentials, encrypted at rest."""

from typing import Any

from django.db import models

from organisation.models import Brand
from platforms.fields import EncryptedTextField, current_key_id
from platforms.models.account import Account
from platforms.models.platform import Platform
from platforms.redaction import masked


class PlatformCredential(models.Model):
    """One secret of an account, or (account empty) of a brand's own app at a platform."""

    class Type(models.TextChoices):
        ACCESS_TOKEN = "access_token", "Access token"
        REFRESH_TOKEN = "refresh_token", "Refresh token"
        APP_PASSWORD = "app_password", "App password"
        APP_ID = "app_id", "App id"
        APP_SECRET = "app_secret", "App secret"

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="credentials")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="credentials")
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="credentials"
    )
    server = models.CharField(max_length=200, blank=True)
    credential_type = models.CharField(max_length=50, choices=Type)
    credential_value = EncryptedTextField()
    last_four = models.CharField(max_length=8, editable=False)
    key_id = models.CharField(max_length=8, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    scopes = models.JSONField(default=list, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    refresh_lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    refresh_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it is renewed next; empty: never."
    )
    refresh_unanswered = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="Renewals whose answer was lost."
    )
    refresh_refused = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="Renewals refused in a row."
    )
    stored_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when this value is the one in use."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "platform_credentials"
        indexes = (
            models.Index(
                fields=("refresh_at",),
                condition=models.Q(is_active=True, refresh_at__isnull=False),
                name="credential_to_refresh",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("account", "credential_type"),
                condition=models.Q(is_active=True, account__isnull=False),
                name="credential_one_active_per_account",
            ),
            models.UniqueConstraint(
                fields=("brand", "platform", "server", "credential_type"),
                condition=models.Q(is_active=True, account=None),
                name="credential_one_active_per_app",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_credential_type_display()} {masked('x' * 8 + self.last_four)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the display tail and the key's id beside the secret they belong to."""
        self.last_four = self.credential_value[-4:] if len(self.credential_value) >= 12 else ""
        self.key_id = current_key_id()
        super().save(*args, **kwargs)
