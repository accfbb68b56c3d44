"""What the pages show of figures: what a platform told, when, and why there is none."""

from dataclasses import dataclass
from datetime import datetime

from analytics.models import NORMALISED, Reading, Watch
from platforms.contract import ReadsMetrics
from platforms.models import Account, Platform
from posting.models import Post
from posting.states import Status

LABELS = {
    "views": "Views",
    "reach": "People reached",
    "reactions": "Reactions",
    "comments": "Comments",
    "shares": "Shares",
    "clicks": "Clicks",
    "followers": "Followers",
}


@dataclass(frozen=True)
class Performance:
    """The last figures of a post or an account, and how they are kept up to date."""

    platform: Platform
    watch: Watch | None
    reading: Reading | None
    is_gone: bool = False  # the post was deleted at its platform

    @property
    def figures(self) -> list[tuple[str, int]]:
        """Those that mean the same on every platform, as far as this one tells them."""
        told = [(LABELS[name], getattr(self.reading, name, None)) for name in NORMALISED]
        return [(label, value) for label, value in told if value is not None]

    @property
    def own_names(self) -> list[tuple[str, int]]:
        """All of them, under the platform's own names."""
        return list(self.reading.figures.items()) if self.reading else []

    @property
    def is_supported(self) -> bool:
        return issubclass(self.platform.adapter, ReadsMetrics)

    @property
    def read_at(self) -> datetime | None:
        return self.watch.read_at if self.watch else None

    @property
    def trouble(self) -> str:
        return self.watch.error_sentence if self.watch else ""

    @property
    def next_read_at(self) -> datetime | None:
        return self.watch.next_read_at if self.watch else None

    @property
    def is_over(self) -> bool:
        """Whether nothing is read any more."""
        return self.is_gone or (self.watch is not None and self.watch.next_read_at is None)


def performance_of(post: Post) -> Performance | None:
    """Return what is known of how a post does; None for one that was never out."""
    if post.status not in (Status.PUBLISHED, Status.REMOVED):
        return None
    watch = Watch.objects.filter(post=post).first()
    reading = Reading.objects.filter(post=post).first()
    return Performance(post.platform, watch, reading, post.status == Status.REMOVED)


def performance_of_account(account: Account) -> Performance:
    """Return what is known of how an account does."""
    watch = Watch.objects.filter(account=account, post=None).first()
    reading = Reading.objects.of_accounts().filter(account=account).first()
    return Performance(account.platform, watch, reading)
