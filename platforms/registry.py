"""All platforms. Adding one is one file under `adapters/`, its test, and one line here."""

from platforms.adapters.bluesky import Bluesky
from platforms.adapters.facebook import Facebook
from platforms.adapters.instagram import Instagram
from platforms.adapters.mastodon import Mastodon
from platforms.adapters.twitter import Twitter
from platforms.contract import Adapter

ADAPTERS: tuple[type[Adapter], ...] = (
    Facebook,
    Instagram,
    Mastodon,
    Bluesky,
    Twitter,
)


class UnknownPlatform(LookupError):
    """A stored platform whose adapter is not part of this installation."""


def adapter_for(slug: str) -> type[Adapter]:
    """Return the adapter class of a platform. Raises UnknownPlatform."""
    for adapter in ADAPTERS:
        if adapter.slug == slug:
            return adapter
    raise UnknownPlatform(f"No adapter is installed for {slug}.")
