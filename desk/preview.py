"""What was sent, or what would be: read from the same renderer as the send."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from content.rendering import first_comment
from desk.costs import cost_of_post
from desk.threads import Part, parts_of
from platforms.checking import problems_of
from platforms.contract import Adapter
from platforms.limiting import limits_of
from platforms.values import Limits, Problem, Rendition
from posting.models import Post
from posting.preparing import rendition_of
from posting.states import Status

OVER = (Status.PUBLISHED, Status.REMOVED, Status.UNCONFIRMED, Status.PUBLISHING)


@dataclass(frozen=True)
class Preview:
    """One rendition and how it stands against the channel's limits."""

    title: str
    rendition: Rendition
    limits: Limits
    problems: list[Problem]
    adapter: type[Adapter]
    cost: str = ""  # in words; empty where it is free

    @cached_property
    def parts(self) -> list[Part]:
        """The posts of a thread, where it is one."""
        return parts_of(self.adapter, self.rendition, self.limits)

    @property
    def length(self) -> int:
        return self.limits.count(self.rendition.text)

    @property
    def too_long(self) -> bool:
        return 0 < self.limits.text_max < self.length

    @property
    def meter(self) -> str:
        return f"{self.length:,} / {self.limits.text_max:,}"

    @property
    def link_host(self) -> str:
        return urlsplit(self.rendition.link).hostname or ""


def preview_of(post: Post) -> Preview:
    """Return what was sent if something may have been, else what would go out now."""
    over = post.status in OVER and post.snapshot is not None
    rendition = (
        Rendition.from_snapshot(post.snapshot)
        if over and post.snapshot
        else rendition_of(post, post.account)
    )
    adapter, channel = post.platform.adapter, post.channel_type
    limits = limits_of(post.account, channel)
    problems = [] if over else problems_of(adapter, rendition, limits)
    title = "What was sent" if over else "What goes out"
    comment = first_comment(post.piece_version, post.platform.slug, channel.slug)
    cost = cost_of_post(post, rendition, comment)
    return Preview(title, rendition, limits, problems, adapter, cost)
