"""Who asks, what goes wrong to order, and the headers of every answer."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from sandbox.accounts import Account
from sandbox.bluesky.errors import answer
from sandbox.bluesky.exchange import Exchange, Services
from sandbox.bluesky.rates import POINTS, Meter, headers, too_many
from sandbox.bluesky.shapes import NAME
from sandbox.platform import Call, LimitTypes
from sandbox.wire import Request, Response
from sandbox.world import World

RATE_RESET = 60  # seconds, where a rate_limit fault does not say
QUOTA_RESET = 24 * 3600  # seconds, where a quota fault does not say

REFUSALS = {
    "expired_token": (400, "ExpiredToken", "Token has expired"),
    "duplicate": (400, "InvalidRequest", "Invalid app.bsky.feed.post record: duplicate"),
    "refuse": (400, "InvalidRequest", "Invalid app.bsky.feed.post record: not accepted here"),
    "error_500": (500, "InternalServerError", "Internal Server Error"),
}


class Bluesky:
    """The stand-in for a personal data server and what it stands among."""

    name = NAME
    tokens_name_accounts = True
    limits: LimitTypes = {
        "handle": str,
        "app_password": str,
        "access_seconds": (int, float),
        "refresh_grace": (int, float),
        "points": int,
        "video_processing": int,
        "no_videos": str,
        "metrics": dict,
    }

    def __init__(self) -> None:
        self.meter = Meter()
        self._services: WeakKeyDictionary[World, Services] = WeakKeyDictionary()

    def call(self, request: Request, world: World) -> Call:
        services = self._services.setdefault(world, Services(self.meter))
        return Exchange(request, world, services).call()

    def refusal(
        self, fault: str, seconds: float, call: Call, said: dict[str, Any] | None = None
    ) -> Response:
        if fault in ("rate_limit", "quota"):
            default, window = (RATE_RESET, 300) if fault == "rate_limit" else (QUOTA_RESET, 86_400)
            return too_many(headers(POINTS, 0, time.time() + (seconds or default), window))
        if fault == "refuse" and said:
            status, name = int(said.get("status", 400)), str(said.get("name", "InvalidRequest"))
            return answer(status, name, str(said.get("message", name)))
        return answer(*REFUSALS[fault])

    def signed(self, response: Response, account: Account | None) -> Response:
        if account is None or any(name == "RateLimit-Limit" for name, _ in response.headers):
            return response
        told = tuple(self.meter.headers(account).items())
        return replace(response, headers=response.headers + told)
