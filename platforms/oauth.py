"""What a platform offers for connecting an account by OAuth 2 (RFC 6749, PKCE: RFC 7636).

An adapter names its login paths in `login_paths`; most have one, Instagram two. A path gets frozen
values and a client and never sees a model. The flow around it (state, browser, choice) is the same
for all, in `platforms.flows`; keeping tokens alive is in `platforms.refreshing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable
from urllib.parse import quote, urlencode

from platforms.http import Client
from platforms.values import AccountFacts


@dataclass(frozen=True)
class AppKeys:
    """The app under which the platform knows this installation. Public apps have no secret."""

    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Scope:
    """One permission that is asked for. Without a `needed` one the account could not post."""

    name: str
    why: str  # completes "needed …", for people
    needed: bool = True


@dataclass(frozen=True)
class Door:
    """All a path needs to talk to its platform before there is an account."""

    base_url: str  # of the API, without a version or a slash at the end
    version: str
    app: AppKeys
    redirect_uri: str  # exactly as it is registered at the platform
    client: Client


@dataclass(frozen=True)
class Question:
    """What is asked of the person's browser at the platform."""

    state: str = field(repr=False)
    challenge: str = ""  # S256, where the path uses PKCE
    again: bool = False  # ask for what was declined before, too


def authorization_url(dialog: str, door: Door, question: Question, scope: str, **more: str) -> str:
    """Return the address at which the person is asked (RFC 6749, 4.1.1; with PKCE: RFC 7636, 4.3).

    `scope`: what is asked for, written as the platform wants it. `more`: its own parameters.
    """
    words = {
        "response_type": "code",
        "client_id": door.app.client_id,
        "redirect_uri": door.redirect_uri,
        "scope": scope,
        "state": question.state,
    }
    if question.challenge:
        words |= {"code_challenge": question.challenge, "code_challenge_method": "S256"}
    return f"{dialog}?{urlencode({**words, **more}, quote_via=quote)}"


@dataclass(frozen=True)
class Grant:
    """What a platform handed out."""

    access_token: str = field(repr=False)
    expires_at: datetime | None = None  # None: it does not end by itself
    refresh_token: str = field(default="", repr=False)  # empty: there is none, or the old one stays
    scopes: tuple[str, ...] | None = None  # None: the platform does not say
    granted_by: str = ""  # the platform's id of the person who agreed, for callbacks about them


@dataclass(frozen=True)
class Offer:
    """One page or profile that could be connected now, with the tokens that are its own."""

    facts: AccountFacts
    grant: Grant
    obstacle: str = ""  # why it cannot be connected, as a sentence; empty: it can


class WayIn(Protocol):
    """What all ways of connecting an account have."""

    slug: str  # in addresses, and kept with each account that came this way
    name: str  # "Facebook Login"
    hint: str  # what a person signs in with and what they can choose afterwards
    app_of: str  # slug of the platform whose app and API address it uses; empty: it needs no app
    scopes: tuple[Scope, ...]


@runtime_checkable
class LoginPath(WayIn, Protocol):
    """One way in. All three calls raise any PlatformError; they read and hand out, never post."""

    uses_pkce: bool

    def authorize_url(self, door: Door, question: Question) -> str:
        """Return where the person's browser goes to agree. Asks nothing of the platform."""
        ...

    def exchange(self, door: Door, code: str, verifier: str) -> Grant:
        """Turn the code into tokens that last as long as the platform allows."""
        ...

    def offers(self, door: Door, grant: Grant) -> list[Offer]:
        """Return what this person may connect."""
        ...


@runtime_checkable
class PasswordPath(WayIn, Protocol):
    """A way in for platforms that hand out passwords for apps, which are typed in here."""

    name_label: str  # what the platform calls the name a person signs in with
    password_label: str
    password_hint: str  # where it is made

    def sign_in(self, door: Door, name: str, password: str) -> "SignedIn":
        """Sign in. Raises any PlatformError; Rejected for a name or password that is wrong.

        `door.base_url` is the server that the person named, or empty: then it is looked for.
        """
        ...


