"""A filled-in form with the rows it names: the brand, the piece, the accounts, the pictures."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404

from content.models import BannedHashtag, HashtagGroup, MediaAsset, Piece, Section
from content.rendering import ChannelContent, item_of, varied
from content.writing import TEXT_MAX, without_unusable
from desk.compose.filled import Filled, Own
from desk.compose.options import offered, values_of
from desk.following import Followers
from organisation.models import Brand, User
from organisation.rights import PUBLISH_POST, WRITE_PIECE, brands_where, may
from platforms.limiting import limits_of
from platforms.models import Account, ChannelType
from platforms.values import Limits, Option
from posting.models import Batch, Post


@dataclass(frozen=True)
class Place:
    """One channel of one account: a row of the account picker."""

    account: Account
    channel: ChannelType

    @property
    def name(self) -> str:
        return f"{self.account.pk}/{self.channel.slug}"

    @property
    def channel_key(self) -> str:
        return f"{self.account.platform.slug}/{self.channel.slug}"

    @property
    def kind(self) -> str:
        """What is posted there, where it is not the platform's usual kind: "Reel"; else empty."""
        usual = self.account.platform.adapter.channels[0].slug
        return "" if self.channel.slug == usual else self.channel.name

    @property
    def called(self) -> str:
        """The platform, and the kind of post where it is not the usual: "Facebook, reel"."""
        name = self.account.platform.name
        return f"{name}, {self.kind.lower()}" if self.kind else name

    @property
    def options(self) -> tuple[Option, ...]:
        return offered(self.account.platform.adapter, self.channel.slug)

    @property
    def usable(self) -> bool:
        return self.account.can_send and self.account.platform.enabled

    @property
    def limits(self) -> Limits:
        return limits_of(self.account, self.channel)


def _in_order(account: Account) -> list[ChannelType]:
    """The kinds of post of a platform as its adapter names them, the usual one first."""
    slugs = [channel.slug for channel in account.platform.adapter.channels]
    known = [kind for kind in account.platform.channel_types.all() if kind.slug in slugs]
    return sorted(known, key=lambda kind: slugs.index(kind.slug))


