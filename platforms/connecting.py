"""Taking an account into a brand, with the secrets that let it post."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from organisation.audit import record
from organisation.models import Brand, User
from organisation.notices import resolve_notice
from platforms.keeping import keep_secret, retire
from platforms.models import Account, Platform, PlatformCredential
from platforms.oauth import WayIn, refresher
from platforms.values import AccountFacts

Type = PlatformCredential.Type


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
    login_path: WayIn | None = None,
    scopes: Sequence[str] | None = None,
    granted_by: str = "",
) -> Account:
    """Keep the account that a platform described, or connect it anew, and return it.

    `credentials` are the secrets by their type; those kept before are erased. `expires_at` is when
    the access token ends, None = never. `login_path`, `scopes` and `granted_by` are known of
    tokens that came by OAuth. Queue, history and settings of a known account stay as they are, and
    a paused one stays paused until it is resumed.
    """
    seen = {
        "name": facts.name[:160],
        "avatar_url": facts.avatar_url[:500],
        "server_facts": dict(facts.server_facts),
        "blocked_until": None,
        "login_path": login_path.slug if login_path else "",
        "granted_by": granted_by[:120],
        "check_failures": 0,
        "checked_at": now,
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
        sends = (
            Account.objects.filter(pk=account.pk)
            .exclude(state=Account.State.PAUSED)
            .update(state=Account.State.CONNECTED, state_reason="", state_since=now)
        )
        account.refresh_from_db()
        _keep(account, credentials, now, expires_at, login_path, scopes)
        resolve_notice(f"token:{account.pk}", now, f"{by} connected it.")
        if sends:  # of a paused one, only who resumes it closes the notice
            resolve_notice(f"account:{account.pk}", now, f"{by} connected it.")
        sentence = f"{by} connected {account}."
        record("connect account", sentence, by=by, subject=account, brand=brand)
    return account


def _keep(
    account: Account,
    credentials: Mapping[str, str],
    now: datetime,
    expires_at: datetime | None,
    login_path: WayIn | None,
    scopes: Sequence[str] | None,
) -> None:
    """Replace the account's secrets. A refresh token of an earlier grant goes with it."""
    if Type.REFRESH_TOKEN not in credentials:
        retire(account.credentials.filter(credential_type=Type.REFRESH_TOKEN))
    for kind, value in credentials.items():
        if kind != Type.ACCESS_TOKEN:
            keep_secret(account, kind, value, now=now)
            continue
        keep_secret(
            account,
            kind,
            value,
            now=now,
            expires_at=expires_at,
            refresh_at=refresh_time(login_path, expires_at, now),
            scopes=scopes,
        )


def refresh_time(path: WayIn | None, expires_at: datetime | None, now: datetime) -> datetime | None:
    """Return when a token is renewed: well before its end, and never sooner than half its life."""
    renews = refresher(path)
    if expires_at is None or renews is None:
        return None
    return max(expires_at - renews.ahead, now + (expires_at - now) / 2)
