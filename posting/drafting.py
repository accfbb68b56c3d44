"""New posts from words and pictures given at once: checked as a whole, then made as a whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from content.media import Picture, asset_of, store
from content.models import Piece
from content.rendering import ChannelContent, render
from content.writing import write_piece
from organisation.models import User
from platforms.checking import problems_of, stopping
from platforms.limiting import limits_of
from platforms.models import Account, ChannelType
from platforms.values import MediaItem
from posting.models import Post
from posting.queueing import queue_post


@dataclass(frozen=True)
class Described:
    """A picture and what it shows."""

    picture: Picture
    alt: str = ""

    def as_item(self, position: int) -> MediaItem:
        own = self.picture
        return MediaItem(
            position=position,
            type="image",
            mime=own.mime,
            name=own.path,
            sha256=own.sha256,
            size=len(own.data),
            width=own.width,
            height=own.height,
            alt=self.alt,
        )


@dataclass(frozen=True)
class Draft:
    """What is to be said, before any of it is kept. Text and link are cleaned already."""

    text: str
    title: str = ""
    link: str = ""
    pictures: tuple[Described, ...] = ()

    def problems(self, account: Account, channel: ChannelType) -> list[str]:
        """Return a sentence for each reason why the account could never send this."""
        adapter = account.platform.adapter
        limits = limits_of(account, channel)
        media = tuple(item.as_item(place) for place, item in enumerate(self.pictures, start=1))
        rendition = render(ChannelContent(self.text, self.link, media), channel.slug, limits)
        return [problem.sentence for problem in stopping(problems_of(adapter, rendition, limits))]

    def keep(self, account: Account, by: User) -> Piece:
        """Make the piece, in the account's brand. Its pictures have been stored."""
        brand = account.brand
        media = [asset_of(p.picture, brand=brand, by=by, alt=p.alt) for p in self.pictures]
        return write_piece(
            brand=brand, title=self.title, text=self.text, by=by, link=self.link, media=media
        )


def first_channel(account: Account) -> ChannelType:
    """Return the channel that the account's platform names first."""
    slug = account.platform.adapter.channels[0].slug
    return ChannelType.objects.get(platform=account.platform, slug=slug)


def make_posts(
    draft: Draft,
    accounts: Sequence[Account],
    *,
    by: User,
    now: datetime,
    then: Callable[[Post], None],
) -> list[Post]:
    """Make the piece and one post for each account, and do `then` with each: all or none.

    Raises what queue_post and `then` raise; then nothing was made.
    """
    for described in draft.pictures:
        store(described.picture)
    with transaction.atomic():
        piece = draft.keep(accounts[0], by)
        return [_post_for(piece, account, by, now, then) for account in accounts]


def posts_of_piece(
    piece: Piece,
    accounts: Sequence[Account],
    *,
    by: User,
    now: datetime,
    then: Callable[[Post], None],
) -> list[Post]:
    """As `make_posts`, of a piece that is there; a ready post it already has is used."""
    with transaction.atomic():
        return [_post_for(piece, account, by, now, then) for account in accounts]


def _post_for(
    piece: Piece, account: Account, by: User, now: datetime, then: Callable[[Post], None]
) -> Post:
    channel = first_channel(account)
    waiting = Post.objects.ready().filter(piece=piece, account=account, channel_type=channel)
    post = waiting.first()
    if post is None:
        if piece.current is None:
            raise Piece.DoesNotExist(f"“{piece}” has no version yet.")
        post = queue_post(piece.current, account, channel, by=by, now=now)
    then(post)
    return post
