"""The platforms that are simulated: one line each."""

from sandbox import linked
from sandbox.bluesky import Bluesky
from sandbox.facebook import Facebook, people
from sandbox.instagram import Instagram
from sandbox.mastodon import Mastodon
from sandbox.platform import Platform
from sandbox.twitter import Twitter
from sandbox.twitter.login import APP, PUBLIC_APP
from sandbox.world import World

ALL: tuple[Platform, ...] = (Facebook(), Instagram(), Mastodon(), Bluesky(), Twitter())

PLATFORMS: dict[str, Platform] = {platform.name: platform for platform in ALL}


def settle_in(world: World) -> None:
    """Let the apps and people be there that every sandbox knows."""
    people.settle_in(world.logins)
    linked.settle_in(world.logins)
    for app in (APP, PUBLIC_APP):
        world.logins.add_app(app)
