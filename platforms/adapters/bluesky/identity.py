"""From a handle to the server that keeps its account: handle, DID, DID document, server.

Each step is checked against the one before it: the document must name the handle, or anybody could
point a name of theirs at another's account. All addresses are dialled by the guarded client.

Sources: the AT Protocol's specifications of handles and of DIDs.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from platforms.adapters.bluesky.richtext import HANDLE
from platforms.adapters.bluesky.xrpc import call, error_in
from platforms.errors import PlatformError, Rejected, Unclear
from platforms.http import Answer, Client
from platforms.links import web_address
from platforms.telling import Act, Teller
from platforms.values import Json

RESOLVER = "https://public.api.bsky.app"  # Bluesky's own public service, which also asks DNS
DIRECTORY = "https://plc.directory"
DID = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:[A-Za-z0-9.%-]{3,200})")
IS_HANDLE = re.compile(HANDLE, re.IGNORECASE | re.ASCII)
SERVER_TYPE = "AtprotoPersonalDataServer"
LOOKING = Act("the question where the account is")


@dataclass(frozen=True)
class Home:
    """An account and where it is kept."""

    did: str
    server: str  # an origin, such as https://morel.us-east.host.bsky.network


def find_home(
    client: Client, name: str, *, resolver: str = RESOLVER, directory: str = DIRECTORY
) -> Home:
    """Return where a handle's or DID's account is kept.

    Raises Rejected for a name that leads nowhere, and any PlatformError of the way there.
    """
    tell = Teller("Bluesky", client.redactor)
    if DID.fullmatch(name):
        return Home(name, server_in(document_of(client, name, tell, directory), name))
    if not IS_HANDLE.fullmatch(name):
        raise Rejected(f"{name[:80]!r} is no handle of Bluesky. One looks like name.bsky.social.")
    did = _did_of(client, name.lower(), tell, resolver)
    document = document_of(client, did, tell, directory)
    if f"at://{name.lower()}" not in _handles_in(document):
        raise Rejected(
            f"Bluesky gave no proof that @{name} belongs to {did}: its document does not name it."
        )
    return Home(did, server_in(document, did))


def _did_of(client: Client, handle: str, tell: Teller, resolver: str) -> str:
    answer = call(
        client, "GET", resolver, "com.atproto.identity.resolveHandle", params={"handle": handle}
    )
    did = answer.json().get("did") if answer.status == 200 else ""
    if isinstance(did, str) and DID.fullmatch(did):
        return did
    if answer.status == 400:
        return _did_at_host(client, handle)
    raise tell.error(Unclear, LOOKING, error_in(answer)[1] or f"it answered {answer.status}")


def _did_at_host(client: Client, handle: str) -> str:
    """Ask the handle's own host, which is where a name may say whose it is."""
    nobody = Rejected(f"Bluesky knows no account @{handle}. Check how it is written.")
    try:
        answer = client.request("GET", f"https://{handle}/.well-known/atproto-did")
    except PlatformError:
        raise nobody from None
    did = answer.body[:300].decode("ascii", "replace").strip() if answer.status == 200 else ""
    if not DID.fullmatch(did):
        raise nobody
    return did


def document_of(client: Client, did: str, tell: Teller, directory: str = DIRECTORY) -> Json:
    """Return the document of a DID, which says where its account is kept."""
    address = f"{directory}/{did}"
    if did.startswith("did:web:"):
        address = f"https://{unquote(did.removeprefix('did:web:'))}/.well-known/did.json"
    answer: Answer = client.request("GET", address)
    if answer.status in (404, 410):
        raise Rejected(f"Bluesky's directory knows no {did}.")
    if answer.status != 200:
        raise tell.error(Unclear, LOOKING, f"the directory answered {answer.status}")
    document = answer.json()
    if document.get("id") != did:
        raise tell.error(Unclear, LOOKING, "the directory spoke of another account")
    return document


def server_in(document: Json, did: str) -> str:
    """Return the origin of the server that a document names. Raises Rejected when it names none."""
    services = document.get("service")
    for service in services if isinstance(services, list) else []:
        if not isinstance(service, dict) or service.get("type") != SERVER_TYPE:
            continue
        if str(service.get("id")) in ("#atproto_pds", f"{did}#atproto_pds"):
            address = web_address(service.get("serviceEndpoint")).rstrip("/")
            if address and not urlsplit(address).query:
                return address
    raise Rejected(f"Bluesky's directory names no server for {did}. It may have been closed.")


def _handles_in(document: Json) -> list[str]:
    names = document.get("alsoKnownAs")
    return [str(name).lower() for name in names] if isinstance(names, list) else []
