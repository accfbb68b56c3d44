"""What comes of a login: tokens for a code, longer ones for short ones, and what each may do.

Sources: Meta's "Manually Build a Login Flow", "Get Long-Lived Access Tokens", "Debug Token".
"""

from __future__ import annotations

import hashlib
import hmac
import time
from functools import partial
from typing import Any

from sandbox import graph, linked
from sandbox.accounts import Account
from sandbox.facebook.login import page_account, roles_of
from sandbox.facebook.shapes import NAME, page_fields
from sandbox.logins import LONG_TOKEN, SHORT_TOKEN, App, Role, Token
from sandbox.platform import Call, Refused
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

LISTED = 25  # Pages in a list, unless `limit` says otherwise
CODE_NAMES = ("client_id", "client_secret", "redirect_uri", "code", "grant_type")
LONG_NAMES = ("client_id", "client_secret", "grant_type", "fb_exchange_token")


def exchange(request: Request, world: World) -> Response:
    """`/oauth/access_token`: a code for a short token, or a short token for a long one."""
    said = graph.parameters(request)
    if request.method not in ("GET", "POST"):
        raise graph.not_found("oauth/access_token", request.method)
    app = known_app(said, world)
    if said.get("grant_type") == "fb_exchange_token":
        graph.check_names(request, LONG_NAMES)
        return longer(said, app, world)
    graph.check_names(request, CODE_NAMES)
    return for_code(said, app, world)


def known_app(said: dict[str, Any], world: World) -> App:
    for name in ("client_id", "client_secret"):
        if not said.get(name):
            raise Refused(graph.error(101, f"Missing {name} parameter."))
    app = world.logins.app(NAME, str(said["client_id"]))
    if app is None:
        message = "Error validating application. Cannot get application info due to a system error."
        raise Refused(graph.error(101, message))
    if not hmac.compare_digest(app.secret.encode(), str(said["client_secret"]).encode()):
        raise Refused(graph.error(1, "Error validating client secret."))
    return app


def for_code(said: dict[str, Any], app: App, world: World) -> Response:
    code = world.logins.take_code(str(said.get("code", "")))
    if code is None or code.consent.app != app.id:
        raise Refused(graph.error(100, "Invalid verification code format.", subcode=36008))
    if code.used:
        raise Refused(graph.error(100, "This authorization code has been used.", subcode=36009))
    if time.time() >= code.expires_at:
        raise Refused(graph.error(100, "This authorization code has expired.", subcode=36007))
    if said.get("redirect_uri") != code.redirect_uri:
        message = (
            "Error validating verification code. Please make sure your redirect_uri is identical "
            "to the one you used in the OAuth dialog request"
        )
        raise Refused(graph.error(100, message, subcode=36008))
    return answered(world.logins.issue(NAME, code.consent, lasts=SHORT_TOKEN))


def longer(said: dict[str, Any], app: App, world: World) -> Response:
    token = world.logins.token(NAME, str(said.get("fb_exchange_token", "")))
    if token is None or token.page or token.consent.app != app.id:
        raise Refused(graph.bad_token())
    check_alive(token)
    return answered(world.logins.issue(NAME, token.consent, lasts=LONG_TOKEN))


def answered(token: Token) -> Response:
    lasts = int((token.expires_at or 0) - time.time())
    return json_response(
        {"access_token": token.value, "token_type": "bearer", "expires_in": lasts}, created=True
    )


def check_alive(token: Token) -> None:
    if token.revoked:
        message = (
            "Error validating access token: The user has not authorized application "
            f"{token.consent.app}."
        )
        raise Refused(graph.bad_token(message, 458))
    if token.expired:
        raise Refused(graph.expired_token())


