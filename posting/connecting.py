"""From a claim to an adapter's connection: the client, the secrets and the stored pictures."""

from django.conf import settings
from django.core.files.storage import default_storage

from platforms.contract import Adapter, Connection
from platforms.errors import CredentialsExpired, NotSent, Rejected
from platforms.http import Client
from platforms.redaction import Redactor
from platforms.values import MediaItem
from posting.claiming import Claim, Target


def client_for(claim: Claim, target: Target) -> Client:
    """Return the HTTP client for one claim, which knows what to hide and until when to send."""
    return client_until(claim.deadline, target)


def client_until(deadline: float, target: Target) -> Client:
    """Return a client for an account that sends nothing after `deadline` (boottime)."""
    return Client(
        redactor=Redactor(target.credentials.values()),
        deadline=deadline,
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
        read_media=read_media,
        server_facts=target.server_facts,
    )


def check_target(target: Target, adapter: type[Adapter]) -> None:
    """Refuse an account that cannot be talked for. Raises NotSent or CredentialsExpired."""
    if not target.base_url:
        raise NotSent("This account belongs to the sandbox, and no sandbox is set up here.")
    missing = [name for name in adapter.credential_types if not target.credentials.get(name)]
    if missing:
        raise CredentialsExpired(f"No {missing[0].replace('_', ' ')} is stored for this account.")


def read_media(item: MediaItem) -> bytes:
    """Return the bytes of a stored picture. Raises Rejected when they are gone."""
    try:
        with default_storage.open(item.name, "rb") as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        raise Rejected(f"Picture {item.position} is no longer kept here. Add it again.") from error
