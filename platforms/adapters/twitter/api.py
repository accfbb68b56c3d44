"""Asking X for one account: addresses, the token, refusals, and what is left of the rate limits."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.adapters.twitter.problems import kind_of, problem_in, words_of
from platforms.contract import Connection
from platforms.errors import RateLimited, Unclear
from platforms.http import Answer
from platforms.pauses import moment_after, moment_in, pause_until
from platforms.telling import Act, Teller
from platforms.values import Allowance, Json

API = "https://api.x.com"
PUBLIC_SITE = "https://x.com"
PAUSE = timedelta(minutes=15)  # the window of most limits, where a 429 names no time
# What fields of posts are asked for with: by the documentation, and by the description of the API.
FIELDS_NAMES = ("tweet.fields", "post.fields")


def site_of(base_url: str) -> str:
    """Where people look: X itself, or the stand-in that the API's address names."""
    return PUBLIC_SITE if base_url == API else base_url


class Api:
    """The calls of one account."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tell = Teller("X", connection.client.redactor)

    @property
    def user(self) -> str:
        return self.connection.remote_id

    def post_url(self, post_id: str) -> str:
        """Return the page that shows a post; it needs no name of an account."""
        handle = self.connection.server_facts.get("handle") or "i/web"
        return f"{site_of(self.connection.base_url)}/{handle}/status/{post_id}"

    def request(self, method: str, path: str, **said: Any) -> Answer:
        """Ask and return the answer, whatever it is. `said`: as `Client.request` takes it."""
        token = self.connection.credentials["access_token"]
        address = f"{self.connection.base_url}/{self.connection.version}/{path}"
        headers = {"Authorization": f"Bearer {token}"}
        return self.connection.client.request(method, address, headers=headers, **said)

    def ask(self, act: Act, method: str, path: str, **said: Any) -> Json:
        """Ask and return what was said. Raises what a refusal means."""
        answer = self.request(method, path, **said)
        self.check(answer, act)
        return answer.json()

    def read_posts(self, path: str, fields: str, **params: Any) -> Answer:
        """Read posts with these fields, under the name by which the server takes them."""
        for name in FIELDS_NAMES:
            answer = self.request("GET", path, params={**params, name: fields})
            if answer.status != 400 or not _names_parameter(answer, name):
                break
        return answer

    def check(self, answer: Answer, act: Act) -> None:
        """Raise what a refusal means. An answer that is neither yes nor no is Unclear."""
        if 200 <= answer.status < 300:
            return
        problem = problem_in(answer)
        kind, until = kind_of(answer.status, problem), None
        if kind is RateLimited:
            until = next_request_at(answer.headers, datetime.now(UTC))
        raise self.tell.error(kind, act, words_of(answer.status, problem), until=until)

    def data_in(self, said: Json, act: Act) -> Json:
        """Return the `data` of a yes. Raises Unclear when it carries none."""
        data = said.get("data")
        if not isinstance(data, dict):
            raise self.tell.error(Unclear, act, "it said yes and gave no data")
        return data

    def id_in(self, said: Json, act: Act) -> str:
        """Return the id in the `data` of a yes. Raises Unclear when it carries none."""
        value = self.data_in(said, act).get("id")
        if not isinstance(value, str) or not value.isdecimal() or len(value) > 19:
            raise self.tell.error(Unclear, act, "it said yes and gave no id")
        return value


def _names_parameter(answer: Answer, name: str) -> bool:
    """Whether a refusal is about a parameter that this server does not know."""
    problem = problem_in(answer)
    return problem is not None and f"[{name}]" in problem.words


# The window of each limit: the beginning of its headers, its name, whether the app shares it.
WINDOWS = (
    ("x-rate-limit", "requests in 15 minutes", False),
    ("x-user-limit-24hour", "requests in 24 hours", False),
    ("x-app-limit-24hour", "requests of the app in 24 hours", True),
)


def allowances(headers: Mapping[str, str], now: datetime) -> list[Allowance]:
    """Read what is left of each limit an answer names. Every kind of request has its own."""
    return [
        Allowance(f"{limit:,} {name}", limit, left, moment_in(headers.get(f"{begin}-reset")), app)
        for begin, name, app in WINDOWS
        if (limit := _number(headers, f"{begin}-limit")) is not None
        and (left := _number(headers, f"{begin}-remaining")) is not None
    ]


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def next_request_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return when X will listen again: once the last of the used-up limits is renewed."""
    spent = [told.resets_at for told in allowances(headers, now) if told.remaining == 0]
    moments = [moment for moment in spent if moment]
    moment = max(moments, default=None) or moment_in(headers.get("x-rate-limit-reset"))
    return pause_until(now, moment or moment_after(now, headers.get("Retry-After")), PAUSE)
