"""One walk of one person to a platform and back, from the button to the chosen accounts."""

from datetime import datetime

from django.conf import settings
from django.db import models

from organisation.models import Brand
from platforms.fields import EncryptedTextField
from platforms.models.account import Account
from platforms.models.platform import Platform


class OAuthFlow(models.Model):
    """Begun here, agreed to at the platform, and used once.

    The state and the browser are kept as hashes: whoever reads this table can finish no flow.
    """

    state_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="+")
    login_path = models.CharField(max_length=40)
    server = models.CharField(max_length=200, blank=True)
    # What the server signs its answer with, where it says that it does (RFC 9207); else empty.
    issuer = models.CharField(max_length=500, blank=True, default="", db_default="")
    account = models.ForeignKey(
        Account,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The account that is reconnected; empty: whichever are chosen.",
    )
    redirect_uri = models.CharField(max_length=500)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text="Its state is used up since then.")
    ended_at = models.DateTimeField(null=True)
    # The verifier while it is open, the tokens of what is offered until a choice is made.
    secret = EncryptedTextField(blank=True)

    class Meta:
        db_table = "platforms_oauthflow"
        indexes = (models.Index(fields=("begun_at",), name="oauth_flow_begun"),)

    def __str__(self) -> str:
        return f"{self.user} to {self.platform} at {self.begun_at:%Y-%m-%d %H:%M}"

    def is_over(self, now: datetime) -> bool:
        return self.ended_at is not None or self.expires_at <= now
