"""Platform and channel rows follow the registry after every migrate."""

from typing import Any

from platforms.registry import ADAPTERS


def sync_platforms(**kwargs: Any) -> None:
    """Make a row for each adapter and channel that has none. Staff's settings are left alone."""
    from platforms.models import ChannelType, Platform

    database = kwargs.get("using", "default")
    for adapter in ADAPTERS:
        platform, _ = Platform.objects.using(database).update_or_create(
            slug=adapter.slug, defaults={"name": adapter.name}
        )
        for channel in adapter.channels:
            ChannelType.objects.using(database).update_or_create(
                platform=platform, slug=channel.slug, defaults={"name": channel.name}
            )
