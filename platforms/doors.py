"""From a brand and a platform to the door at which its people sign in."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from organisation.models import Brand
from platforms.clock import boottime
from platforms.http import Client
from platforms.keeping import app_keys
from platforms.models import Account, Platform
from platforms.models.account import SANDBOX
from platforms.oauth import AppKeys, ArrangesApps, Door, WayIn, public_apps_of, way_in_of
from platforms.redaction import Redactor

PATIENCE = 30.0  # seconds, for all that one sign-in or one renewal asks of a platform
ANSWER = 10.0  # seconds, for one answer: a person is waiting
# The app that every sandbox knows, so that connecting can be tried without making one.
SANDBOX_APP = AppKeys("4400550066007700", "sandbox-app-secret")

NO_APP = AppKeys("")  # for ways in that need none, or have none yet


class NoApp(Exception):
    """The brand has no app at this platform yet, or the sandbox is not set up here."""


@dataclass(frozen=True)
class Place:
    """Which way into which platform, for which brand and at which server."""

    brand: Brand
    platform: Platform
    path: WayIn
    server: str = ""

    @property
    def app_platform(self) -> Platform:
        """The platform whose app is used: Instagram can be reached through that of Facebook."""
        if self.path.app_of in ("", self.platform.slug):
            return self.platform
        return Platform.objects.get(slug=self.path.app_of)


def place_of(brand: Brand, platform: Platform, path: str, server: str = "") -> Place | None:
    """Return the place, or None where the platform has no such way in."""
    found = way_in_of(platform.adapter, path)
    return Place(brand, platform, found, server) if found else None


def keys_of(place: Place) -> AppKeys | None:
    """Return the app to use; None where somebody has to make one first.

    It is empty where none is needed, or where none is kept and the way in registers its own.
    """
    if isinstance(place.path, ArrangesApps):
        return app_keys(place.brand, place.platform, place.server) or NO_APP
    if not place.path.app_of:
        return NO_APP
    public = bool(public_apps_of(place.path))
    kept = app_keys(place.brand, place.app_platform, place.server, public=public)
    return kept or (SANDBOX_APP if place.server == SANDBOX else None)


def app_of(account: Account) -> str:
    """Return the slug of the platform whose app an account's token belongs to."""
    path = way_in_of(account.platform.adapter, account.login_path)
    return (path.app_of if path else "") or account.platform.slug


def redirect_uri() -> str:
    """Return the one address that platforms send people back to, as it is registered there."""
    return f"{settings.SITE_URL}{reverse('desk:connect_return')}"


def open_door(place: Place, *secrets: str) -> Door:
    """Return a door at which nothing is asked later than PATIENCE from now.

    `secrets` are hidden in whatever is said of the conversation. Raises NoApp.
    """
    keys, platform = keys_of(place), place.app_platform
    if keys is None:
        raise NoApp(
            f"{place.brand} has no app at {platform} yet. Store its id and its secret first."
        )
    base_url = _base_url(platform, place.server)
    if not base_url and place.server == SANDBOX:
        raise NoApp("The sandbox is not set up here: SANDBOX_URL is empty.")
    named = place.server or platform.api_base_url or not base_url
    guarded = bool(named) and place.server != SANDBOX
    return Door(
        base_url=base_url,
        version=platform.api_version or platform.adapter.api_version,
        app=keys,
        redirect_uri=redirect_uri(),
        client=Client(
            redactor=Redactor([keys.client_secret, *secrets]),
            deadline=boottime() + PATIENCE,
            connect_timeout=min(settings.CONNECT_TIMEOUT, ANSWER),
            read_timeout=min(settings.READ_TIMEOUT, ANSWER),
            guarded=guarded,
            fetch_allow=settings.FETCH_ALLOW,
            called=platform.name,
        ),
    )


def _base_url(platform: Platform, server: str) -> str:
    if server == SANDBOX:
        return f"{settings.SANDBOX_URL}/{platform.slug}" if settings.SANDBOX_URL else ""
    return (server or platform.api_base_url or platform.adapter.api_base_url).rstrip("/")
