"""The login dialog: who you are, which Pages, which permissions; and back with a code.

Source: Meta's "Manually Build a Login Flow". The two pages work without scripts.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox import wall
from sandbox.accounts import Account
from sandbox.facebook.people import EVERYTHING
from sandbox.facebook.shapes import NAME
from sandbox.forms import Unreadable
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
ASKED = ("client_id", "redirect_uri", "state", "response_type", "scope", "auth_type")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Wrong(Exception):
    """The dialog cannot be shown; the person is told and stays here, as at the real one."""


def dialog(request: Request, world: World) -> Response:
    """Who are you (GET), what do you allow (GET with `person`), and the way back (POST)."""
    try:
        said = said_with(request)
        app = known_app(said, world)
        scopes = known_scopes(said)
        person = world.logins.person(NAME, said.get("person", ""))
        if person is None:
            return page(app, said, who_are_you(said, app, world))
        if request.method == "POST":
            return answered(said, app, person, scopes, world)
        return page(app, said, what_do_you_allow(said, app, person, scopes, world))
    except Wrong as problem:
        body = f'<section class="single"><h2>Sorry</h2><p>{escape(str(problem))}</p></section>'
        return shown(body, "'none'", 400)


def said_with(request: Request) -> dict[str, Any]:
    try:
        return {**request.query, **request.form.fields}
    except Unreadable as problem:
        raise Wrong(f"Cannot read this: {problem}.") from None


def known_app(said: Mapping[str, Any], world: World) -> App:
    """Raises `Wrong` for what must not be sent back to an address that nobody vouches for."""
    app = world.logins.app(NAME, said.get("client_id", ""))
    if app is None:
        raise Wrong("Invalid App ID: The provided app ID does not look like a valid app ID.")
    if said.get("response_type", "code") != "code":
        raise Wrong("Unsupported response_type: this sandbox hands out codes only.")
    address = said.get("redirect_uri", "")
    parts = urlsplit(address)
    if not parts.scheme or not parts.hostname or parts.fragment:
        raise Wrong("The redirect_uri URL must be absolute.")
    registered = app.redirect_uris
    if address not in registered if registered else parts.hostname not in LOOPBACK:
        raise Wrong(
            "URL Blocked: This redirect failed because the redirect URI is not whitelisted in the "
            "app's Client OAuth Settings."
        )
    return app


def known_scopes(said: Mapping[str, Any]) -> list[str]:
    scopes = [name for name in re.split(r"[,\s]+", said.get("scope", "")) if name]
    if unknown := [name for name in scopes if name not in WORDS and name != "public_profile"]:
        raise Wrong(
            f"Invalid Scopes: {', '.join(unknown)}. This message is only shown to developers."
        )
    return scopes


def who_are_you(said: Mapping[str, Any], app: App, world: World) -> str:
    kept = {name: said[name] for name in ASKED if name in said}
    people = "".join(
        f'<li><a class="button" href="?{escape(urlencode({**kept, "person": person.id}))}">'
        f"{escape(person.name)}</a></li>"
        for person in world.logins.people(NAME)
    )
    return (
        f"<h2>Log in to continue to {escape(app.name)}</h2>"
        '<p class="quiet">This is the sandbox and no real Facebook. Choose who you are.</p>'
        f'<ul class="choices">{people}</ul>'
    )


def roles_of(person: Person, world: World) -> list[Role]:
    """The Pages of a person: their own, and for one of them all that are registered."""
    own = {role.page: role for role in person.roles}
    registered = world.accounts.all(NAME) if person.runs_all else []
    also = [Role(one.id, one.name, EVERYTHING) for one in registered if one.id not in own]
    return [*also, *own.values()]


def what_do_you_allow(
    said: Mapping[str, Any], app: App, person: Person, scopes: list[str], world: World
) -> str:
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{escape(said[name])}">'
        for name in (*ASKED, "person")
        if name in said
    )
    pages = "".join(
        box("page", role.page, f"{role.name} ({role.page})") for role in roles_of(person, world)
    )
    offered = offered_scopes(said, app, person, scopes, world)
    rights = "".join(box("grant", name, WORDS[name]) for name in offered if name in WORDS)
    none = '<p class="quiet">You manage no Pages.</p>'
    return (
        f"<h2>What may {escape(app.name)} do, {escape(person.name)}?</h2>"
        f'<form method="post" action="?">{kept}'
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


def box(name: str, value: str, words: str) -> str:
    return (
        f'<label><input type="checkbox" name="{name}[]" value="{escape(value)}" checked> '
        f"{escape(words)}</label>"
    )


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
        return back(said, {**refusal, **state})
    may = {role.page for role in roles_of(person, world)}
    pages = tuple(one for one in said.get("page", []) if one in may)
    granted = said.get("grant", [])
    offered = offered_scopes(said, app, person, scopes, world)
    given = tuple(name for name in offered if name in granted)
    left_out = frozenset(name for name in scopes if name in WORDS and name not in given)
    consent = Consent(app.id, person.id, given, pages)
    code = world.logins.agree(consent, left_out, said["redirect_uri"])
    return back(said, {"code": code, **state})


def back(said: Mapping[str, Any], words: Mapping[str, str]) -> Response:
    address = said["redirect_uri"]
    mark = "&" if "?" in address else "?"
    # The fragment is what Facebook itself puts at the end.
    return Response(302, headers=(("Location", f"{address}{mark}{urlencode(words)}#_=_"),))


def page(app: App, said: Mapping[str, Any], body: str) -> Response:
    parts = urlsplit(said["redirect_uri"])
    # A browser holds the redirect after a form to the same rule as the form itself.
    return shown(
        f'<section class="single">{body}</section>', f"'self' {parts.scheme}://{parts.netloc}"
    )


def shown(body: str, form_action: str, status: int = 200) -> Response:
    html = wall.PAGE.format(title="Log in · Sandbox", body=body)
    html = re.sub(r"<script.*?</script>|<noscript>.*?</noscript>", "", html)
    policy = f"default-src 'self'; base-uri 'none'; form-action {form_action}"
    guards = tuple(
        (name, policy if name == "Content-Security-Policy" else value)
        for name, value in wall.GUARDS
    )
    return Response(status, html.encode(), "text/html; charset=utf-8", guards)


def page_account(role: Role, world: World) -> Account:
    """The Page as an account of the sandbox, so that it can be posted to."""
    known = world.accounts.get(NAME, role.page)
    if known:
        return known
    made = Account(NAME, role.page, role.name, "EAAS" + secrets.token_urlsafe(40))
    world.accounts.register(made)
    return made
