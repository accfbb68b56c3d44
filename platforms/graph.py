"""Talking to Meta's Graph API, the same for Facebook, Instagram and Threads.

What its errors mean stands in `graph_errors`. Source of the usage headers: Meta's "Rate Limits".
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from platforms.contract import Connection
from platforms.errors import RateLimited, Unclear
from platforms.graph_errors import is_version_refused, kind_of, refusal, words_of
from platforms.http import Answer
from platforms.pauses import pause_until
from platforms.streams import Part
from platforms.telling import Act, Teller
from platforms.values import Allowance, Json

PAUSE = timedelta(minutes=15)  # where Graph does not say how long; its windows are an hour (unsure)
USAGE_HEADER = "X-Business-Use-Case-Usage"
APP_HEADER = "X-App-Usage"
# Source: Meta's changelog; a version ends about two years after the next has come.
VERSIONS: Mapping[str, date | None] = {
    "v21.0": date(2027, 1, 21),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
    "v26.0": None,
}
VERSION_HEADER = "facebook-api-version"  # which one has answered


class Graph:
    """The calls of one account. Connections are reused from one call to the next."""

    def __init__(self, connection: Connection, tell: Teller) -> None:
        self.connection, self.tell = connection, tell
        self.version = connection.version
        self.token = connection.credentials["access_token"]
        self._proof = self._make_proof(connection.credentials.get("app_secret", ""))

    def _make_proof(self, secret: str) -> dict[str, str]:
        """Every call proves that it comes from the app, where its secret is known."""
        if not secret:
            return {}
        made = proof(self.token, secret)
        self.connection.client.redactor.hide(made)
        return {"appsecret_proof": made}

    def ask(
        self,
        act: Act,
        method: str,
        path: str,
        words: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, Part] | None = None,
        host: str = "",
    ) -> Json:
        """Make a call and return what it said. Raises what a refusal means.

        `host`: another than the account's own, such as the one for videos.
        """
        answer = self.request(method, path, words or {}, files=files, host=host)
        self.check(answer, act)
        return answer.json()

    def request(
        self,
        method: str,
        path: str,
        words: Mapping[str, Any],
        *,
        files: Mapping[str, Part] | None = None,
        host: str = "",
    ) -> Answer:
        """Make a call and return its answer, whatever it is.

        Where the version is refused the call is made once more with the fallback, as are all
        that follow: such a refusal comes before anything of the call was looked at.
        """
        answer = self._send(method, path, words, files, host)
        fallback = self.connection.fallback_version
        if fallback in ("", self.version) or not is_version_refused(refusal(answer)):
            return answer
        self.connection.client.remark(
            f"{self.tell.name} no longer takes version {self.version} of its interface, so "
            f"{fallback} is used. Set a newer one under Platforms in the admin."
        )
        self.version = fallback
        return self._send(method, path, words, files, host)

    def _send(
        self,
        method: str,
        path: str,
        words: Mapping[str, Any],
        files: Mapping[str, Part] | None,
        host: str,
    ) -> Answer:
        """The token travels in a header: addresses end up in logs."""
        parameters, posted = {**words, **self._proof}, method == "POST"
        answer = self.connection.client.request(
            method,
            f"{host or self.connection.base_url}/{self.version}/{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            files=files,
            data=parameters if posted else None,
            params=None if posted else parameters,
        )
        answered_by = answer.headers.get(VERSION_HEADER, self.version)
        if answered_by != self.version:
            self.connection.client.remark(
                f"{self.tell.name} answers with version {answered_by} of its interface where "
                f"{self.version} is asked for, which has ended. Set a newer one under Platforms in "
                "the admin."
            )
        return answer

    def check(self, answer: Answer, act: Act) -> None:
        """Raise what a refusal means. An answer that is neither yes nor no is Unclear."""
        if 200 <= answer.status < 300:
            return
        said = refusal(answer)
        if said is None:
            words = f"it answered {answer.status} and nothing readable"
            raise self.tell.error(Unclear, act, words)
        kind, until = kind_of(answer.status, said), None
        if kind is RateLimited:
            until = regained_at(answer.headers, datetime.now(UTC))
        raise self.tell.error(kind, act, words_of(said), until=until)

    def id_in(self, said: Json, act: Act, *names: str) -> str:
        """Return the first of these that was said. Raises Unclear when a yes carries none."""
        for name in names or ("id",):
            if said.get(name):
                return str(said[name])
        raise self.tell.error(Unclear, act, "it said yes and gave no id")

    def expect_success(self, said: Json, act: Act) -> None:
        """Raise Unclear unless Graph says that it is done."""
        if said.get("success") is not True:
            raise self.tell.error(Unclear, act, "it did not say that it is done")


def regained_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return when Graph will listen again, by the longest of the waits it names in minutes."""
    waits = _waits(headers.get(USAGE_HEADER, ""))
    longest = max(waits, default=0)
    moment = now + timedelta(minutes=min(longest, 24 * 60)) if longest > 0 else None
    return pause_until(now, moment, PAUSE)


def _waits(header: str) -> list[float]:
    try:
        usage = json.loads(header)
        return [
            float(entry.get("estimated_time_to_regain_access", 0))
            for entries in usage.values()
            for entry in entries
        ]
    except (ValueError, TypeError, AttributeError):
        return []


def allowances(headers: Mapping[str, str], now: datetime) -> list[Allowance]:
    """Read Graph's usage headers, which count in percent and come once usage is noticeable.

    The app's usage is shared by all its accounts; a business use case counts for the one Page.
    """
    app = _percent(_json(headers.get(APP_HEADER)))
    told = []
    if app is not None:
        spent = regained_at(headers, now) if app >= 100 else None
        told.append(Allowance("app", 100, 100 - min(app, 100), spent, whole_app=True))
    business = _json(headers.get(USAGE_HEADER))
    entries = [
        entry for entries in business.values() if isinstance(entries, list) for entry in entries
    ]
    for entry in entries:
        used = _percent(entry)
        if used is not None:
            spent = regained_at(headers, now) if used >= 100 else None
            told.append(Allowance(str(entry.get("type", "")), 100, 100 - min(used, 100), spent))
    return told


def _json(header: str | None) -> Json:
    try:
        value = json.loads(header or "")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _percent(counts: object) -> int | None:
    """The highest of the three counts: reaching 100 with any of them stops the calls."""
    if not isinstance(counts, dict):
        return None
    used = [counts.get(name) for name in ("call_count", "total_cputime", "total_time")]
    numbers = [int(number) for number in used if isinstance(number, int | float)]
    return max(numbers, default=None)


def proof(token: str, secret: str) -> str:
    """Return the `appsecret_proof` of a token: HMAC-SHA256 in hexadecimal."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
