"""The login dialog: who you are, which Pages, which permissions; and back with a code.

Source: Meta's "Manually Build a Login Flow". The two pages work without scripts.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from html import escape
from typing import Any

from sandbox.accounts import Account
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
from sandbox.facebook.people import EVERYTHING
from sandbox.facebook.shapes import NAME
from sandbox.logins import App, Consent, Person, Role
from sandbox.wire import Request, Response
from sandbox.world import World

WORDS = {
    "pages_show_list": "Show a list of the Pages you manage",
    "pages_manage_posts": "Create and manage content on your Page",
    "pages_read_engagement": "Read content posted on the Page",
    "pages_manage_engagement": "Create and manage comments on your Page",
    "read_insights": "Read figures of your Page",
    "business_management": "Manage your business",
    "instagram_basic": "Access profile and posts from the Instagram account connected to your Page",
    "instagram_content_publish": "Upload media and create posts for the connected account",
    "instagram_manage_comments": "Manage comments for the connected Instagram account",
    "instagram_manage_insights": "Access figures of the connected Instagram account",
}
ENDING = "#_=_"  # what Facebook itself puts at the end of the way back


def dialog(request: Request, world: World) -> Response:
    """Who are you (GET), what do you allow (GET with `person`), and the way back (POST)."""
    try:
        said = said_with(request)
        app = known_app(said, NAME, world)
        scopes = known_scopes(said, {*WORDS, "public_profile"})
        person = world.logins.person(NAME, said.get("person", ""))
        if person is None:
            return page(app, said, people_to_be(said, app, world.logins.people(NAME), "Facebook"))
        if request.method == "POST":
            return answered(said, app, person, scopes, world)
        return page(app, said, what_do_you_allow(said, app, person, scopes, world))
    except Wrong as problem:
        body = f'<section class="single"><h2>Sorry</h2><p>{escape(str(problem))}</p></section>'
        return shown(body, "'none'", 400)


def roles_of(person: Person, world: World) -> list[Role]:
    """The Pages of a person: their own, and for one of them all that are registered."""
    own = {role.page: role for role in person.roles}
    registered = world.accounts.all(NAME) if person.runs_all else []
    also = [Role(one.id, one.name, EVERYTHING) for one in registered if one.id not in own]
    return [*also, *own.values()]


def what_do_you_allow(
    said: Mapping[str, Any], app: App, person: Person, scopes: list[str], world: World
) -> str:
    pages = "".join(
        box("page", role.page, f"{role.name} ({role.page})") for role in roles_of(person, world)
    )
    offered = offered_scopes(said, app, person, scopes, world)
    rights = "".join(box("grant", name, WORDS[name]) for name in offered if name in WORDS)
    none = '<p class="quiet">You manage no Pages.</p>'
    return (
        f"<h2>What may {escape(app.name)} do, {escape(person.name)}?</h2>"
        f'<form method="post" action="?">{hidden(said)}'
        f"<fieldset><legend>Pages</legend>{pages or none}</fieldset>"
        f"<fieldset><legend>Permissions</legend>{rights}</fieldset>"
        '<p class="buttons"><button name="answer" value="yes">Continue</button> '
        '<button name="answer" value="no" class="second">Not now</button></p></form>'
    )


def offered_scopes(
    said: Mapping[str, Any], app: App, person: Person, scopes: list[str], world: World
) -> list[str]:
    """What was declined before is offered again only to those who ask for it again."""
    if said.get("auth_type") == "rerequest":
        return scopes
    declined = world.logins.declined(app.id, person.id)
    return [name for name in scopes if name not in declined]


def answered(
    said: Mapping[str, Any], app: App, person: Person, scopes: list[str], world: World
) -> Response:
    state = {"state": said["state"]} if "state" in said else {}
    if said.get("answer") != "yes":
        refusal = {
            "error": "access_denied",
            "error_code": "200",
            "error_description": "Permissions error",
            "error_reason": "user_denied",
        }
        return back(said, {**refusal, **state}, ENDING)
    may = {role.page for role in roles_of(person, world)}
    pages = tuple(one for one in said.get("page", []) if one in may)
    granted = said.get("grant", [])
    offered = offered_scopes(said, app, person, scopes, world)
    given = tuple(name for name in offered if name in granted)
    left_out = frozenset(name for name in scopes if name in WORDS and name not in given)
    consent = Consent(app.id, person.id, given, pages)
    code = world.logins.agree(consent, left_out, said["redirect_uri"])
    return back(said, {"code": code, **state}, ENDING)


def page_account(role: Role, world: World) -> Account:
    """The Page as an account of the sandbox, so that it can be posted to."""
    known = world.accounts.get(NAME, role.page)
    if known:
        return known
    made = Account(NAME, role.page, role.name, "EAAS" + secrets.token_urlsafe(40))
    world.accounts.register(made)
    return made
