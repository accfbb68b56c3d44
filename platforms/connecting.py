"""Taking an account into a brand, with the secrets that let it post."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from organisation.audit import record
from organisation.models import Brand, User
from organisation.notices import resolve_notice
from platforms.models import Account, Platform, PlatformCredential
from platforms.values import AccountFacts


def connect_account(
    facts: AccountFacts,
    credentials: Mapping[str, str],
    *,
    brand: Brand,
    platform: Platform,
    by: User,
    now: datetime,
    server: str = "",
    expires_at: datetime | None = None,
) -> Account:
    """Keep the account that a platform described, or connect it anew, and return it.

    `credentials` are the secrets by their type; those kept before are no longer used. `expires_at`
    is when the access token ends, None = never. A paused account stays paused until it is resumed.
    """
    seen = {
        "name": facts.name[:160],
        "avatar_url": facts.avatar_url[:500],
        "server_facts": dict(facts.server_facts),
        "blocked_until": None,
    }
    with transaction.atomic():
        account, _ = Account.objects.update_or_create(
            brand=brand,
            platform=platform,
            server=server,
            remote_id=facts.remote_id,
            defaults=seen,
            create_defaults={**seen, "timezone": brand.timezone},
        )
        # A fresh token answers a platform's question, not a person's decision to pause.
        Account.objects.filter(pk=account.pk).exclude(state=Account.State.PAUSED).update(
            state=Account.State.CONNECTED, state_reason="", state_since=now
        )
        account.refresh_from_db()
        for kind, value in credentials.items():
            _keep_secret(account, kind, value, expires_at)
        resolve_notice(f"account:{account.pk}", now, f"{by} connected it.")
        sentence = f"{by} connected {account}."
        record("connect account", sentence, by=by, subject=account, brand=brand)
    return account


def _keep_secret(account: Account, kind: str, value: str, expires_at: datetime | None) -> None:
    """Put a secret in the place of the active one of its type, whose row stays."""
    earlier = account.credentials.filter(credential_type=kind)
    version = earlier.count() + 1
    earlier.filter(is_active=True).update(is_active=False)
    PlatformCredential.objects.create(
        platform=account.platform,
        brand=account.brand,
        account=account,
        server=account.server,
        credential_type=kind,
        credential_value=value,
        version=version,
        expires_at=expires_at if kind == PlatformCredential.Type.ACCESS_TOKEN else None,
    )
