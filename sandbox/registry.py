"""The platforms that are simulated: one line each."""

from sandbox.facebook import Facebook
from sandbox.mastodon import Mastodon
from sandbox.platform import Platform

ALL: tuple[Platform, ...] = (Facebook(), Mastodon())

PLATFORMS: dict[str, Platform] = {platform.name: platform for platform in ALL}
