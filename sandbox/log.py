"""The newest requests as they were received, with secrets cut out when they are shown."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.forms import Unreadable
from sandbox.ledger import iso
from sandbox.wire import Request

KEPT = 20_000  # requests
CUT = "[cut]"
SECRET = re.compile(
    r"authorization|cookie|token|secret|proof|password|^code$|code_verifier|client_assertion",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Logged:
    """One request. `status` stays None while it is under way, and where no answer was given."""

    time: datetime
    platform: str | None
    account: str | None
    method: str
    path: str
    query: dict[str, str]
    headers: list[tuple[str, str]]
    parameters: dict[str, Any]
    status: int | None = None
    created: bool = False
    fault: str | None = None

    def shown(self) -> dict[str, Any]:
        return {
            "time": iso(self.time),
            "platform": self.platform,
            "account": self.account,
            "method": self.method,
            "path": self.path,
            "query": without_secrets(self.query),
            "headers": without_secrets(dict(self.headers)),
            "parameters": without_secrets(self.parameters),
            "status": self.status,
            "created": self.created,
            "fault": self.fault,
        }


def without_secrets(value: Any) -> Any:
    """`value` with what secret names hold replaced, at any depth."""
    if isinstance(value, dict):
        return {
            name: CUT if SECRET.search(name) else without_secrets(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(inner) for inner in value]
    return value


class RequestLog:
    """A bounded log; the oldest requests fall out first."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: deque[Logged] = deque(maxlen=KEPT)

    def received(self, request: Request, platform: str | None) -> Logged:
        """Notes a request on its arrival; the caller fills in how it ended."""
        logged = Logged(
            time=datetime.now(UTC),
            platform=platform,
            account=None,
            method=request.method,
            path=request.path,
            query=request.query,
            headers=request.header_pairs,
            parameters=parameters(request),
        )
        with self._guard:
            self._kept.append(logged)
        return logged

    def shown(self, platform: str = "", account: str = "") -> list[dict[str, Any]]:
        """The requests, oldest first; '' = any."""
        with self._guard:
            kept = list(self._kept)
        return [
            logged.shown()
            for logged in kept
            if platform in ("", logged.platform) and account in ("", logged.account)
        ]

    def clear(self) -> int:
        with self._guard:
            count = len(self._kept)
            self._kept.clear()
            return count


def parameters(request: Request) -> dict[str, Any]:
    try:
        return request.form.described()
    except Unreadable as problem:
        return {"unreadable": str(problem)}
