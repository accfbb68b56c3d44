"""X's consent page, and the tokens that come of it. Source: X's OAuth 2 with PKCE."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from sandbox import wall
from sandbox.accounts import Account
from sandbox.forms import Unreadable
from sandbox.logins import App
from sandbox.platform import Call, Refused
from sandbox.twitter.shapes import NAME, handle
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

CODE_LASTS, TOKEN_LASTS = 30.0, 7_200  # seconds
SCOPES = {
    "tweet.read": "See posts that you can see",
    "tweet.write": "Post and repost for you",
    "users.read": "See accounts that you can see",
    "media.write": "Upload media for you",
    "offline.access": "Stay connected until you revoke access",
}
ASKED = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge",
    "code_challenge_method",
)  # fmt: skip
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Known to every sandbox: a confidential app, and a public one that has no secret.
APP = App(NAME, "4400550066007700", "sandbox-app-secret", "Syndication")
PUBLIC_APP = App(NAME, "sandbox-public-app", "", "Syndication")


@dataclass(slots=True)
class Code:
    """Good once, for 30 seconds, for one app, address and verifier."""

    app: str
    account: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    ends: float
    used: bool = False


@dataclass(slots=True)
class Token:
    """An access token and the refresh token that came with it."""

    app: str
    account: str
    scopes: tuple[str, ...]
    ends: float


@dataclass
class Tokens:
    """Everything that was handed out here."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Token] = field(default_factory=dict)
    refresh: dict[str, Token] = field(default_factory=dict)

    def holder(self, world: World, bearer: str) -> tuple[Account, tuple[str, ...]] | None:
        """Whose token this is and what it may do; None for one that is not good."""
        registered = world.accounts.with_token(NAME, bearer)
        if registered is not None:
            return None if registered.expired else (registered, tuple(SCOPES))
        token = self.access.get(bearer)
        account = world.accounts.get(NAME, token.account) if token else None
        if token is None or account is None or token.ends <= time.time():
            return None
        return account, token.scopes


class Wrong(Exception):
    """The page cannot be shown; the person is told and stays here."""


def dialog(request: Request, world: World, tokens: Tokens) -> Response:
    """Who are you and do you allow it (GET), and the way back (POST)."""
    try:
        said = {**request.query, **request.form.fields}
        app, scopes = known(said, world)
        if request.method == "POST":
            return answered(said, app, scopes, world, tokens)
        return page(said, app, scopes, world)
    except Unreadable as problem:
        return shown(f"<h2>Sorry</h2><p>Cannot read this: {escape(str(problem))}.</p>", "'none'")
    except Wrong as problem:
        words = f"<h2>Something went wrong</h2><p>{escape(str(problem))}</p>"
        return shown(words, "'none'", 400)


def known(said: dict[str, Any], world: World) -> tuple[App, list[str]]:
    app = world.logins.app(NAME, str(said.get("client_id", "")))
    if app is None:
        raise Wrong("You weren’t able to give access to the App: its client id is not known.")
    if said.get("response_type") != "code":
        raise Wrong("response_type must be code.")
    address = str(said.get("redirect_uri", ""))
    parts = urlsplit(address)
    fits = address in app.redirect_uris if app.redirect_uris else parts.hostname in LOOPBACK
    if not fits or parts.fragment:
        raise Wrong("The redirect_uri is not one of this App’s callback addresses.")
    scopes = str(said.get("scope", "")).split(" ")
    if not set(scopes) <= set(SCOPES):
        raise Wrong("A scope is not known.")
    if said.get("code_challenge_method") != "S256" or len(said.get("code_challenge", "")) != 43:
        raise Wrong("A code_challenge of method S256 is needed.")
    if not 0 < len(str(said.get("state", ""))) <= 500:
        raise Wrong("A state of up to 500 characters is needed.")
    return app, scopes


def page(said: dict[str, Any], app: App, scopes: list[str], world: World) -> Response:
    accounts = world.accounts.all(NAME)
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{escape(said[name])}">'
        for name in ASKED
        if name in said
    )
    people = "".join(
        f'<label><input type="radio" name="account" value="{escape(account.id)}"'
        f"{' checked' if not place else ''}> {escape(account.name)} (@{handle(account)})</label>"
        for place, account in enumerate(accounts)
    )
    newcomer = (
        '<label><input type="radio" name="account" value=""'
        f"{'' if accounts else ' checked'}> A new account</label>"
    )
    rights = "".join(f"<li>{escape(SCOPES[name])}</li>" for name in scopes)
    body = (
        f"<h2>{escape(app.name)} wants to access your X account</h2>"
        '<p class="quiet">This is the sandbox and no real X. Choose who you are.</p>'
        f'<form method="post" action="?">{kept}'
        f"<fieldset><legend>Account</legend>{people}{newcomer}</fieldset>"
        f"<ul>{rights}</ul>"
        '<p class="buttons"><button name="answer" value="yes">Authorize app</button> '
        '<button name="answer" value="no" class="second">Cancel</button></p></form>'
    )
    parts = urlsplit(said["redirect_uri"])
    # A browser holds the redirect after a form to the same rule as the form itself.
    return shown(body, f"'self' {parts.scheme}://{parts.netloc}")


