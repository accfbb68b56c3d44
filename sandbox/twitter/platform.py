"""Who asks, what goes wrong to order, and the headers of every answer."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from sandbox.accounts import Account
from sandbox.platform import Call, LimitTypes
from sandbox.twitter.exchange import Exchange, Services
from sandbox.twitter.problems import DUPLICATE, answer
from sandbox.twitter.rates import RATES, too_many
from sandbox.twitter.shapes import NAME
from sandbox.wire import Request, Response
from sandbox.world import World

RATE_RESET = 60  # seconds, where a rate_limit fault does not say

REFUSALS = {
    "quota": (402, "CreditsDepleted", "Your account does not have any credits.", ""),
    "expired_token": (401, "Unauthorized", "Unauthorized", ""),
    "duplicate": (403, "Forbidden", DUPLICATE, ""),
    "refuse": (400, "Invalid Request", "Your post was not accepted here.", "invalid-request"),
    "error_500": (503, "Service Unavailable", "Service Unavailable", ""),
}


class Twitter:
    """The stand-in for X."""

    name = NAME
    tokens_name_accounts = True
    limits: LimitTypes = {
        "handle": str,
        "rate": int,
        "daily": int,
        "credits": (int, float),
        "access_seconds": (int, float),
        "video_processing": int,
        "premium": bool,
        "old_names": bool,
        "metrics": dict,
    }

    def __init__(self) -> None:
        self._services: WeakKeyDictionary[World, Services] = WeakKeyDictionary()

    def call(self, request: Request, world: World) -> Call:
        services = self._services.setdefault(world, Services())
        exchange = Exchange(request, world, services)
        made = exchange.call()
        account = made.account
        if account is None or exchange.path.startswith("/2/oauth2/"):
            return made

        def perform() -> Response:
            response = made.perform()
            told = tuple(services.meter.headers(account, exchange.kind).items())
            return replace(response, headers=response.headers + told)

        return replace(made, perform=perform)

    def refusal(
        self, fault: str, seconds: float, call: Call, said: dict[str, Any] | None = None
    ) -> Response:
        if fault == "rate_limit":
            reset = int(time.time() + (seconds or RATE_RESET)) + 1
            numbers = {"limit": str(RATES["post"]), "remaining": "0", "reset": str(reset)}
            return too_many({f"x-rate-limit-{name}": value for name, value in numbers.items()})
        if fault == "refuse" and said:
            words = str(said.get("detail", "No."))
            title = str(said.get("title", words))
            return answer(int(said.get("status", 400)), title, words, str(said.get("type", "")))
        if "refresh" in call.kinds and fault in ("refuse", "expired_token"):
            words = "Value passed for the token was invalid."
            return replace(
                answer(400, "", ""),
                body=b'{"error":"invalid_request","error_description":"%s"}' % words.encode(),
            )
        return answer(*REFUSALS[fault])

    def signed(self, response: Response, account: Account | None) -> Response:
        return response
