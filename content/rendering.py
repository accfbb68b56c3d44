"""One pure renderer for the preview, the checks, the dry run and the send."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from content.models import MediaAsset, PieceVersion, VersionMedia
from platforms.fitting import fitted
from platforms.values import Limits, MediaItem, Rendition


@dataclass(frozen=True)
class ChannelContent:
    """What a version says on one channel, before the platform's rules touch it."""

    text: str
    link: str = ""
    media: tuple[MediaItem, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def channel_content(version: PieceVersion, platform: str, channel: str) -> ChannelContent:
    """Read a version's own or shared content for a channel, such as ("mastodon", "status")."""
    key = f"{platform}/{channel}"
    uses = _pictures(version)
    media = [use for use in uses if use.channel == key] or [u for u in uses if not u.channel]
    shared = ChannelContent(version.text, version.link, tuple(_item_in(use) for use in media))
    return varied(shared, version.variants.get(key, {}))


def _item_in(use: VersionMedia) -> MediaItem:
    return replace(
        item_of(use.asset, use.position, use.alt), focus_x=use.focus_x, focus_y=use.focus_y
    )


def _pictures(version: PieceVersion) -> list[VersionMedia]:
    """The version's pictures in order; those of a list come prefetched and cost no query."""
    if "media" in getattr(version, "_prefetched_objects_cache", ()):
        return list(version.media.all())
    return list(version.media.select_related("asset"))


def varied(shared: ChannelContent, variant: Mapping[str, Any]) -> ChannelContent:
    """Return what a channel says whose variant is this; a missing key means "as in the piece"."""
    return ChannelContent(
        text=variant.get("text", shared.text),
        link=variant.get("link", shared.link),
        media=shared.media[: variant.get("pictures")],
        options=variant.get("options", {}),
    )


def first_comment(version: PieceVersion, platform: str, channel: str) -> str:
    """Return the comment to add below the post once it is out, or an empty string."""
    return str(version.variants.get(f"{platform}/{channel}", {}).get("first_comment", ""))


def render(content: ChannelContent, channel: str, limits: Limits) -> Rendition:
    """Return what the channel will show. Pure: the same content gives the same rendition."""
    text = content.text
    link = content.link
    in_text = limits.link_in_text or (limits.link_beside_media and bool(content.media))
    if link and in_text:
        text = text if _stands_in(text, link) else f"{text}\n\n{link}".strip()
        link = ""
    return Rendition(channel, text, link, _media(content, limits), dict(content.options))


def _media(content: ChannelContent, limits: Limits) -> tuple[MediaItem, ...]:
    if limits.picture_shape is None:
        return content.media
    whole = bool(content.options.get("whole_pictures"))
    types = limits.image_types
    return fitted(content.media, limits.picture_shape, whole=whole, types=types)


def _stands_in(text: str, link: str) -> bool:
    """Whether the text holds exactly this address, and not one that only begins like it."""
    after = r"(?=[.,;:!?)\]>\"'»”’]*(?:\s|$))"
    return re.search(rf"(?<![\w/]){re.escape(link)}{after}", text) is not None


def item_of(asset: MediaAsset, position: int, alt: str) -> MediaItem:
    """Return a picture or video as it will be sent from this place, with what describes it."""
    return MediaItem(
        position=position,
        type="video" if asset.is_video else "image",
        mime=asset.mime,
        name=str(asset.file),
        sha256=asset.sha256,
        size=asset.size,
        width=asset.width,
        height=asset.height,
        alt=alt,
        decorative=asset.decorative,
        duration=asset.duration,
        focus_x=asset.focus_x,
        focus_y=asset.focus_y,
    )
