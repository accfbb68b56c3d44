"""Talking to one server: requests with a token, what refusals mean, and whose the token is."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from platforms import fediverse
from platforms.errors import PlatformError, RateLimited, Unclear
from platforms.http import Answer, Client
from platforms.links import host_of, web_address
from platforms.telling import READING, Act, Teller
from platforms.values import AccountFacts, Json

NAME = "Mastodon"
ID_MAX = 100  # characters; no server's ids come near


# What an answer without an `error` of the server's own says, by its status.
IN_WORDS = {
    413: "it is larger than what stands before the server lets through",
    429: "it asks for a pause",
    503: "it answered 503, as it does during maintenance",
}


def _in_words(answer: Answer) -> str:
    """Say what came instead of one of Mastodon's own errors."""
    if 300 <= answer.status < 400:
        host = host_of(web_address(answer.headers.get("Location")))
        where = host or "another address"
        return f"it answered {answer.status} and points to {where}, which is not followed"
    return IN_WORDS.get(answer.status, f"it answered {answer.status}")


@dataclass(frozen=True)
class Server:
    """A server as one token sees it; an empty token is nobody's. It raises PlatformError."""

    base_url: str
    client: Client
    token: str = field(default="", repr=False)

    @property
    def tell(self) -> Teller:
        return Teller(NAME, self.client.redactor)

    def ask(self, act: Act, method: str, path: str, **said: Any) -> Json:
        """Return the JSON of a yes. Raises what anything else means."""
        answer = self.request(method, path, **said)
        self.check(answer, act)
        return answer.json()

    def request(self, method: str, path: str, **said: Any) -> Answer:
        """Return the answer, whatever its status."""
        headers: dict[str, str] = said.pop("headers", {})
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        return self.client.request(method, f"{self.base_url}{path}", headers=headers, **said)

    def check(self, answer: Answer, act: Act) -> None:
        """Raise what a refusal means. An answer that is neither yes nor no is Unclear."""
        if 200 <= answer.status < 300:
            return
        error = fediverse.error_in(answer)
        kind = fediverse.kind_of(answer.status, error)
        words = error or _in_words(answer)
        until = (
            fediverse.next_request_at(answer, datetime.now(UTC)) if kind is RateLimited else None
        )
        raise self.tell.error(kind, act, words, until=until)

    def id_in(self, said: Json, act: Act) -> str:
        """Return the id of what was made or read. Raises Unclear where there is none."""
        name = str(said.get("id") or "")
        if not 0 < len(name) <= ID_MAX:
            raise self.tell.error(Unclear, act, "it said yes and gave no id")
        return name

    def account(self) -> AccountFacts:
        """Ask whose the token is, and what the server allows."""
        said = self.ask(READING, "GET", "/api/v1/accounts/verify_credentials")
        url = web_address(said.get("url"))
        return AccountFacts(
            remote_id=self.id_in(said, READING),
            name=str(said.get("display_name") or said.get("username") or ""),
            url=url,
            avatar_url=web_address(said.get("avatar_static")),
            server_facts={**self._limits(), "software": self._software(), "account_url": url},
        )

    def _limits(self) -> Json:
        answer = self.request("GET", "/api/v2/instance")
        if answer.status == 404:
            answer = self.request("GET", "/api/v1/instance")
        self.check(answer, READING)
        return fediverse.facts_from(answer.json())

    def _software(self) -> str:
        """Ask the server for its name. Empty, and so never trusted with a key, if it has none."""
        get, base = self.client.request, self.base_url
        try:
            links = get("GET", f"{base}/.well-known/nodeinfo").json()
            address = fediverse.nodeinfo_address(links, base)
            return fediverse.software_in(get("GET", address).json()) if address else ""
        except PlatformError:
            return ""
