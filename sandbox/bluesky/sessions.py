"""Sessions: two tokens made from an app password, renewed together, dead when their time is up."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from base64 import b32encode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from sandbox.accounts import Account
from sandbox.bluesky.errors import bad_token, refused
from sandbox.bluesky.shapes import NAME, PASSWORD, document, handle
from sandbox.world import World

ACCESS, REFRESH = 2 * 3600, 90 * 24 * 3600  # seconds
GRACE = 2 * 3600  # seconds in which a used refresh token may be used again


@dataclass(slots=True)
class Token:
    account: str
    scope: str  # "access", "refresh" or the method that a service token is for
    ends: float  # Unix time


def newcomer(world: World, name: str) -> Account:
    """An account for a handle that nobody has, so that signing in can be tried at once."""
    letters = b32encode(hashlib.sha256(name.encode()).digest()).decode().lower()
    called = name.removesuffix(".test").replace("-", " ").title()
    account = Account(
        NAME, f"did:plc:{letters[:24]}", called, secrets.token_hex(16), limits={"handle": name}
    )
    world.accounts.register(account)
    return account


class Sessions:
    """Every token that was handed out here."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._tokens: dict[str, Token] = {}

    def sign_in(self, world: World, said: dict[str, Any]) -> dict[str, Any]:
        name = str(said.get("identifier", "")).lower()
        for account in world.accounts.all(NAME):
            if name in (account.id.lower(), handle(account)):
                if said.get("password") == account.limits.get("app_password", PASSWORD):
                    return self._begun(world, account)
                break
        else:
            if name.endswith(".test") and said.get("password") == PASSWORD:
                return self._begun(world, newcomer(world, name))
        raise refused(401, "AuthenticationRequired", "Invalid identifier or password")

    def renew(self, world: World, bearer: str) -> dict[str, Any]:
        account = self.holder(world, bearer, "refresh")
        with self._guard:
            grace = time.time() + float(account.limits.get("refresh_grace", GRACE))
            used = self._tokens[bearer]
            used.ends = min(used.ends, grace)
        return self._begun(world, account)

    def _begun(self, world: World, account: Account) -> dict[str, Any]:
        access = float(account.limits.get("access_seconds", ACCESS))
        return {
            "accessJwt": self.make(account, "access", access),
            "refreshJwt": self.make(account, "refresh", REFRESH),
            "handle": handle(account),
            "did": account.id,
            "didDoc": document(world, account),
            "active": True,
        }

    def make(self, account: Account, scope: str, seconds: float) -> str:
        """A token in the form of a JWT, with a signature that nobody can check."""
        ends = time.time() + seconds
        claims = {"sub": account.id, "scope": scope, "exp": int(ends), "jti": secrets.token_hex(8)}
        parts = [{"typ": "JWT", "alg": "none"}, claims, secrets.token_hex(16)]
        token = ".".join(
            urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
        )
        with self._guard:
            self._tokens[token] = Token(account.id, scope, ends)
        return token

    def holder(self, world: World, bearer: str, scope: str) -> Account:
        """Whose token this is. Raises `Refused`: 401 without one, 400 for any that is not good."""
        if not bearer:
            raise refused(401, "AuthMissing", "Authentication Required")
        registered = world.accounts.with_token(NAME, bearer) if scope == "access" else None
        if registered is not None:
            if registered.expired:
                raise refused(400, "ExpiredToken", "Token has expired")
            return registered
        token = self._tokens.get(bearer)
        if token is None or token.scope != scope:
            raise bad_token()
        if token.ends <= time.time():
            raise refused(400, "ExpiredToken", "Token has expired")
        account = world.accounts.get(NAME, token.account)
        if account is None:
            raise bad_token()
        return account
