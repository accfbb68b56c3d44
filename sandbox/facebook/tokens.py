"""Tokens: whose they are, what `/me` and `/debug_token` say of them."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from sandbox import graph
from sandbox.accounts import Account
from sandbox.facebook import grants
from sandbox.facebook.shapes import NAME, page_fields
from sandbox.platform import Call, Refused
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

SCOPES = [
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "pages_manage_engagement",
    "read_insights",
]


def pages_of_user(request: Request, world: World) -> list[Account]:
    """The Pages that the token, if it is a person's, may manage."""
    token = graph.token_of(request)
    pages = world.accounts.all(NAME) if token else []
    return [page for page in pages if page.limits.get("user_token") == token]


def user_call(request: Request, edge: str, pages: list[Account]) -> Call:
    graph.check_proof(request, pages[0])
    if request.method != "GET" or edge not in ("", "accounts"):
        raise graph.not_found("me", request.method)
    perform = partial(list_pages if edge else show_user, request, pages)
    return Call(frozenset({"read"}), None, perform)


def show_user(request: Request, pages: list[Account]) -> Response:
    person = {"id": "1000" + pages[0].id, "name": "Sandbox Person"}
    return json_response(graph.chosen(request, person, "User", ("id", "name")))


def list_pages(request: Request, pages: list[Account]) -> Response:
    graph.check_names(request, ("limit", "after"))
    default = ("access_token", "category", "name", "id", "tasks")
    shown = [graph.chosen(request, page_fields(page), "Page", default) for page in pages]
    return json_response({"data": shown, "paging": {"cursors": {"before": "QQ", "after": "QQ"}}})


def debug_token(request: Request, world: World) -> Response:
    """`GET /debug_token`: the asking token is the app's own (`id|secret`) or a valid one."""
    graph.check_names(request, ("input_token",))
    asking = graph.token_of(request)
    apps = {
        f"{page.limits.get('app_id')}|{page.limits.get('app_secret')}"
        for page in world.accounts.all(NAME)
    } | {f"{app.id}|{app.secret}" for app in world.logins.apps(NAME)}
    if asking not in apps and not world.accounts.with_token(NAME, asking):
        raise Refused(graph.bad_token()) if asking else graph.missing_token()
    name = request.query.get("input_token", "")
    if granted := world.logins.token(NAME, name):
        return json_response({"data": grants.facts(granted)})
    page = world.accounts.with_token(NAME, name)
    return json_response({"data": token_facts(page)})


def token_facts(page: Account | None) -> dict[str, Any]:
    if page is None:
        problem = {"code": 190, "message": "Invalid OAuth access token."}
        return {"error": problem, "is_valid": False, "scopes": []}
    return {
        "app_id": page.limits.get("app_id", "0"),
        "type": "PAGE",
        "application": "Sandbox",
        "data_access_expires_at": int(time.time()) + 90 * 86400,
        "expires_at": int(page.expires_at or 0),
        "is_valid": not page.expired,
        "issued_at": int(page.registered_at),
        "profile_id": page.id,
        "scopes": SCOPES,
        "user_id": "1000" + page.id,
    }


def speaker(request: Request, node: str, world: World) -> Account:
    """The Page whose token this is. Raises `Refused` for no, a wrong or an expired token."""
    token = graph.token_of(request)
    if not token:
        raise graph.missing_token()
    if granted := world.logins.token(NAME, token):
        return grants.page_of(request, granted, world)
    account = world.accounts.get(NAME, page_named(node, world))
    if account is None or not speaks_for(account, token, request):
        account = world.accounts.with_token(NAME, token)
    if account is None:
        raise Refused(graph.bad_token())
    if account.expired:
        raise Refused(graph.expired_token())
    graph.check_proof(request, account)
    return account


def page_named(node: str, world: World) -> str:
    """The Page that a node is, or belongs to."""
    entry = world.ledger.get(NAME, node)
    return entry.account if entry else node


def speaks_for(page: Account, token: str, request: Request) -> bool:
    """The Page's own token may do everything, that of a person who manages it may look."""
    manages = page.limits.get("user_token") == token
    return page.token == token or (manages and request.method == "GET")