class Composition:
    """Raises Http404 for a brand, piece, account or picture that is not this person's to use."""

    def __init__(
        self, filled: Filled, user: User, key: uuid.UUID, draft_edits: int = 0, strict: bool = True
    ) -> None:
        self.filled, self.user, self.key, self.draft_edits = filled, user, key, draft_edits
        self.brand = self._find_brand()
        self.piece = self._find_piece()
        self.section = self._find_section()
        self._check_targets(strict)
        self._check_pictures(strict)

    def _find_brand(self) -> Brand:
        brand = brands_where(self.user, WRITE_PIECE).filter(pk=self.filled.brand).first()
        if brand is None:
            raise Http404("No such brand.")
        return brand

    def _find_piece(self) -> Piece | None:
        if self.filled.piece is None:
            return None
        pieces = Piece.objects.filter(brand=self.brand).select_related("brand", "current")
        piece = pieces.filter(pk=self.filled.piece).first()
        if piece is None:
            raise Http404("No such piece.")
        return piece

    def _find_section(self) -> Section | None:
        """What a new piece is made from. A piece that is there knows its own.

        One whose source was deleted meanwhile is none: the words are worth more than their origin.
        """
        if self.filled.section is None or self.piece is not None:
            return None
        sections = Section.objects.filter(source__brand=self.brand).select_related("source")
        return sections.filter(pk=self.filled.section).first()

    def _check_targets(self, strict: bool) -> None:
        known = {place.name for place in self.places}
        if strict and not set(self.filled.to) <= known:
            raise Http404("No such account.")
        self.filled.to = [name for name in self.filled.to if name in known]

    def _check_pictures(self, strict: bool) -> None:
        if strict and any(picked.id not in self.assets for picked in self.filled.pictures):
            raise Http404("No such picture.")
        self.filled.pictures = [p for p in self.filled.pictures if p.id in self.assets]

    @cached_property
    def places(self) -> list[Place]:
        """Every channel of every account of the brand, in the order of the picker."""
        accounts = Account.objects.filter(brand=self.brand).select_related("platform")
        accounts = accounts.prefetch_related("platform__channel_types", "budgets")
        return [
            Place(account, channel)
            for account in accounts.order_by("platform__name", "name")
            for channel in _in_order(account)
        ]

    @property
    def chosen(self) -> list[Place]:
        return [place for place in self.places if place.name in self.filled.to]

    @property
    def channels(self) -> dict[str, Place]:
        """One place for each kind of channel: each may have a text of its own."""
        found: dict[str, Place] = {}
        for place in self.places:
            found.setdefault(place.channel_key, place)
        return found

    @cached_property
    def assets(self) -> dict[int, MediaAsset]:
        return self._assets_of([picked.id for picked in self.filled.pictures])

    def _assets_of(self, ids: list[int]) -> dict[int, MediaAsset]:
        return MediaAsset.objects.filter(brand=self.brand).in_bulk(ids)

    def pick(self, asset: MediaAsset) -> None:
        """Make a picture that was just kept known to this form."""
        self.assets[asset.pk] = asset

    @cached_property
    def may_publish(self) -> bool:
        return may(self.user, PUBLISH_POST, self.brand)

    @cached_property
    def brands(self) -> list[Brand]:
        return list(brands_where(self.user, WRITE_PIECE))

    @property
    def media(self) -> list[tuple[Any, MediaAsset]]:
        """What was picked, with its rows."""
        return [(picked, self.assets[picked.id]) for picked in self.filled.pictures]

    @property
    def shared(self) -> ChannelContent:
        """What all channels say, as it would be saved."""
        for picked, asset in self.media:
            asset.decorative = picked.decorative
            asset.focus_x, asset.focus_y = picked.focus
        media = tuple(
            item_of(asset, place, "" if picked.decorative else picked.alt.strip())
            for place, (picked, asset) in enumerate(self.media, start=1)
        )
        return ChannelContent(as_saved(self.filled.text), self.filled.link.strip(), media)

    def own(self, key: str) -> Own:
        return self.filled.own.get(key, Own())

    def content_for(self, place: Place) -> ChannelContent:
        return varied(self.shared, self._variant(place.channel_key))

    def comment_for(self, place: Place) -> str:
        """The first comment that the piece has there, which this form leaves as it is."""
        return str(self.variants.get(place.channel_key, {}).get("first_comment", ""))

    def _variant(self, key: str) -> dict[str, Any]:
        place = self.channels.get(key)
        return variant_of(self.own(key), place.options if place else ())

    @property
    def variants(self) -> dict[str, Any]:
        """What differs by channel, added to what the piece has there already."""
        before = self.piece.current.variants if self.piece and self.piece.current else {}
        mine = ("text", "link", "pictures", "options")
        kept = {
            key: {name: value for name, value in variant.items() if name not in mine}
            for key, variant in before.items()
        }
        keys = [*kept, *(key for key in self.filled.own if key not in kept)]
        merged = {key: {**kept.get(key, {}), **self._variant(key)} for key in keys}
        for key, variant in merged.items():
            others = self._other_options(key, before.get(key, {}).get("options", {}))
            if others:
                variant["options"] = {**others, **variant.get("options", {})}
        return {key: variant for key, variant in merged.items() if variant}

    def _other_options(self, key: str, before: Mapping[str, Any]) -> dict[str, Any]:
        """What was chosen there by other means, which this form does not show and leaves alone."""
        place = self.channels.get(key)
        shown = {option.name for option in place.options} if place else set()
        return {name: value for name, value in before.items() if name not in shown}

    @cached_property
    def last_set(self) -> list[str]:
        """The targets of what this person sent off last, as far as they can still be used."""
        batches = Batch.objects.filter(brand=self.brand, by=self.user)
        last = batches.filter(posts__isnull=False).order_by("-at").first()
        if last is None:
            return []
        posts = last.posts.values_list("account_id", "channel_type__slug")
        names = {f"{account}/{channel}" for account, channel in posts}
        return [place.name for place in self.places if place.usable and place.name in names]

    @cached_property
    def earlier(self) -> dict[str, Post]:
        """The newest post of the piece at each place."""
        if self.piece is None:
            return {}
        posts = Post.objects.filter(piece=self.piece).select_related("channel_type").order_by("pk")
        return {f"{post.account_id}/{post.channel_type.slug}": post for post in posts}

    @cached_property
    def hashtag_groups(self) -> list[HashtagGroup]:
        """The brand's groups, to be put into a text."""
        return list(HashtagGroup.objects.filter(brand=self.brand))

    @cached_property
    def banned_hashtags(self) -> list[BannedHashtag]:
        return list(BannedHashtag.objects.filter(brand=self.brand))

    @cached_property
    def followers(self) -> Followers:
        """Posts of the piece that a change may take along, for those who may publish."""
        return Followers(self.piece, self.user)

    def rows(self) -> Iterator[tuple[str, list[Place]]]:
        """The picker's rows, by the name of their platform."""
        groups: dict[str, list[Place]] = {}
        for place in self.places:
            groups.setdefault(place.account.platform.name, []).append(place)
        yield from groups.items()


def as_saved(text: str) -> str:
    """Return the text as `clean_text` would keep it, also where that would refuse it."""
    plain = without_unusable(text)[: TEXT_MAX + 1]
    return plain.replace("\r\n", "\n").replace("\r", "\n").strip()


def variant_of(own: Own, options: tuple[Option, ...] = ()) -> dict[str, Any]:
    """Return a channel's own content in the form versions keep it."""
    variant: dict[str, Any] = {}
    if own.text.strip():
        variant["text"] = as_saved(own.text)
    if own.no_link:
        variant["link"] = ""
    if own.pictures is not None:
        variant["pictures"] = own.pictures
    if chosen := values_of(options, own.chosen):
        variant["options"] = chosen
    return variant
