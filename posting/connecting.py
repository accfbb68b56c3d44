"""From a claim to an adapter's connection: the client, the secrets and the stored files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q

from content.fitting import Unfit, ensure_fitted
from content.public_media import public_address
from platforms.contract import Adapter, Connection
from platforms.doors import app_of
from platforms.errors import CredentialsExpired, NotSent, Rejected
from platforms.http import Client
from platforms.models import Account, PlatformCredential
from platforms.public_address import media_base, why_unreachable
from platforms.redaction import Redactor
from platforms.values import MediaItem
from posting.claims import Claim


@dataclass(frozen=True)
class Target:
    """Where to send and as whom: what an adapter's Connection is made of."""

    adapter_slug: str
    platform_name: str
    base_url: str
    version: str
    fallback_version: str
    remote_id: str
    sandboxed: bool  # the stand-in on this machine, which reaches private addresses
    guarded: bool  # a person gave the address, so only public ones may be dialled
    server_facts: Mapping[str, Any]
    credentials: Mapping[str, str] = field(repr=False)


def target_of(account: Account) -> Target:
    """Return where the account's posts go, and decrypt what signs them.

    Reads the database, outside any transaction: nothing waits while secrets are decrypted.
    """
    own = Q(account=account)
    app = Q(
        account=None,
        brand_id=account.brand_id,
        platform__slug=app_of(account),
        server=account.server,
    )
    rows = PlatformCredential.objects.filter(own | app, is_active=True)
    return target_with(account, {row.credential_type: row.credential_value for row in rows})


def target_with(account: Account, credentials: Mapping[str, str]) -> Target:
    """Return where the account would send with these credentials, stored or not."""
    platform = account.platform
    return Target(
        adapter_slug=platform.slug,
        platform_name=platform.name,
        base_url=account.base_url,
        version=platform.api_version or platform.adapter.api_version,
        fallback_version=platform.fallback_version or platform.adapter.api_version,
        remote_id=account.remote_id,
        sandboxed=account.is_sandboxed,
        guarded=bool(account.server or platform.api_base_url) and not account.is_sandboxed,
        server_facts=account.facts,
        credentials=credentials,
    )


def client_for(claim: Claim, target: Target) -> Client:
    """Return the HTTP client for one claim, which knows what to hide and until when to send."""
    return client_until(claim.deadline, target)


def client_until(deadline: float, target: Target) -> Client:
    """Return a client for an account that sends nothing after `deadline` (boottime)."""
    return Client(
        redactor=Redactor(target.credentials.values()),
        deadline=deadline,
        called=target.platform_name,
        connect_timeout=settings.CONNECT_TIMEOUT,
        read_timeout=settings.READ_TIMEOUT,
        guarded=target.guarded,
        fetch_allow=settings.FETCH_ALLOW,
    )


def connection_for(target: Target, client: Client) -> Connection:
    """Return what an adapter is made from."""
    return Connection(
        base_url=target.base_url,
        version=target.version,
        remote_id=target.remote_id,
        client=client,
        credentials=target.credentials,
        open_media=open_media,
        address_of=partial(address_of, target),
        server_facts=target.server_facts,
        fallback_version=target.fallback_version,
    )


def check_target(target: Target, adapter: type[Adapter]) -> None:
    """Refuse an account that cannot be talked for. Raises NotSent or CredentialsExpired."""
    if not target.base_url:
        raise NotSent("This account belongs to the sandbox, and no sandbox is set up here.")
    missing = [name for name in adapter.credential_types if not target.credentials.get(name)]
    if missing:
        raise CredentialsExpired(f"No {missing[0].replace('_', ' ')} is stored for this account.")


def open_media(item: MediaItem) -> IO[bytes]:
    """Open a stored picture or video.

    Raises Rejected when it is gone, NotSent when where it is kept does not answer.
    """
    try:
        _ensure(item)
        file: IO[bytes] = default_storage.open(item.name, "rb")
    except FileNotFoundError as error:
        raise Rejected(f"{item.noun} is no longer kept here. Add it again.") from error
    except OSError as error:
        raise NotSent(f"{item.noun} could not be read: {error} Nothing was sent.") from error
    return file


def address_of(target: Target, item: MediaItem) -> str:
    """Return where the platform can fetch a stored picture or video for some hours.

    Raises Rejected when it is gone, NotSent when no platform can reach this server or where it is
    kept does not answer.
    """
    why = "" if target.sandboxed else why_unreachable(target.platform_name)
    if why:
        raise NotSent(f"{why} Nothing was sent.")
    try:
        _ensure(item)
    except FileNotFoundError as error:
        raise Rejected(f"{item.noun} is no longer kept here. Add it again.") from error
    except OSError as error:
        raise NotSent(f"{item.noun} could not be read: {error} Nothing was sent.") from error
    return public_address(media_base(), item.name, item.mime, datetime.now(UTC))


def _ensure(item: MediaItem) -> None:
    try:
        ensure_fitted(item)
    except Unfit as error:
        raise Rejected(f"{item.noun} cannot be made to fit. {error} Use another.") from error