@dataclass(frozen=True)
class SignedIn:
    """What came of a name and a password."""

    server: str  # where the account is kept; empty where the platform has one place for all
    facts: AccountFacts
    grant: Grant
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)  # more secrets, by type


@runtime_checkable
class Refreshes(Protocol):
    """A path whose tokens can be renewed without a person."""

    ahead: timedelta  # how long before its end a token is renewed
    rotates: bool  # a used refresh token is dead, so a lost answer may lose the account

    def refresh(self, door: Door, credentials: Mapping[str, str]) -> Grant:
        """Renew. `credentials` are the account's by type. CredentialsExpired: it is refused."""
        ...


@dataclass(frozen=True)
class AppsPage:
    """Where people register an app at a platform, and what is entered there."""

    address: str
    called: str  # completes "Open …"
    calls_back: bool = True  # it tells of people who take back what they allowed
    https_only: bool = True  # it sends people back to addresses with https alone


META_APPS = AppsPage("https://developers.facebook.com/apps/", "Meta’s page of apps")


@runtime_checkable
class TakesPublicApps(Protocol):
    """A path whose platform also knows apps that have no secret (RFC 6749, section 2.1)."""

    public_apps: str  # what the platform calls them


@dataclass(frozen=True)
class Arrangement:
    """How people sign in at a server that was not known before."""

    app: AppKeys  # under which that server knows this installation
    pkce: bool
    # What the server names itself on the way back, if it says that it does (RFC 9207); else empty.
    issuer: str = ""


@runtime_checkable
class ArrangesApps(Protocol):
    """A path into many servers, each with apps of its own, at which this program registers."""

    def arrange(self, door: Door) -> Arrangement:
        """Return the app of `door` while the server knows it, or else one that is new there.

        `door.app` is empty where there is none yet. Raises any PlatformError; Rejected where the
        address is not such a server's.
        """
        ...


@runtime_checkable
class ConnectsByOAuth(Protocol):
    """What an adapter offers beside publishing."""

    login_paths: Sequence[LoginPath]


@runtime_checkable
class ConnectsByPassword(Protocol):
    """What an adapter offers whose accounts are connected by a name and a password."""

    password_path: PasswordPath


def login_paths_of(adapter: object) -> Sequence[LoginPath]:
    """Return the adapter's ways in; none where tokens can only be pasted."""
    return adapter.login_paths if isinstance(adapter, ConnectsByOAuth) else ()


def refresher(path: object) -> Refreshes | None:
    """Return the path as one whose tokens are renewed without a person, or None."""
    return path if isinstance(path, Refreshes) else None


def apps_page_of(path: object) -> AppsPage:
    """Return where the app of a path is registered; Meta's page where the path names none."""
    page = getattr(path, "apps_page", None)
    return page if isinstance(page, AppsPage) else META_APPS


def public_apps_of(path: object) -> str:
    """Return what the platform calls apps without a secret; empty where all have one."""
    return path.public_apps if isinstance(path, TakesPublicApps) else ""


def password_path_of(adapter: object) -> PasswordPath | None:
    """Return how accounts are connected by a name and a password, or None."""
    return adapter.password_path if isinstance(adapter, ConnectsByPassword) else None


def way_in_of(adapter: object, slug: str) -> WayIn | None:
    """Return the way of that name by which an account was connected, or None."""
    ways: list[WayIn] = [*login_paths_of(adapter)]
    if path := password_path_of(adapter):
        ways.append(path)
    return next((way for way in ways if way.slug == slug), None)


def missing_scopes(path: WayIn, granted: Sequence[str] | None) -> list[Scope]:
    """Return what was asked for and not given; nothing where the platform does not say."""
    if granted is None:
        return []
    return [scope for scope in path.scopes if scope.name not in granted]
