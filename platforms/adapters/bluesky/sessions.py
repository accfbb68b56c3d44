"""Signing in with an app password, and keeping the session alive.

A server allows 30 sign-ins in five minutes and 300 a day, so that one session is kept and renewed.
Its access token lasts two hours, its refresh token 90 days, and each renewal hands out two new
ones. The app password is kept beside them, encrypted like every secret: where the answer to a
renewal was lost, or the server forgot its sessions, a new one is made and nobody has to be asked.

Sources: the lexicons `com.atproto.server.createSession` and `refreshSession`, and the reference
server.
"""

import binascii
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from platforms.adapters.bluesky.identity import find_home, server_in
from platforms.adapters.bluesky.xrpc import call, check, error_in, kind_of, site_of
from platforms.errors import CredentialsExpired, PlatformError, Rejected, Unclear
from platforms.http import Answer
from platforms.oauth import Door, Grant, PasswordPath, Scope, SignedIn
from platforms.telling import Act, Teller
from platforms.values import AccountFacts, Json

LIFE = timedelta(hours=2)  # of an access token that does not say
SIGN_IN, RENEWAL = Act("the sign-in"), Act("the new session")
PASSWORD = "app_password"  # noqa: S105 (the name under which it is kept)


class AppPassword:
    """Handle and app password. It can post and cannot change the account itself."""

    slug = "app-password"
    name = "an app password"
    hint = "Type the handle and an app password, which you make in Bluesky’s settings."
    app_of = ""
    scopes: tuple[Scope, ...] = ()
    name_label = "Handle"
    password_label = "App password"  # noqa: S105 (what is above the box)
    password_hint = (
        "Made in Bluesky under Settings, Privacy and security, App passwords. "  # noqa: S105
        "Not the password you sign in with yourself."
    )
    ahead = timedelta(minutes=30)
    rotates = False  # a lost answer loses nothing: the app password makes a new session

    def sign_in(self, door: Door, name: str, password: str) -> SignedIn:
        """Find the account's server and sign in there. See `PasswordPath.sign_in`."""
        handle = name.strip().removeprefix("@")
        door.client.redactor.hide(password)
        home = door.base_url or find_home(door.client, handle).server
        said = _session(door, home, handle, password)
        server = home if urlsplit(home).path else _own_server(said) or home
        did, shown = (_text(door, said, key, SIGN_IN) for key in ("did", "handle"))
        facts = AccountFacts(
            did, _name(door, home, said), f"{site_of(server)}/profile/{shown}", "",
            {"handle": shown},
        )  # fmt: skip
        return SignedIn(server, facts, _grant(door, said, SIGN_IN), {PASSWORD: password})

    def refresh(self, door: Door, credentials: Mapping[str, str]) -> Grant:
        """Renew the session, or make a new one. See `Refreshes.refresh`."""
        try:
            return self._renewed(door, credentials["refresh_token"])
        except (CredentialsExpired, KeyError):
            pass
        did, password = _subject(credentials["access_token"]), credentials.get(PASSWORD, "")
        if not did or not password:
            raise CredentialsExpired("Bluesky ended the session, and no app password is kept here.")
        try:
            return _grant(door, _session(door, door.base_url, did, password), RENEWAL)
        except Rejected as error:
            raise CredentialsExpired(error.sentence) from error

    def _renewed(self, door: Door, token: str) -> Grant:
        name = "com.atproto.server.refreshSession"
        answer = call(door.client, "POST", door.base_url, name, token)
        check(answer, RENEWAL, _tell(door))
        return _grant(door, answer.json(), RENEWAL)


def _session(door: Door, server: str, name: str, password: str) -> Json:
    said = {"identifier": name, "password": password}
    answer = call(door.client, "POST", server, "com.atproto.server.createSession", json=said)
    _check_sign_in(answer, door)
    session = answer.json()
    if session.get("active") is False:
        state = session.get("status") or "not active"
        raise Rejected(f"Bluesky says that this account is {state}. It cannot post.")
    return session


def _check_sign_in(answer: Answer, door: Door) -> None:
    name, _ = error_in(answer)
    if name == "AuthFactorTokenRequired":
        raise Rejected(
            "Bluesky asks for a code by mail, as it does for the account's own password. Make an "
            "app password and use that."
        )
    if 400 <= answer.status < 500 and kind_of(answer.status, name) is CredentialsExpired:
        raise Rejected("Bluesky does not know this handle with this app password.")
    check(answer, SIGN_IN, _tell(door))


def _grant(door: Door, said: Json, act: Act) -> Grant:
    access, renewal = (_text(door, said, key, act) for key in ("accessJwt", "refreshJwt"))
    for token in (access, renewal):
        door.client.redactor.hide(token)
    return Grant(access, _end_of(access) or datetime.now(UTC) + LIFE, renewal)


def _own_server(said: Json) -> str:
    """An entryway signs in for other servers, and says which."""
    document = said.get("didDoc")
    if not isinstance(document, dict):
        return ""
    try:
        return server_in(document, str(said.get("did")))
    except Rejected:
        return ""


def _name(door: Door, server: str, said: Json) -> str:
    """Return the name people see; the handle where no profile can be read."""
    try:
        answer = call(
            door.client, "GET", server, "app.bsky.actor.getProfile", str(said["accessJwt"]),
            params={"actor": said["did"]},
        )  # fmt: skip
        name = answer.json().get("displayName") if answer.status == 200 else ""
    except PlatformError:
        name = ""
    return name.strip() if isinstance(name, str) and name.strip() else str(said["handle"])


def _text(door: Door, said: Json, name: str, act: Act) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise _tell(door).error(Unclear, act, f"it said yes and gave no {name}")
    return value


def _claims(token: str) -> Json:
    """Read what a token says of itself, which nobody checks here: no decision rests on it."""
    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        said = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error):
        return {}
    return said if isinstance(said, dict) else {}


def _end_of(token: str) -> datetime | None:
    ends = _claims(token).get("exp")
    return datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and ends > 0 else None


def _subject(token: str) -> str:
    return str(_claims(token).get("sub") or "")


def _tell(door: Door) -> Teller:
    return Teller("Bluesky", door.client.redactor)


APP_PASSWORD: PasswordPath = AppPassword()
