"""What the page of an asset shows: where it is used, and how each channel would show it."""

from dataclasses import dataclass
from functools import cached_property

from content.films import NOT_INSTALLED, program
from content.library import Usage, usage_of
from content.models import MediaAsset, MediaFolder, Piece, PieceVersion, VersionMedia
from content.rendering import ChannelContent, item_of, render
from desk.compose.filled import percent
from organisation.models import User
from organisation.rights import WRITE_PIECE, may
from platforms.checking import problems_of
from platforms.fitting import Fitting
from platforms.limiting import limits_of
from platforms.models import Account, ChannelType
from platforms.values import MediaItem
from posting.models import Post

SHOWN = 25  # pieces, and posts
CHANNELS_MAX = 40


@dataclass(frozen=True)
class Shown:
    """An asset as one channel would show it."""

    account: Account
    channel: ChannelType
    item: MediaItem
    problems: list[str]

    @property
    def words(self) -> str:
        """What becomes of it, in a sentence."""
        if not self.item.fitting:
            return "As it is."
        fitting = Fitting.parse(self.item.fitting)
        size = f"{self.item.width:,} × {self.item.height:,}, JPEG."
        cut = f" {fitting.lost:.0%} is cut off." if fitting.lost >= 0.005 else ""
        return f"{size}{cut}{' It is enlarged.' if fitting.enlarged else ''}"


@dataclass
class AssetPage:
    """One asset."""

    asset: MediaAsset
    user: User

    @cached_property
    def may_write(self) -> bool:
        return may(self.user, WRITE_PIECE, self.asset.brand)

    @cached_property
    def usage(self) -> Usage:
        return usage_of(self.asset)

    @cached_property
    def pieces(self) -> list[Piece]:
        """The newest of the pieces that show it in any version."""
        versions = VersionMedia.objects.filter(asset=self.asset).values("version")
        pieces = PieceVersion.objects.filter(pk__in=versions).values("piece")
        return list(Piece.objects.filter(pk__in=pieces).order_by("-pk")[:SHOWN])

    @cached_property
    def _posts(self) -> list[Post]:
        versions = VersionMedia.objects.filter(asset=self.asset).values("version")
        posts = Post.objects.filter(piece_version__in=versions).for_list()
        return list(posts.order_by("-pk")[: SHOWN + 1])

    @property
    def posts(self) -> list[Post]:
        return self._posts[:SHOWN]

    @property
    def posts_counted(self) -> str:
        return f"{SHOWN}+" if len(self._posts) > SHOWN else str(len(self._posts))

    @cached_property
    def folders(self) -> list[MediaFolder]:
        return list(self.asset.brand.media_folders.all())

    @property
    def tags(self) -> str:
        return ", ".join(tag.name for tag in self.asset.tags.all())

    @property
    def focus(self) -> tuple[int, int]:
        return percent(self.asset.focus_x), percent(self.asset.focus_y)

    @cached_property
    def channels(self) -> list[Shown]:
        """How each kind of channel that the brand has would show it."""
        found: dict[str, Shown] = {}
        accounts = Account.objects.filter(brand=self.asset.brand_id).select_related("platform")
        for account in accounts.prefetch_related("platform__channel_types", "budgets"):
            for channel in account.platform.channel_types.all():
                key = f"{account.platform.slug}/{channel.slug}"
                known = {kind.slug for kind in account.platform.adapter.channels}
                if key not in found and channel.slug in known and len(found) < CHANNELS_MAX:
                    found[key] = self._shown(account, channel)
        return sorted(found.values(), key=lambda one: (one.account.platform.name, one.channel.pk))

    def _shown(self, account: Account, channel: ChannelType) -> Shown:
        limits = limits_of(account, channel)
        asset = self.asset
        item = item_of(asset, 1, "" if asset.decorative else asset.alt)
        rendition = render(ChannelContent("…", media=(item,)), channel.slug, limits)
        problems = problems_of(account.platform.adapter, rendition, limits)
        mine = [one.sentence for one in problems if one.picture or one.code in ABOUT_MEDIA]
        shown = rendition.media[0] if rendition.media else item
        return Shown(account, channel, shown, mine)

    @property
    def why_no_poster(self) -> str:
        return "" if program() else NOT_INSTALLED


# Problems of a rendition that say something of its pictures and not of one of them.
ABOUT_MEDIA = frozenset({"too_many_images", "too_many_videos"})
