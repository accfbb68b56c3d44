"""The pages of a login, the same for every simulated platform; they work without scripts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox import wall
from sandbox.forms import Unreadable
from sandbox.logins import App, Person
from sandbox.wire import Request, Response
from sandbox.world import World

ASKED = (
    "client_id",
    "redirect_uri",
    "state",
    "response_type",
    "scope",
    "auth_type",
    "force_reauth",
    "force_login",
    "code_challenge",
    "code_challenge_method",
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Wrong(Exception):
    """The dialog cannot be shown; the person is told and stays here, as at the real one."""


def said_with(request: Request) -> dict[str, Any]:
    try:
        return {**request.query, **request.form.fields}
    except Unreadable as problem:
        raise Wrong(f"Cannot read this: {problem}.") from None


def known_app(said: Mapping[str, Any], platform: str, world: World) -> App:
    """Raises `Wrong` for what must not be sent back to an address that nobody vouches for."""
    app = world.logins.app(platform, said.get("client_id", ""))
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


def known_scopes(said: Mapping[str, Any], known: Collection[str]) -> list[str]:
    scopes = [name for name in re.split(r"[,\s]+", said.get("scope", "")) if name]
    if unknown := [name for name in scopes if name not in known]:
        raise Wrong(
            f"Invalid Scopes: {', '.join(unknown)}. This message is only shown to developers."
        )
    return scopes


def people_to_be(said: Mapping[str, Any], app: App, people: list[Person], real: str) -> str:
    """Who are you? `real`: the platform's name."""
    kept = {name: said[name] for name in ASKED if name in said}
    buttons = "".join(
        f'<li><a class="button" href="?{escape(urlencode({**kept, "person": person.id}))}">'
        f"{escape(person.name)}</a></li>"
        for person in people
    )
    return (
        f"<h2>Log in to continue to {escape(app.name)}</h2>"
        f'<p class="quiet">This is the sandbox and no real {real}. Choose who you are.</p>'
        f'<ul class="choices">{buttons}</ul>'
    )


def hidden(said: Mapping[str, Any]) -> str:
    """What a form carries on from the address."""
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(said[name])}">'
        for name in (*ASKED, "person")
        if name in said
    )


def box(name: str, value: str, words: str) -> str:
    return (
        f'<label><input type="checkbox" name="{name}[]" value="{escape(value)}" checked> '
        f"{escape(words)}</label>"
    )


def back(said: Mapping[str, Any], words: Mapping[str, str], ending: str) -> Response:
    """The way back. `ending` is the fragment that the real platform puts at the end."""
    address = said["redirect_uri"]
    mark = "&" if "?" in address else "?"
    return Response(302, headers=(("Location", f"{address}{mark}{urlencode(words)}{ending}"),))


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
