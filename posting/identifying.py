"""Asking a platform whose token this is, and what the account's server allows."""

from django.conf import settings

from platforms.clock import boottime
from platforms.contract import Identifies
from platforms.errors import NotSent
from platforms.registry import adapter_for
from platforms.values import AccountFacts
from posting.connecting import Target, client_until, connection_for


def identify(target: Target) -> AccountFacts:
    """Ask the platform. It only reads. Raises any PlatformError, Unclear included."""
    adapter = adapter_for(target.adapter_slug)
    if not target.base_url:
        raise NotSent("This account belongs to the sandbox, and SANDBOX_URL is not set.")
    patience = settings.CONNECT_TIMEOUT + settings.READ_TIMEOUT
    client = client_until(boottime() + patience, target)
    asker = adapter(connection_for(target, client))
    if not isinstance(asker, Identifies):
        raise NotSent(f"{adapter.name} offers no way to ask whose token this is.")
    return asker.identify()
