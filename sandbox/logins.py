"""Signing in at a simulated platform: apps, people, codes and the tokens that come of it."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

CODE_LASTS = 600.0  # seconds
SHORT_TOKEN = 2 * 3600.0  # seconds
LONG_TOKEN = 60 * 86400.0  # seconds


@dataclass(frozen=True, slots=True)
class App:
    """A program known at a platform. Without `redirect_uris` any on this machine will do."""

    platform: str
    id: str
    secret: str
    name: str = "Your app"
    redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()  # the most it may ask for, where it is registered with them


@dataclass(frozen=True, slots=True)
class Role:
    """What a person may do on a page."""

    page: str
    name: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in. `runs_all`: every page that is registered is theirs, too."""

    platform: str
    id: str
    name: str
    roles: tuple[Role, ...] = ()
    runs_all: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to: for which app, which scopes, which pages."""

    app: str
    person: str
    scopes: tuple[str, ...]
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Good once, for a few minutes, and only with the redirect address it was made for."""

    consent: Consent
    redirect_uri: str
    expires_at: float
    used: bool = False
    challenge: str = ""  # PKCE's, S256


@dataclass(frozen=True, slots=True)
class Token:
    """A person's token, or (with `page`) one for a page they chose. `expires_at` None = never."""

    platform: str
    value: str
    consent: Consent
    page: str = ""
    long: bool = False
    expires_at: float | None = None
    revoked: bool = False
    issued_at: float = field(default_factory=time.time)

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and time.time() >= self.expires_at


class Logins:
    """All of it for one sandbox. `changed` is told of each token that is made or revoked."""

    def __init__(self) -> None:
        self.changed: Callable[[Token], None] = lambda token: None
        self._guard = threading.Lock()
        self._apps: dict[tuple[str, str], App] = {}
        self._people: dict[tuple[str, str], Person] = {}
        self._codes: dict[str, Code] = {}
        self._tokens: dict[tuple[str, str], Token] = {}
        self._declined: dict[tuple[str, str], frozenset[str]] = {}

    def add_app(self, app: App) -> None:
        self._apps[app.platform, app.id] = app

    def app(self, platform: str, name: str) -> App | None:
        return self._apps.get((platform, name))

    def apps(self, platform: str) -> list[App]:
        return [app for app in self._apps.values() if app.platform == platform]

    def add_person(self, person: Person) -> None:
        self._people[person.platform, person.id] = person

    def person(self, platform: str, name: str) -> Person | None:
        return self._people.get((platform, name))

    def people(self, platform: str) -> list[Person]:
        return [person for person in self._people.values() if person.platform == platform]

    def declined(self, app: str, person: str) -> frozenset[str]:
        """The scopes this person left out, which are not offered again unless asked for."""
        return self._declined.get((app, person), frozenset())

    def agree(
        self,
        consent: Consent,
        declined: frozenset[str],
        redirect_uri: str,
        lasts: float = CODE_LASTS,
        challenge: str = "",
    ) -> str:
        """A code for what was agreed to."""
        code = "AQ" + secrets.token_urlsafe(48)
        with self._guard:
            self._declined[consent.app, consent.person] = declined
            self._codes[code] = Code(
                consent, redirect_uri, time.time() + lasts, challenge=challenge
            )
        return code

    def take_code(self, code: str) -> Code | None:
        """The code as it was before this use; from now on it is used."""
        with self._guard:
            found = self._codes.get(code)
            if found:
                self._codes[code] = replace(found, used=True)
            return found

    def expire_codes(self) -> None:
        with self._guard:
            for code, found in self._codes.items():
                self._codes[code] = replace(found, expires_at=0.0)

    def issue(
        self, platform: str, consent: Consent, *, page: str = "", lasts: float | None = None
    ) -> Token:
        """A new token; a page gets the one it has for the same consent."""
        with self._guard:
            for known in self._tokens.values():
                if page and not known.revoked and (known.consent, known.page) == (consent, page):
                    return known
            token = Token(
                platform,
                "EAAS" + secrets.token_urlsafe(40),
                consent,
                page,
                long=bool(lasts and lasts > SHORT_TOKEN),
                expires_at=time.time() + lasts if lasts else None,
            )
            self._tokens[platform, token.value] = token
        self.changed(token)
        return token

    def restore(self, token: Token) -> None:
        """A token known from an earlier run."""
        self._tokens[token.platform, token.value] = token

    def token(self, platform: str, value: str) -> Token | None:
        return self._tokens.get((platform, value))

    def tokens(self) -> list[Token]:
        return list(self._tokens.values())

    def age(self, platform: str, seconds: float) -> int:
        """Let every token be this much older. Answers how many there are."""
        with self._guard:
            mine = [token for token in self._tokens.values() if token.platform == platform]
            for token in mine:
                ends = token.expires_at - seconds if token.expires_at else None
                older = replace(token, issued_at=token.issued_at - seconds, expires_at=ends)
                self._tokens[platform, token.value] = older
        return len(mine)

    def revoke_token(self, token: Token) -> None:
        """This one token is dead from now on."""
        dead = replace(token, revoked=True)
        with self._guard:
            self._tokens[token.platform, token.value] = dead
        self.changed(dead)

    def forget_apps(self, platform: str) -> int:
        """Every app of a platform is unknown from now on. Answers how many there were."""
        with self._guard:
            names = [key for key in self._apps if key[0] == platform]
            for key in names:
                del self._apps[key]
        return len(names)

    def revoke(self, platform: str, person: str) -> int:
        """The person takes back what they allowed. Answers how many tokens are dead now."""
        with self._guard:
            dead = [
                replace(token, revoked=True)
                for token in self._tokens.values()
                if (token.platform, token.consent.person) == (platform, person)
                and not token.revoked
            ]
            for token in dead:
                self._tokens[platform, token.value] = token
        for token in dead:
            self.changed(token)
        return len(dead)
