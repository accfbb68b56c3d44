"""From a handle to its account's server, each step checked against the one before."""

from typing import Any

import pytest

from platforms.adapters.bluesky import identity
from platforms.adapters.bluesky.identity import Home, find_home
from platforms.adapters.bluesky.sessions import APP_PASSWORD
from platforms.errors import NotSent, PlatformError, RateLimited, Rejected, Unclear
from platforms.oauth import AppKeys, Door
from tests.platforms.conftest import MakeClient
from tests.platforms.contract_base import UNCLEAR
from tests.platforms.replies import Reply, ReplyServer

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
HANDLE = "ferries.example.org"
HOME = "https://morel.us-east.host.bsky.network"
RESOLVE = "/xrpc/com.atproto.identity.resolveHandle"
SIGN_IN = "/xrpc/com.atproto.server.createSession"


def document(**changes: Any) -> dict[str, Any]:
    server = {
        "id": "#atproto_pds",
        "type": "AtprotoPersonalDataServer",
        "serviceEndpoint": HOME,
    }
    return {"id": DID, "alsoKnownAs": [f"at://{HANDLE}"], "service": [server], **changes}


@pytest.fixture
def find(server: ReplyServer, make_client: MakeClient) -> Any:
    """Look for a handle where one server plays all parts, and answers rightly unless told."""
    server.on("GET", RESOLVE, Reply(200, {"did": DID}))
    server.on("GET", f"/{DID}", Reply(200, document()))
    client = make_client(guarded=True, fetch_allow=("127.0.0.1",))
    return lambda name: find_home(client, name, resolver=server.url, directory=server.url)


@pytest.mark.parametrize("name", [HANDLE, HANDLE.upper(), DID])
def test_a_handle_or_did_leads_to_its_server(find, name):
    assert find(name) == Home(DID, HOME)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alsoKnownAs": ["at://somebody.example.org"]}, "gave no proof that"),
        ({"alsoKnownAs": "nonsense"}, "gave no proof that"),
        ({"service": []}, "names no server for"),
        ({"service": "nonsense"}, "names no server for"),
        (
            {"service": [{"id": "#atproto_pds", "type": "Other", "serviceEndpoint": HOME}]},
            "names no",
        ),
        (
            {
                "service": [
                    {
                        "id": "#atproto_pds",
                        "type": "AtprotoPersonalDataServer",
                        "serviceEndpoint": "file:///etc/passwd",
                    }
                ]
            },
            "names no server",
        ),
    ],
)
def test_a_document_that_does_not_fit_is_refused(find, server, changes, words):
    server.on("GET", f"/{DID}", Reply(200, document(**changes)))
    with pytest.raises(Rejected, match=words):
        find(HANDLE)


def test_a_document_of_another_account_is_not_believed(find, server):
    server.on("GET", f"/{DID}", Reply(200, document(id="did:plc:" + "a" * 24)))
    with pytest.raises(Unclear, match="another account"):
        find(HANDLE)


def test_an_account_the_directory_does_not_know(find, server):
    server.on("GET", f"/{DID}", Reply(404, {"message": "DID not registered"}))
    with pytest.raises(Rejected, match="knows no did:plc"):
        find(HANDLE)


@pytest.mark.parametrize("what", UNCLEAR)
@pytest.mark.parametrize("path", [RESOLVE, f"/{DID}"])
def test_what_cannot_be_read_is_no_answer(find, server, path, what, monkeypatch):
    monkeypatch.setattr(identity, "_did_at_host", _nobody)
    if UNCLEAR[what].ending == "hang":
        server.on("GET", path, Reply(ending="reset"))
    else:
        server.on("GET", path, UNCLEAR[what])
    with pytest.raises(PlatformError) as caught:
        find(HANDLE)
    assert caught.value.sentence


def _nobody(client: Any, handle: str) -> str:
    raise Rejected(f"Bluesky knows no account @{handle}.")


@pytest.mark.parametrize(
    "name", ["", "@", "ferries", "me@example.org", "https://example.org", "a" * 400]
)
def test_what_is_no_handle_asks_nobody(find, server, name):
    with pytest.raises(Rejected, match="is no handle"):
        find(name)
    assert server.received == []


def test_a_handle_that_leads_into_this_network_is_not_dialled(make_client, server):
    closed = make_client(guarded=True)
    with pytest.raises(NotSent, match="FETCH_ALLOW"):
        find_home(closed, HANDLE, resolver=server.url, directory=server.url)
    assert server.received == []


# Signing in


@pytest.fixture
def door(server: ReplyServer, make_client: MakeClient) -> Door:
    return Door(server.url, "", AppKeys(""), "", make_client())


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (
            Reply(401, {"error": "AuthenticationRequired", "message": "x"}),
            Rejected,
            "does not know",
        ),
        (
            Reply(401, {"error": "AuthFactorTokenRequired", "message": "x"}),
            Rejected,
            "code by mail",
        ),
        (Reply(400, {"error": "AccountTakedown", "message": "x"}), PlatformError, "blocked"),
        (Reply(429, {"error": "RateLimitExceeded", "message": "x"}), RateLimited, "next request"),
        (Reply(200, {"did": DID, "handle": HANDLE, "accessJwt": "a"}), Unclear, "no refreshJwt"),
        (
            Reply(200, {"did": DID, "handle": HANDLE, "active": False, "status": "deactivated"}),
            Rejected,
            "is deactivated",
        ),
    ],
)
def test_a_sign_in_that_fails_says_why(door, server, reply, kind, words):
    server.on("POST", SIGN_IN, reply)
    with pytest.raises(kind, match=words):
        APP_PASSWORD.sign_in(door, HANDLE, "abcd-efgh-ijkl-mnop")


def test_an_entryway_names_the_server_and_no_secret_is_kept(door, server):
    said = {"did": DID, "handle": HANDLE, "accessJwt": "access-0123456789", "active": True}
    more = {"refreshJwt": "refresh-0123456789", "didDoc": document()}
    server.on("POST", SIGN_IN, Reply(200, {**said, **more}))
    signed = APP_PASSWORD.sign_in(
        Door(server.url, "", AppKeys(""), "", door.client), HANDLE, "abcd-efgh-ijkl-mnop"
    )
    assert signed.server == HOME
    shown = repr(signed) + repr(door.client.exchanges)
    for secret in ("access-0123456789", "refresh-0123456789", "abcd-efgh-ijkl-mnop"):
        assert secret not in shown
