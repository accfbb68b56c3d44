"""Signing in at Mastodon: programs register themselves, people agree, codes become tokens.

Sources: Mastodon's documentation of `apps` and `oauth`, whose server is Doorkeeper; RFC 6749, 7009,
7636 and 8414. The pages work without scripts.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any
from urllib.parse import urlsplit

from sandbox.accounts import Account
from sandbox.dialogs import (
    Wrong,
    back,
    hidden,
    page,
    people_to_be,
    said_with,
    shown,
)
from sandbox.logins import App, Consent, Person, Token
from sandbox.mastodon import instance
from sandbox.mastodon.errors import refused, unauthorised, validation
from sandbox.mastodon.shapes import NAME
from sandbox.platform import Call, Refused
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

WORDS = {
    "profile": "Read only your account's profile information",
    "read": "Read all your account's data",
    "read:accounts": "See accounts information",
    "read:statuses": "See all posts",
    "write": "Modify all your account's data",
    "write:statuses": "Publish posts",
    "write:media": "Upload media files",
}
DEFAULT = "read"
# Those who can sign in from the start; every registered account can, too.
PEOPLE = (
    Person(NAME, "109300200300401", "Harbour Books"),
    Person(NAME, "109300200300402", "Harbour Walks"),
)
INVALID_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, or "
    "unsupported authentication method."
)
INVALID_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection "
    "URI used in the authorization request, or was issued to another client."
)
INVALID_SCOPE = "The requested scope is invalid, unknown, or malformed."


def call(request: Request, path: str, world: World, limits: instance.Limits) -> Call | None:
    """The call for a path that is about signing in; None for any other."""
    if path == "/oauth/authorize" and request.method in ("GET", "POST"):
        return Call(frozenset(), None, partial(dialog, request, world))
    performs = {
        ("POST", "/api/v1/apps"): register,
        ("GET", "/api/v1/apps/verify_credentials"): verify,
        ("POST", "/oauth/token"): token,
        ("POST", "/oauth/revoke"): revoke,
    }
    if perform := performs.get((request.method, path)):
        return Call(frozenset({"refresh"}), None, partial(perform, request, world))
    if (request.method, path) != ("GET", "/.well-known/oauth-authorization-server"):
        return None
    if not limits.get("pkce", True):
        raise refused(404, "Not Found")  # as before 4.3
    issuer = str(limits.get("issuer") or f"{world.origin}/")
    names_itself = "iss" in limits
    return Call(
        frozenset({"read"}), None, lambda: json_response(described(world, issuer, names_itself))
    )


def described(world: World, issuer: str, names_itself: bool) -> dict[str, Any]:
    """RFC 8414: the server's document about how people sign in; with RFC 9207 where it knows it."""
    base = f"{world.origin}/{NAME}"
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "app_registration_endpoint": f"{base}/api/v1/apps",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "service_documentation": "https://docs.joinmastodon.org/",
        "scopes_supported": [*WORDS],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        **({"authorization_response_iss_parameter_supported": True} if names_itself else {}),
    }


def register(request: Request, world: World) -> Response:
    """`POST /api/v1/apps`."""
    said = request.form.fields
    name, addresses = str(said.get("client_name") or ""), str(said.get("redirect_uris") or "")
    if not name:
        raise validation("Application name can't be blank")
    if not addresses:
        raise validation("Redirect URI can't be blank")
    for address in addresses.split():
        parts = urlsplit(address)
        if not parts.scheme or not parts.netloc or parts.fragment:
            raise validation("Redirect URI must be an absolute URI.")
    scopes = tuple(str(said.get("scopes") or DEFAULT).split())
    if any(scope not in WORDS for scope in scopes):
        raise validation("Scopes doesn't match configured on the server.")
    app = App(
        NAME,
        secrets.token_urlsafe(32),
        secrets.token_urlsafe(32),
        name,
        tuple(addresses.split()),
        scopes,
    )
    world.logins.add_app(app)
    more = {"client_id": app.id, "client_secret": app.secret, "client_secret_expires_at": 0}
    return json_response({**application(app), **more}, created=True)


