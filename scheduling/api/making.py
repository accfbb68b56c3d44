"""From what a program asked for to posts: who may, what is there, and then the pages' own verbs."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rest_framework.serializers import ValidationError

from content.models import MediaAsset, Piece
from content.writing import write_piece
from organisation.api.caller import Caller
from organisation.api.problems import NotThere
from organisation.models import Brand, Scope
from organisation.rights import PUBLISH_POST, WRITE_PIECE
from platforms.models import Account, ChannelType
from platforms.registry import adapter_for
from posting.drafting import first_channel
from posting.models import Post
from scheduling.api.refusals import refusals
from scheduling.batching import Plan, Target, When, send_off
from scheduling.timing import instant_to_send


@dataclass(frozen=True)
class Making:
    """One request for posts, checked as far as it can be before anything is written."""

    caller: Caller
    asked: dict[str, Any]
    brand: Brand
    places: list[tuple[Account, ChannelType]]
    plan: Plan
    piece: Piece | None  # None: a new one
    media: list[MediaAsset]

    def make(self, now: datetime) -> tuple[Piece, list[Post]]:
        """Make the posts, in the order of the targets. Call it in a transaction."""
        with refusals():
            piece = self.piece or self._write()
            if piece.current is None:
                raise ValidationError({"piece": [f"“{piece}” says nothing yet. Write it first."]})
            targets = [Target(piece.current, *place) for place in self.places]
            batch, _ = send_off(
                uuid.uuid4(), targets, self.plan, brand=self.brand, by=self.caller.user, now=now
            )
        return piece, list(batch.posts.order_by("pk"))

    def _write(self) -> Piece:
        return write_piece(
            brand=self.brand,
            title=self.asked.get("title", ""),
            text=self.asked.get("text", ""),
            link=self.asked.get("link", ""),
            media=self.media,
            variants=self.asked.get("variants"),
            by=self.caller.user,
        )


def prepare(caller: Caller, asked: dict[str, Any], now: datetime) -> Making:
    """Look up what the request names and whether the caller may. Writes nothing.

    Raises NotThere, PermissionDenied and ValidationError.
    """
    accounts = _accounts(caller, asked["targets"])
    brand = _one_brand(accounts)
    plan = _plan(asked)
    caller.require(WRITE_PIECE, brand, Scope.POSTS_WRITE)
    if plan.when is not When.READY:
        caller.require(PUBLISH_POST, brand, Scope.POSTS_PUBLISH)
    _check_time(plan, accounts, now)
    _check_variants(asked.get("variants", {}))
    return Making(
        caller=caller,
        asked=asked,
        brand=brand,
        places=_places(accounts, asked["targets"]),
        plan=plan,
        piece=_piece(caller, brand, asked["piece"]) if "piece" in asked else None,
        media=pictures(caller, brand, asked.get("media", [])),
    )


def pictures(caller: Caller, brand: Brand, ids: list[int]) -> list[MediaAsset]:
    """Return the brand's pictures of these ids, in their order. Raises NotThere."""
    there = caller.narrowed(MediaAsset.objects.visible_to(caller.user)).filter(brand=brand)
    found = there.in_bulk(ids)
    missing = {place: [f"{brand} has no picture {pk}."]
               for place, pk in enumerate(ids) if pk not in found}  # fmt: skip
    if missing:
        raise NotThere({"media": missing})
    return [found[pk] for pk in ids]


def _accounts(caller: Caller, targets: list[dict[str, Any]]) -> list[Account]:
    ids = [target["account"] for target in targets]
    there = caller.narrowed(Account.objects.visible_to(caller.user))
    found = there.select_related("platform", "brand").in_bulk(ids)
    missing = {place: {"account": [f"There is no account {pk}."]}
               for place, pk in enumerate(ids) if pk not in found}  # fmt: skip
    if missing:
        raise NotThere({"targets": missing})
    return [found[pk] for pk in ids]


def _one_brand(accounts: list[Account]) -> Brand:
    brands = {account.brand_id: account.brand for account in accounts}
    if len(brands) > 1:
        names = " and ".join(sorted(brand.name for brand in brands.values()))
        sentence = f"These accounts belong to {names}, and a piece belongs to one brand."
        raise ValidationError({"targets": [f"{sentence} Send a request for each."]})
    return accounts[0].brand


def _places(
    accounts: list[Account], targets: list[dict[str, Any]]
) -> list[tuple[Account, ChannelType]]:
    places = [
        (account, _channel(place, account, target.get("channel")))
        for place, (account, target) in enumerate(zip(accounts, targets, strict=True))
    ]
    if len(set(places)) < len(places):
        raise ValidationError(
            {"targets": ["The same channel of the same account stands here twice. Name it once."]}
        )
    return places


def _channel(place: int, account: Account, slug: str | None) -> ChannelType:
    if slug is None:
        return first_channel(account)
    there = {channel.slug: channel for channel in account.platform.channel_types.all()}
    if slug not in there:
        known = ", ".join(sorted(there))
        sentence = f"{account.platform.name} has no such channel. It has {known}."
        raise ValidationError({"targets": {str(place): {"channel": [sentence]}}})
    return there[slug]


def _plan(asked: dict[str, Any]) -> Plan:
    common = {
        "for_approval": asked["for_approval"],
        "again": asked["again"],
        "note": asked["alike_note"],
    }
    if asked["publish_now"]:
        return Plan(When.NOW, take_back=asked["take_back"], **common)
    if (slot := asked.get("slot")) is not None:
        return Plan(When.SLOT, queue=slot["queue"], **common)
    if time := asked.get("time"):
        zone = time.get("zone", "")
        return Plan(When.AT, wall=time["wall"], zone=zone, fold=time["fold"], **common)
    return Plan(When.READY, **common)


def _check_time(plan: Plan, accounts: list[Account], now: datetime) -> None:
    """Say what is wrong with a time once, and not for each account."""
    if plan.when is When.AT:
        with refusals(about_time=True):
            for zone in {plan.zone or account.timezone for account in accounts}:
                instant_to_send(plan.wall, zone, plan.fold, now)


def _check_variants(variants: dict[str, Any]) -> None:
    channels = ChannelType.objects.values_list("platform__slug", "slug")
    known = {f"{platform}/{slug}" for platform, slug in channels} if variants else set()
    if wrong := sorted(set(variants) - known):
        sentence = f"There is no such channel. There is {', '.join(sorted(known))}."
        raise ValidationError({"variants": {name: [sentence] for name in wrong[:20]}})
    commented = [name for name, own in variants.items() if own.get("first_comment")]
    if refused := [name for name in commented if not _takes_comment(name)]:
        errors = {"first_comment": ["What is posted there takes no comment. Leave it out."]}
        raise ValidationError({"variants": dict.fromkeys(refused, errors)})


def _takes_comment(name: str) -> bool:
    platform, _, slug = name.partition("/")
    channels = {channel.slug: channel for channel in adapter_for(platform).channels}
    return slug in channels and channels[slug].takes_comment


def _piece(caller: Caller, brand: Brand, pk: int) -> Piece:
    there = caller.narrowed(Piece.objects.visible_to(caller.user)).filter(brand=brand)
    piece = there.select_related("current", "brand").filter(pk=pk).first()
    if piece is None:
        raise NotThere({"piece": [f"{brand} has no piece {pk}."]})
    return piece
