"""Signing in at X: OAuth 2 with PKCE, and tokens that are used up by being renewed.

An access token lasts two hours. A refresh token comes with the scope `offline.access`, each renewal
hands out another one, and the old one is dead then. An app is confidential and has a secret, or
public and has none. Source: X's "OAuth 2.0 Authorization Code Flow with PKCE".
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from platforms.adapters.twitter.api import next_request_at, site_of
from platforms.adapters.twitter.problems import kind_of, problem_in, words_of
from platforms.adapters.twitter.reading import facts_of
from platforms.errors import CredentialsExpired, PlatformError, RateLimited, Rejected, Unclear
from platforms.http import Answer
from platforms.oauth import (
    AppsPage,
    Door,
    Grant,
    LoginPath,
    Offer,
    Question,
    Scope,
    authorization_url,
)
from platforms.telling import READING, Act, Teller
from platforms.values import Json

EXCHANGE, RENEWAL = Act("the sign-in"), Act("the new token")
LIFE = timedelta(hours=2)  # of an access token that does not say
# By RFC 6749: the code or the refresh token, and the app itself.
REFUSED = frozenset({"invalid_grant", "invalid_request"})


class XLogin:
    """Sign in at X and allow the app. What is connected is the account that signs in."""

    slug = "x-login"
    name = "X"
    hint = "Sign in at X as the account that shall post."
    app_of = "twitter"
    public_apps = "Native App or Single page App"
    apps_page = AppsPage(
        "https://console.x.com/", "X’s developer console", calls_back=False, https_only=False
    )
    uses_pkce = True
    ahead = timedelta(minutes=30)
    rotates = True
    scopes: tuple[Scope, ...] = (
        Scope("tweet.read", "to look whether a post is out"),
        Scope("tweet.write", "to post"),
        Scope("users.read", "to know which account it is"),
        Scope("media.write", "for pictures and videos", needed=False),
        Scope("offline.access", "to renew the token, which ends after two hours"),
    )

    def authorize_url(self, door: Door, question: Question) -> str:
        scope = " ".join(scope.name for scope in self.scopes)
        dialog = f"{site_of(door.base_url)}/i/oauth2/authorize"
        return authorization_url(dialog, door, question, scope)

    def exchange(self, door: Door, code: str, verifier: str) -> Grant:
        """Turn the code into tokens, within the 30 seconds it is good for."""
        words = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": door.redirect_uri,
            "code_verifier": verifier,
        }
        return self._grant(door, words, EXCHANGE, Rejected)

    def refresh(self, door: Door, credentials: Mapping[str, str]) -> Grant:
        """Renew both tokens. See `Refreshes.refresh`."""
        token = credentials.get("refresh_token", "")
        if not token:
            raise CredentialsExpired("X gave no refresh token for this account. Reconnect it.")
        words = {"grant_type": "refresh_token", "refresh_token": token}
        return self._grant(door, words, RENEWAL, CredentialsExpired)

    def _grant(
        self, door: Door, words: Mapping[str, str], act: Act, refused: type[PlatformError]
    ) -> Grant:
        headers, words = _as_client(door, words)
        answer = door.client.request(
            "POST", f"{door.base_url}/{door.version}/oauth2/token", data=words, headers=headers
        )
        _check(door, answer, act, refused)
        said = answer.json()
        access, renewal = _text(said, "access_token"), _text(said, "refresh_token")
        if not access:
            raise _tell(door).error(Unclear, act, "it said yes and gave no token")
        for token in filter(None, (access, renewal)):
            door.client.redactor.hide(token)
        scope = _text(said, "scope")
        scopes = tuple(scope.split()) if scope else None
        return Grant(access, _end(said), renewal, scopes)

    def offers(self, door: Door, grant: Grant) -> list[Offer]:
        answer = door.client.request(
            "GET",
            f"{door.base_url}/{door.version}/users/me",
            params={"user.fields": "profile_image_url"},
            headers={"Authorization": f"Bearer {grant.access_token}"},
        )
        _check(door, answer, READING, CredentialsExpired)
        user = answer.json().get("data")
        if not isinstance(user, dict) or not str(user.get("id") or "").isdecimal():
            raise _tell(door).error(Unclear, READING, "it did not say which account it is")
        return [Offer(facts_of(user, str(user["id"]), door.base_url), grant)]


def _as_client(door: Door, words: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """A confidential app proves itself in a header; a public one says only who it is."""
    if not door.app.client_secret:
        return {}, {**words, "client_id": door.app.client_id}
    pair = f"{quote(door.app.client_id, safe='')}:{quote(door.app.client_secret, safe='')}"
    proof = b64encode(pair.encode()).decode()
    door.client.redactor.hide(proof)
    return {"Authorization": f"Basic {proof}"}, dict(words)


def _check(door: Door, answer: Answer, act: Act, refused: type[PlatformError]) -> None:
    """Raise what a refusal means; `refused`: what that of a code or a refresh token means."""
    if 200 <= answer.status < 300:
        return
    error, words = _oauth_error(answer)
    if 400 <= answer.status < 500 and error:
        raise _tell(door).error(refused if error in REFUSED else Rejected, act, words or error)
    problem = problem_in(answer)
    kind, until = kind_of(answer.status, problem), None
    if kind is RateLimited:
        until = next_request_at(answer.headers, datetime.now(UTC))
    elif kind is CredentialsExpired:
        kind = refused
    raise _tell(door).error(kind, act, words_of(answer.status, problem), until=until)


def _oauth_error(answer: Answer) -> tuple[str, str]:
    try:
        said = answer.json()
    except Unclear:
        return "", ""
    return _text(said, "error"), _text(said, "error_description")


def _end(said: Json) -> datetime:
    seconds: Any = said.get("expires_in")
    lasts = timedelta(seconds=seconds) if type(seconds) is int and 0 < seconds < 10**9 else LIFE
    return datetime.now(UTC) + lasts


def _text(said: Json, name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _tell(door: Door) -> Teller:
    return Teller("X", door.client.redactor)


X_LOGIN: LoginPath = XLogin()
