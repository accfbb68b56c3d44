"""Who asks, what goes wrong to order, and the headers of every answer."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from sandbox.accounts import Account
from sandbox.mastodon import login
from sandbox.mastodon.errors import unauthorised
from sandbox.mastodon.exchange import Exchange
from sandbox.mastodon.rates import RATE, TOO_MANY, Meter, limit_headers
from sandbox.mastodon.shapes import NAME
from sandbox.platform import Call, LimitTypes
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

RATE_RESET = 60  # seconds, where a rate_limit fault does not say
QUOTA_RESET = 24 * 3600  # seconds, where a quota fault does not say

REFUSALS = {
    "expired_token": (401, "The access token was revoked"),
    "duplicate": (422, "Validation failed: Text has already been posted"),
    "refuse": (422, "Validation failed: Text was not accepted by this server"),
    "error_500": (500, "We're sorry, but something went wrong on our end."),
}


class Mastodon:
    """The stand-in for a Mastodon server."""

    name = NAME
    tokens_name_accounts = True
    limits: LimitTypes = {
        "max_characters": int,
        "software": str,
        "idempotency": bool,
        "media_processing": int,
        "configuration": dict,
        "rate": int,
        "pkce": bool,
        "issuer": str,
        "iss": str,
    }

    def __init__(self) -> None:
        self.meter = Meter()

    def call(self, request: Request, world: World) -> Call:
        path = request.path.removeprefix(f"/{NAME}")
        limits = Exchange(request, world, None).limits()
        if signing_in := login.call(request, path, world, limits):
            return signing_in
        account = speaker(request, world)
        if account is not None:
            self.meter.admit(account)
        return Exchange(request, world, account).call()

    def refusal(
        self, fault: str, seconds: float, call: Call, said: dict[str, Any] | None = None
    ) -> Response:
        if fault in ("rate_limit", "quota"):
            default = RATE_RESET if fault == "rate_limit" else QUOTA_RESET
            headers = limit_headers(RATE, 0, time.time() + (seconds or default))
            return json_response({"error": TOO_MANY}, 429, tuple(headers.items()))
        status, sentence = REFUSALS[fault]
        return json_response({"error": sentence}, status)

    def signed(self, response: Response, account: Account | None) -> Response:
        if any(name == "X-RateLimit-Limit" for name, _ in response.headers):
            return response
        headers = tuple(self.meter.headers(account).items())
        return replace(response, headers=response.headers + headers)


def speaker(request: Request, world: World) -> Account | None:
    """Whose token this is; None without one. Raises `Refused` for a wrong or expired one."""
    token = request.bearer or str(request.form.fields.get("access_token", ""))
    if not token:
        return None
    if issued := world.logins.token(NAME, token):
        path = request.path.removeprefix(f"/{NAME}")
        return login.speaker(issued, request.method, path, world)
    account = world.accounts.with_token(NAME, token)
    if account is None:
        raise unauthorised("The access token is invalid")
    if account.expired:
        raise unauthorised("The access token expired")
    return account
