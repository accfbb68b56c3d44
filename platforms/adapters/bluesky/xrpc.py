"""One account's server: how to ask it, and what its refusals mean.

Source: the AT Protocol's specification of XRPC, and answers of the reference server 0.5.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from platforms.contract import Connection
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Rejected,
    Unclear,
)
from platforms.http import Answer, Client
from platforms.pauses import moment_after, moment_in, pause_until
from platforms.telling import Act, Teller
from platforms.values import Allowance, Json

POST_TYPE = "app.bsky.feed.post"
PUBLIC_SITE = "https://bsky.app"
VIDEO_SERVICE = "https://video.bsky.app"
PAUSE = timedelta(minutes=5)  # the window of most of its limits, where a 429 names no time

# An ended token is a 400; only a missing one is a 401.
TOKEN_ERRORS = frozenset(
    {"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired", "BadJwt", "NoSession"}
)
BLOCKED_ERRORS = frozenset(
    {
        "AccountTakedown",
        "AccountDeactivated",
        "AccountSuspended",
        "RepoTakendown",
        "RepoDeactivated",
        "RepoSuspended",
    }
)
# These mean the same without a readable body: a proxy sends them too, and passed nothing on.
BY_STATUS: dict[int, type[PlatformError]] = {413: Rejected, 429: RateLimited}


def kind_of(status: int, error: str) -> type[PlatformError]:
    """Return which of our errors an answer is that is not a 2xx; `error`: the server's name."""
    if status in BY_STATUS:
        return BY_STATUS[status]
    if not 400 <= status < 500 or not error:
        return Unclear
    if error in BLOCKED_ERRORS:
        return AccountBlocked
    if error in TOKEN_ERRORS or status == 401:
        return CredentialsExpired
    return PermissionMissing if status == 403 else Rejected


def error_in(answer: Answer) -> tuple[str, str]:
    """Return the error's name and the server's words; two empty ones when it is no XRPC error."""
    try:
        said = answer.json()
    except Unclear:
        return "", ""
    name, words = said.get("error"), said.get("message")
    return (name if isinstance(name, str) else ""), (words if isinstance(words, str) else "")


def next_request_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return when a server that answered 429 will listen again."""
    moment = moment_in(headers.get("RateLimit-Reset"))
    return pause_until(now, moment or moment_after(now, headers.get("Retry-After")), PAUSE)


def allowances(headers: Mapping[str, str], now: datetime) -> list[Allowance]:
    """Read what is left of the limit that an answer names: the one of which the least is left."""
    limit, left = headers.get("RateLimit-Limit", ""), headers.get("RateLimit-Remaining", "")
    if not (_is_number(limit) and _is_number(left)):
        return []
    window = headers.get("RateLimit-Policy", "").partition("w=")[2]
    name = f"points in {int(window) // 60:,} minutes" if _is_number(window) else "points"
    return [Allowance(name, int(limit), int(left), moment_in(headers.get("RateLimit-Reset")))]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def check(answer: Answer, act: Act, tell: Teller) -> None:
    """Raise what a refusal means. An answer that is neither yes nor no is Unclear."""
    if 200 <= answer.status < 300:
        return
    name, words = error_in(answer)
    kind = kind_of(answer.status, name)
    until = next_request_at(answer.headers, datetime.now(UTC)) if kind is RateLimited else None
    raise tell.error(kind, act, words or name or f"it answered {answer.status}", until=until)


def call(
    client: Client, method: str, base_url: str, name: str, token: str = "", **said: Any
) -> Answer:
    """Ask a server one thing and return its answer, whatever it is."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers |= said.pop("headers", {})
    return client.request(method, f"{base_url}/xrpc/{name}", headers=headers, **said)


class Repo:
    """The account's repository at its own server."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tell = Teller("Bluesky", connection.client.redactor)

    @property
    def did(self) -> str:
        return self.connection.remote_id

    @property
    def site(self) -> str:
        return site_of(self.connection.base_url)

    @property
    def video_service(self) -> str:
        """The service that takes videos. A stand-in, which serves below a path, plays it too."""
        base = self.connection.base_url
        return base if urlsplit(base).path else VIDEO_SERVICE

    def uri(self, rkey: str, collection: str = POST_TYPE) -> str:
        return f"at://{self.did}/{collection}/{rkey}"

    def url(self, uri: str) -> str:
        """Return the page that shows a post."""
        return f"{self.site}/profile/{self.did}/post/{rkey_in(uri)}"

    def request(self, method: str, name: str, **said: Any) -> Answer:
        token = self.connection.credentials["access_token"]
        return call(self.connection.client, method, self.connection.base_url, name, token, **said)

    def query(self, act: Act, name: str, **params: Any) -> Json:
        """Read. Raises what a refusal means."""
        answer = self.request("GET", name, params=params)
        self.check(answer, act)
        return answer.json()

    def procedure(self, act: Act, name: str, said: Json) -> Json:
        """Write. Raises what a refusal means."""
        answer = self.request("POST", name, json={"repo": self.did, **said})
        self.check(answer, act)
        return answer.json()

    def record(self, act: Act, rkey: str, collection: str = POST_TYPE) -> Json | None:
        """Return what stands under a key, with its `uri` and `cid`; None when nothing does."""
        said = {"repo": self.did, "collection": collection, "rkey": rkey}
        answer = self.request("GET", "com.atproto.repo.getRecord", params=said)
        if answer.status == 400 and error_in(answer)[0] == "RecordNotFound":
            return None
        self.check(answer, act)
        found = answer.json()
        self.text_in(found, "uri", act)
        self.text_in(found, "cid", act)
        if not isinstance(found.get("value"), dict):
            raise self.tell.error(Unclear, act, "a record has no content")
        return found

    def check(self, answer: Answer, act: Act) -> None:
        check(answer, act, self.tell)

    def text_in(self, said: Json, name: str, act: Act) -> str:
        """Return a text that an answer must have. Raises Unclear."""
        value = said.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= 2_000:
            raise self.tell.error(Unclear, act, f"it said yes and gave no {name}")
        return value


def rkey_in(uri: str) -> str:
    """Return the record key at the end of an address."""
    return uri.rpartition("/")[2]


def site_of(base_url: str) -> str:
    """Where people look: Bluesky's own site, or the stand-in that the API's address names.

    A personal data server stands at the root of its host; what stands below a path plays Bluesky.
    """
    return base_url if urlsplit(base_url).path else PUBLIC_SITE