def check_proof(request: Request, token: Token, world: World) -> None:
    """A proof that is sent must be right."""
    said = str(graph.parameters(request).get("appsecret_proof", ""))
    app = world.logins.app(NAME, token.consent.app)
    if not said or app is None:
        return
    right = hmac.new(app.secret.encode(), token.value.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(said.encode(), right.encode()):
        message = "Invalid appsecret_proof provided in the API argument"
        raise Refused(graph.error(100, message, kind="GraphMethodException"))


def call(request: Request, world: World, token: Token, node: str, edge: str) -> Call:
    """What a person's token asks for. That of a Page acts as the Page itself, see `page_of`."""
    check_alive(token)
    check_proof(request, token, world)
    if node != "me" or request.method not in ("GET", "DELETE"):
        raise graph.not_found(node, request.method)
    if request.method == "DELETE" and edge == "permissions":
        return Call(frozenset({"delete"}), None, partial(withdraw, token, world))
    if request.method == "GET" and edge == "accounts":
        return Call(frozenset({"read"}), None, partial(list_pages, request, token, world))
    if request.method == "GET" and not edge:
        return Call(frozenset({"read"}), None, partial(show_person, request, token, world))
    raise graph.not_found("me", request.method)


def withdraw(token: Token, world: World) -> Response:
    world.logins.revoke(NAME, token.consent.person)
    return json_response({"success": True})


def show_person(request: Request, token: Token, world: World) -> Response:
    person = world.logins.person(NAME, token.consent.person)
    values = {"id": token.consent.person, "name": person.name if person else "Somebody"}
    return json_response(graph.chosen(request, values, "User", ("id", "name")))


def list_pages(request: Request, token: Token, world: World) -> Response:
    """The Pages that were chosen, page by page, each with a token of its own."""
    graph.check_names(request, ("limit", "after"))
    require(token, "pages_show_list")
    person = world.logins.person(NAME, token.consent.person)
    roles = [
        role
        for role in (roles_of(person, world) if person else [])
        if role.page in token.consent.pages
    ]
    first = graph.whole(request.query.get("after", 0), "after")
    size = graph.whole(request.query.get("limit", LISTED), "limit")
    default = ("access_token", "category", "name", "id", "tasks")
    shown = [
        graph.chosen(request, fields_of(role, token, world), "Page", default)
        for role in roles[first : first + size]
    ]
    paging: dict[str, Any] = {"cursors": {"before": str(first), "after": str(first + size)}}
    if first + size < len(roles):
        paging["next"] = f"{world.origin}{request.path}?after={first + size}"
    return json_response({"data": shown, "paging": paging})


def fields_of(role: Role, token: Token, world: World) -> dict[str, Any]:
    page = page_account(role, world)
    # A long-lived person's token gives Page tokens that do not end; a short one, short ones.
    lasts = None if token.long else SHORT_TOKEN
    own = world.logins.issue(NAME, token.consent, page=role.page, lasts=lasts)
    sees = "instagram_basic" in token.consent.scopes
    return page_fields(page) | {
        "access_token": own.value,
        "tasks": list(role.tasks),
        "instagram_business_account": linked.shown_at(role.page, world) if sees else None,
    }


def page_of(request: Request, token: Token, world: World) -> Account:
    """The Page that a token from a login acts as, if it may do what is asked."""
    check_alive(token)
    check_proof(request, token, world)
    page = world.accounts.get(NAME, token.page)
    if page is None:
        raise Refused(graph.bad_token())
    if request.method in ("POST", "DELETE"):
        comments = request.path.endswith("/comments")
        require(token, "pages_manage_engagement" if comments else "pages_manage_posts")
    elif request.path.rpartition("/")[2] in ("feed", "posts", "published_posts", "comments"):
        require(token, "pages_read_engagement")
    return page


def require(token: Token, scope: str) -> None:
    if scope not in token.consent.scopes:
        message = f"(#200) Requires {scope} permission to manage the object"
        raise Refused(graph.error(200, message, status=403))


def facts(token: Token) -> dict[str, Any]:
    """What `/debug_token` says."""
    consent = token.consent
    said: dict[str, Any] = {
        "app_id": consent.app,
        "type": "PAGE" if token.page else "USER",
        "application": "Sandbox",
        "data_access_expires_at": int(token.issued_at) + 90 * 86400,
        "expires_at": int(token.expires_at or 0),
        "is_valid": not (token.revoked or token.expired),
        "issued_at": int(token.issued_at),
        "scopes": list(consent.scopes),
        "granular_scopes": [
            {"scope": name, "target_ids": list(consent.pages)} for name in consent.scopes
        ],
        "user_id": consent.person,
    }
    return said | ({"profile_id": token.page} if token.page else {})
