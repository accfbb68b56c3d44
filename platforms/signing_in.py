"""Connecting an account by a name and a password for apps, which the platform hands out itself."""

from datetime import datetime

from django.core.exceptions import ValidationError

from organisation.models import User
from platforms.connecting import connect_account
from platforms.doors import Place, open_door
from platforms.models import Account, PlatformCredential
from platforms.models.account import SANDBOX
from platforms.oauth import PasswordPath

Type = PlatformCredential.Type


def sign_in(
    place: Place,
    path: PasswordPath,
    name: str,
    password: str,
    *,
    by: User,
    now: datetime,
    account: Account | None = None,
) -> Account:
    """Sign in at the platform and keep the account. `account`: the one that is reconnected.

    Raises any PlatformError, NoApp, and ValidationError where it is another account. Nothing is
    stored then.
    """
    signed = path.sign_in(open_door(place, password), name, password)
    facts, grant = signed.facts, signed.grant
    if account and facts.remote_id != account.remote_id:
        raise ValidationError(
            f"This is {facts.name} ({facts.remote_id}), and {account.name} is "
            f"{account.remote_id}. Nothing was changed."
        )
    server = SANDBOX if place.server == SANDBOX else signed.server
    if server != SANDBOX:
        _follow(place, facts.remote_id, server)
    return connect_account(
        facts,
        {
            Type.ACCESS_TOKEN: grant.access_token,
            Type.REFRESH_TOKEN: grant.refresh_token,
            **signed.kept,
        },
        brand=place.brand,
        platform=place.platform,
        by=by,
        now=now,
        server=server,
        expires_at=grant.expires_at,
        login_path=path,
    )


def _follow(place: Place, remote_id: str, server: str) -> None:
    """An account that moved to another server keeps its queue: its id is the same there."""
    moved = Account.objects.filter(
        brand=place.brand, platform=place.platform, remote_id=remote_id
    ).exclude(server__in=(server, SANDBOX))
    if not Account.objects.filter(
        brand=place.brand, platform=place.platform, remote_id=remote_id, server=server
    ).exists():
        moved.update(server=server)