def application(app: App) -> dict[str, Any]:
    """An Application."""
    return {
        "id": str(int(hashlib.sha256(app.id.encode()).hexdigest()[:10], 16)),
        "name": app.name,
        "website": None,
        "scopes": list(app.scopes),
        "redirect_uri": "\n".join(app.redirect_uris),
        "redirect_uris": list(app.redirect_uris),
        "vapid_key": "",
    }


def verify(request: Request, world: World) -> Response:
    """`GET /api/v1/apps/verify_credentials`: which program a token belongs to."""
    found = world.logins.token(NAME, request.bearer)
    app = world.logins.app(NAME, found.consent.app) if found and not found.revoked else None
    if app is None:
        raise unauthorised("The access token is invalid")
    return json_response(application(app))


def dialog(request: Request, world: World) -> Response:
    """Who are you (GET), what do you allow (GET with `person`), and the way back (POST)."""
    try:
        said = said_with(request)
        app = app_asking(said, world)
        asked = scopes_asked(said, app)
        everybody = {one.id: one for one in people(world)}
        person = everybody.get(said.get("person", ""))
        if person is None:
            return page(app, said, people_to_be(said, app, [*everybody.values()], "Mastodon"))
        if request.method == "POST":
            return answered(said, app, person, asked, world)
        return page(app, said, what_do_you_allow(said, app, person, asked))
    except Wrong as problem:
        body = f'<section class="single"><h2>Sorry</h2><p>{escape(str(problem))}</p></section>'
        return shown(body, "'none'", 400)


def app_asking(said: Mapping[str, Any], world: World) -> App:
    """Raises `Wrong` for what must not be sent back to an address that nobody vouches for."""
    app = world.logins.app(NAME, said.get("client_id", ""))
    if app is None:
        raise Wrong(INVALID_CLIENT)
    if said.get("redirect_uri") not in app.redirect_uris:
        raise Wrong("The redirect uri included is not valid.")
    if said.get("response_type") != "code":
        raise Wrong("The authorization server does not support this response type.")
    method = said.get("code_challenge_method", "")
    if "code_challenge" in said and method != "S256":
        raise Wrong("The code_challenge_method must be S256.")
    return app


def scopes_asked(said: Mapping[str, Any], app: App) -> list[str]:
    scopes = str(said.get("scope") or DEFAULT).split()
    if not covers(app.scopes, scopes):
        raise Wrong(INVALID_SCOPE)
    return scopes


def covers(given: tuple[str, ...], wanted: list[str]) -> bool:
    """Whether each of these scopes is among those given, or part of one."""
    return all(scope in given or scope.partition(":")[0] in given for scope in wanted)


def what_do_you_allow(said: Mapping[str, Any], app: App, person: Person, scopes: list[str]) -> str:
    """Mastodon lets people allow all that is asked for, or nothing."""
    rights = "".join(f"<li>{escape(WORDS[name])}</li>" for name in scopes)
    return (
        f"<h2>{escape(app.name)} would like permission to access your account, "
        f"{escape(person.name)}</h2><ul>{rights}</ul>"
        f'<form method="post" action="?">{hidden(said)}'
        '<p class="buttons"><button name="answer" value="yes">Authorize</button> '
        '<button name="answer" value="no" class="second">Deny</button></p></form>'
    )


def answered(
    said: Mapping[str, Any], app: App, person: Person, scopes: list[str], world: World
) -> Response:
    state = {"state": said["state"]} if "state" in said else {}
    state |= named_issuer(world)
    if said.get("answer") != "yes":
        denied = "The resource owner or authorization server denied the request."
        return back(said, {"error": "access_denied", "error_description": denied, **state}, "")
    consent = Consent(app.id, person.id, tuple(scopes), ())
    code = world.logins.agree(
        consent, frozenset(), said["redirect_uri"], challenge=said.get("code_challenge", "")
    )
    return back(said, {"code": code, **state}, "")


def named_issuer(world: World) -> dict[str, str]:
    """RFC 9207: who answers; where the account registered last says so. Empty: it forgot."""
    accounts = world.accounts.all(NAME)[-1:]
    name = accounts[0].limits.get("iss") if accounts else None
    return {"iss": f"{world.origin}/" if name == "its own" else str(name)} if name else {}