def shown(body: str, form_action: str, status: int = 200) -> Response:
    html = wall.PAGE.format(
        title="Log in · Sandbox", body=f'<section class="single">{body}</section>'
    )
    html = re.sub(r"<script.*?</script>|<noscript>.*?</noscript>", "", html)
    policy = f"default-src 'self'; base-uri 'none'; form-action {form_action}"
    guards = tuple(
        (name, policy if name == "Content-Security-Policy" else value)
        for name, value in wall.GUARDS
    )
    return Response(status, html.encode(), "text/html; charset=utf-8", guards)


def answered(
    said: dict[str, Any], app: App, scopes: list[str], world: World, tokens: Tokens
) -> Response:
    if said.get("answer") != "yes":
        return back(said, {"error": "access_denied"})
    account = world.accounts.get(NAME, str(said.get("account", ""))) or newcomer(world)
    code = secrets.token_urlsafe(60)
    with tokens.guard:
        tokens.codes[code] = Code(
            app.id, account.id, tuple(scopes), said["redirect_uri"], said["code_challenge"],
            time.time() + CODE_LASTS,
        )  # fmt: skip
    return back(said, {"code": code})


def newcomer(world: World) -> Account:
    """An account for somebody who has none here, so that signing in can be tried at once."""
    name = str(1_500_000_000_000_000_000 + world.ledger.next_number())
    made = Account(NAME, name, f"Newcomer {name[-4:]}", secrets.token_hex(20))
    world.accounts.register(made)
    return made


def back(said: dict[str, Any], words: dict[str, str]) -> Response:
    address = said["redirect_uri"]
    mark = "&" if "?" in address else "?"
    query = urlencode({"state": said["state"], **words})
    return Response(302, headers=(("Location", f"{address}{mark}{query}"),))


# Tokens


def token_call(request: Request, world: World, tokens: Tokens) -> Call:
    said = dict(request.form.fields)
    app = client(request, said, world)
    renewing = said.get("grant_type") == "refresh_token"
    held = tokens.refresh.get(str(said.get("refresh_token"))) if renewing else None
    account = world.accounts.get(NAME, held.account) if held else None

    def perform() -> Response:
        return renewed(said, app, world, tokens) if renewing else for_code(said, app, world, tokens)

    return Call(frozenset({"refresh"}), account, perform)


def wrong(error: str, words: str, status: int = 400) -> Refused:
    return Refused(json_response({"error": error, "error_description": words}, status))


def client(request: Request, said: dict[str, Any], world: World) -> App:
    """The app: by a header where it has a secret, by its id where it has none."""
    scheme, _, pair = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = b64decode(pair, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise wrong("unauthorized_client", "Missing valid authorization header", 401) from None
        app = world.logins.app(NAME, unquote(name))
        if app and app.secret and hmac.compare_digest(app.secret, unquote(secret)):
            return app
        raise wrong("unauthorized_client", "Missing valid authorization header", 401)
    app = world.logins.app(NAME, str(said.get("client_id", "")))
    if app is None or app.secret:
        raise wrong("unauthorized_client", "Missing valid authorization header", 401)
    return app


def for_code(said: dict[str, Any], app: App, world: World, tokens: Tokens) -> Response:
    if said.get("grant_type") != "authorization_code":
        raise wrong("unsupported_grant_type", "Value passed for the grant_type was invalid.")
    with tokens.guard:
        code = tokens.codes.get(str(said.get("code")))
        fits = code is not None and code.app == app.id and not code.used
        if code is not None:
            code.used = True
    if code is None or not fits or code.ends <= time.time():
        raise wrong("invalid_request", "Value passed for the authorization code was invalid.")
    if said.get("redirect_uri") != code.redirect_uri:
        raise wrong("invalid_request", "Value passed for the redirect uri did not match.")
    digest = hashlib.sha256(str(said.get("code_verifier", "")).encode()).digest()
    challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(challenge, code.challenge):
        raise wrong("invalid_request", "Value passed for the code verifier did not match.")
    return handed_out(Token(app.id, code.account, code.scopes, 0), world, tokens)


def renewed(said: dict[str, Any], app: App, world: World, tokens: Tokens) -> Response:
    """Each refresh token is good once."""
    with tokens.guard:
        held = tokens.refresh.get(str(said.get("refresh_token")))
        if held is None or held.app != app.id:
            raise wrong("invalid_request", "Value passed for the token was invalid.")
        del tokens.refresh[str(said["refresh_token"])]
    return handed_out(held, world, tokens)


def handed_out(held: Token, world: World, tokens: Tokens) -> Response:
    account = world.accounts.get(NAME, held.account)
    limits = account.limits if account else {}
    lasts = float(limits.get("access_seconds", TOKEN_LASTS))
    access, refresh = secrets.token_urlsafe(60), secrets.token_urlsafe(60)
    offline = "offline.access" in held.scopes
    with tokens.guard:
        made = Token(held.app, held.account, held.scopes, time.time() + lasts)
        tokens.access[access] = made
        if offline:
            tokens.refresh[refresh] = made
    said = {
        "token_type": "bearer",
        "expires_in": int(lasts),
        "access_token": access,
        "scope": " ".join(held.scopes),
        **({"refresh_token": refresh} if offline else {}),
    }
    return json_response(said, created=True)
