"""Instagram Login: the account itself agrees; a code, a token for an hour, one for 60 days.

Source: Meta's "Business Login for Instagram". The page works without scripts.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

from sandbox import graph, linked
from sandbox.dialogs import (
    Wrong,
    back,
    box,
    hidden,
    known_app,
    known_scopes,
    page,
    people_to_be,
    said_with,
    shown,
)
from sandbox.facebook import grants
from sandbox.linked import NAME
from sandbox.logins import LONG_TOKEN, App, Consent, Person, Token
from sandbox.platform import Call, Refused
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

HOUR, A_DAY = 3600.0, 86400.0  # seconds
ENDING = "#_"  # what Instagram puts at the end of the way back
WORDS = {
    "instagram_business_basic": "Access your profile and media",
    "instagram_business_content_publish": "Create and publish content on your account",
    "instagram_business_manage_comments": "Manage comments on your posts",
    "instagram_business_manage_insights": "Access figures of your account",
    "instagram_business_manage_messages": "Manage your messages",
}
CODE_NAMES = ("client_id", "client_secret", "grant_type", "redirect_uri", "code")


def call(request: Request, path: str, world: World) -> Call | None:
    """The call for a path that is about signing in; None for any other."""
    if path == "/oauth/authorize" and request.method in ("GET", "POST"):
        return Call(frozenset(), None, partial(dialog, request, world))
    performs = {
        ("POST", "/oauth/access_token"): for_code,
        ("GET", "/access_token"): longer,
        ("GET", "/refresh_access_token"): renewed,
    }
    perform = performs.get((request.method, path))
    return Call(frozenset({"refresh"}), None, partial(perform, request, world)) if perform else None


def dialog(request: Request, world: World) -> Response:
    """Who are you (GET), what do you allow (GET with `person`), and the way back (POST)."""
    try:
        said = said_with(request)
        app = known_app(said, NAME, world)
        scopes = known_scopes(said, WORDS)
        if "instagram_business_basic" not in scopes:
            raise Wrong("Invalid Scopes: instagram_business_basic is needed.")
        everybody = {one.id: one for one in linked.people(world)}
        person = everybody.get(said.get("person", ""))
        if person is None:
            return page(app, said, people_to_be(said, app, [*everybody.values()], "Instagram"))
        if request.method == "POST":
            return answered(said, app, person, scopes, world)
        return page(app, said, what_do_you_allow(said, app, person, scopes))
    except Wrong as problem:
        body = f'<section class="single"><h2>Sorry</h2><p>{escape(str(problem))}</p></section>'
        return shown(body, "'none'", 400)


def what_do_you_allow(said: Mapping[str, Any], app: App, person: Person, scopes: list[str]) -> str:
    rights = "".join(box("grant", name, WORDS[name]) for name in scopes)
    return (
        f"<h2>What may {escape(app.name)} do, {escape(person.name)}?</h2>"
        f'<form method="post" action="?">{hidden(said)}'
        f"<fieldset><legend>Permissions</legend>{rights}</fieldset>"
        '<p class="buttons"><button name="answer" value="yes">Allow</button> '
        '<button name="answer" value="no" class="second">Cancel</button></p></form>'
    )


def answered(
    said: Mapping[str, Any], app: App, person: Person, scopes: list[str], world: World
) -> Response:
    state = {"state": said["state"]} if "state" in said else {}
    if said.get("answer") != "yes":
        refusal = {
            "error": "access_denied",
            "error_reason": "user_denied",
            "error_description": "The user denied your request",
        }
        return back(said, {**refusal, **state}, ENDING)
    given = tuple(name for name in scopes if name in said.get("grant", []))
    consent = Consent(app.id, person.id, given, ())
    code = world.logins.agree(consent, frozenset(), said["redirect_uri"], HOUR)
    return back(said, {"code": code, **state}, ENDING)


def refused(message: str) -> Refused:
    """The shape of api.instagram.com, which is not Graph's."""
    said = {"error_type": "OAuthException", "code": 400, "error_message": message}
    return Refused(json_response(said, 400))


def for_code(request: Request, world: World) -> Response:
    """`POST /oauth/access_token`: a form with the code."""
    said = request.form.fields
    if missing := [name for name in CODE_NAMES if not said.get(name)]:
        raise refused(f"Missing required field {missing[0]}")
    app = world.logins.app(NAME, str(said["client_id"]))
    if app is None or not _same(app.secret, str(said["client_secret"])):
        raise refused("Error validating client secret.")
    code = world.logins.take_code(str(said["code"]))
    if code is None or code.consent.app != app.id:
        raise refused("Invalid authorization code")
    if code.used:
        raise refused("This authorization code has been used")
    if time.time() >= code.expires_at:
        raise refused("This authorization code has expired")
    if said["redirect_uri"] != code.redirect_uri:
        raise refused(
            "Error validating verification code. Please make sure your redirect_uri is identical "
            "to the one you used in the OAuth dialog request"
        )
    token = world.logins.issue(NAME, code.consent, lasts=HOUR)
    words = ",".join(code.consent.scopes)
    one = {"access_token": token.value, "user_id": code.consent.person, "permissions": words}
    return json_response({"data": [one]}, created=True)


def longer(request: Request, world: World) -> Response:
    """`GET /access_token`: a token for 60 days for one that lasts an hour."""
    graph.check_names(request, ("grant_type", "client_secret"))
    token = _presented(request, "ig_exchange_token", world)
    app = world.logins.app(NAME, token.consent.app)
    if app is None or not _same(app.secret, request.query.get("client_secret", "")):
        raise Refused(graph.error(1, "Error validating client secret."))
    if token.long:
        raise Refused(graph.error(452, "Session key invalid. This token lasts long already."))
    return _answer(world.logins.issue(NAME, token.consent, lasts=LONG_TOKEN))


def renewed(request: Request, world: World) -> Response:
    """`GET /refresh_access_token`: 60 more days for a long token that is at least a day old."""
    graph.check_names(request, ("grant_type",))
    token = _presented(request, "ig_refresh_token", world)
    if not token.long or time.time() - token.issued_at < A_DAY:
        raise Refused(graph.error(100, "Only long-lived tokens of 24 hours or more are refreshed."))
    return _answer(world.logins.issue(NAME, token.consent, lasts=LONG_TOKEN))


def _presented(request: Request, grant_type: str, world: World) -> Token:
    if request.query.get("grant_type") != grant_type:
        raise Refused(graph.error(100, "Invalid parameter grant_type"))
    token = world.logins.token(NAME, request.query.get("access_token", ""))
    if token is None:
        raise Refused(graph.bad_token())
    grants.check_alive(token)
    return token


def _answer(token: Token) -> Response:
    lasts = int((token.expires_at or 0) - time.time())
    return json_response(
        {
            "access_token": token.value,
            "token_type": "bearer",
            "expires_in": lasts,
            "permissions": ",".join(token.consent.scopes),
        },
        created=True,
    )


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