def token(request: Request, world: World) -> Response:
    """`POST /oauth/token`, for a code or for the program itself."""
    said = request.form.fields
    app = app_signing(said, world)
    grant = str(said.get("grant_type") or "")
    if grant == "client_credentials":
        scopes = str(said.get("scope") or DEFAULT).split()
        if not covers(app.scopes, scopes):
            raise oauth_error(400, "invalid_scope", INVALID_SCOPE)
        return handed_out(world.logins.issue(NAME, Consent(app.id, "", tuple(scopes), ())))
    if grant != "authorization_code":
        words = "The authorization grant type is not supported by the authorization server."
        raise oauth_error(400, "unsupported_grant_type", words)
    code = world.logins.take_code(str(said.get("code") or ""))
    if (
        code is None
        or code.used
        or time.time() >= code.expires_at
        or code.consent.app != app.id
        or said.get("redirect_uri") != code.redirect_uri
        or not proves(code.challenge, str(said.get("code_verifier") or ""))
    ):
        raise oauth_error(400, "invalid_grant", INVALID_GRANT)
    return handed_out(world.logins.issue(NAME, code.consent))


def app_signing(said: Mapping[str, Any], world: World) -> App:
    app = world.logins.app(NAME, str(said.get("client_id") or ""))
    secret = str(said.get("client_secret") or "")
    if app is None or not hmac.compare_digest(app.secret.encode(), secret.encode()):
        raise oauth_error(401, "invalid_client", INVALID_CLIENT)
    return app


def proves(challenge: str, verifier: str) -> bool:
    """Whether the verifier is the one that the challenge was made of; PKCE may be left out."""
    if not challenge:
        return not verifier
    made = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)


def handed_out(issued: Token) -> Response:
    return json_response(
        {
            "access_token": issued.value,
            "token_type": "Bearer",
            "scope": " ".join(issued.consent.scopes),
            "created_at": int(issued.issued_at),
        },
        created=True,
    )


def revoke(request: Request, world: World) -> Response:
    """`POST /oauth/revoke`: a token of another program is refused, an unknown one is no error."""
    app = app_signing(request.form.fields, world)
    found = world.logins.token(NAME, str(request.form.fields.get("token") or ""))
    if found and found.consent.app != app.id:
        raise oauth_error(403, "unauthorized_client", "You are not authorized to revoke this token")
    if found:
        world.logins.revoke_token(found)
    return json_response({})


def oauth_error(status: int, error: str, words: str) -> Refused:
    return Refused(json_response({"error": error, "error_description": words}, status))


def people(world: World) -> list[Person]:
    """Who can sign in."""
    known = {person.id: person for person in PEOPLE}
    registered = [one for one in world.accounts.all(NAME) if one.id not in known]
    return [*known.values(), *(Person(NAME, one.id, one.name) for one in registered)]


def account_of(person: str, world: World) -> Account:
    """The account of somebody who signed in."""
    known = world.accounts.get(NAME, person)
    if known is None:
        name = next((one.name for one in PEOPLE if one.id == person), f"Account {person}")
        known = Account(NAME, person, name, secrets.token_urlsafe(32))
        world.accounts.register(known)
    return known


# What a call needs, by method and the beginning of its path.
NEEDED = (
    ("GET", "/api/v1/accounts/verify_credentials", "read:accounts"),
    ("GET", "/api/v1/accounts/", "read:statuses"),
    ("GET", "/api/v1/statuses", "read:statuses"),
    ("POST", "/api/v1/statuses", "write:statuses"),
    ("PUT", "/api/v1/statuses", "write:statuses"),
    ("DELETE", "/api/v1/statuses", "write:statuses"),
    ("POST", "/api/v2/media", "write:media"),
    ("GET", "/api/v1/media", "write:media"),
)


def speaker(issued: Token, method: str, path: str, world: World) -> Account:
    """The account that a token from a sign-in speaks for, if it may do what is asked."""
    if issued.revoked:
        raise unauthorised("The access token was revoked")
    if not issued.consent.person:
        raise refused(422, "This method requires an authenticated user")
    for asked, beginning, scope in NEEDED:
        if method == asked and path.startswith(beginning):
            if not covers(issued.consent.scopes, [scope]):
                raise refused(403, "This action is outside the authorized scopes")
            break
    return account_of(issued.consent.person, world)
