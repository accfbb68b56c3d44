"""What one channel of one account takes, with all that is known of it and of this server."""

from dataclasses import replace

from platforms.checking import limits_for
from platforms.models import Account, ChannelType
from platforms.public_address import why_unreachable
from platforms.values import Limits


def limits_of(account: Account, channel: ChannelType) -> Limits:
    """Return the limits by the adapter, the server's own word, staff's settings and our address.

    The sandbox runs on this machine and can fetch from private addresses.
    """
    adapter = account.platform.adapter
    facts = {**account.facts, "base_url": account.base_url}
    limits = limits_for(adapter, channel.slug, facts, channel.limits)
    fetches = limits.fetches_images or limits.fetches_videos
    if not fetches or account.is_sandboxed:
        return limits
    return replace(limits, unreachable=why_unreachable(adapter.name))
