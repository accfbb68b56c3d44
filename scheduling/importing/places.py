"""Which account and channel a row means by their names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import ValidationError

from organisation.models import Brand
from platforms.limiting import limits_of
from platforms.models import Account, ChannelType
from platforms.values import Limits

NAMED = 5  # names that a refusal tells


@dataclass(frozen=True)
class Place:
    """One channel of one account."""

    account: Account
    channel_type: ChannelType

    @property
    def name(self) -> str:
        """As the columns of variants name it: mastodon/status."""
        return f"{self.account.platform.slug}/{self.channel_type.slug}"


class Places:
    """The accounts of a brand with their channels. Three queries, whatever is asked of them."""

    def __init__(self, brand: Brand) -> None:
        self.brand = brand
        self._limits: dict[tuple[int, int], Limits] = {}

    @cached_property
    def accounts(self) -> list[Account]:
        rows = Account.objects.filter(brand=self.brand, platform__enabled=True)
        rows = rows.select_related("platform", "brand")
        rows = rows.prefetch_related("platform__channel_types")
        return list(rows.order_by("platform__name", "name", "pk"))

    @cached_property
    def channels(self) -> set[str]:
        """Every kind of channel there is, such as mastodon/status, whoever has an account."""
        rows = ChannelType.objects.values_list("platform__slug", "slug")
        return {f"{platform}/{slug}" for platform, slug in rows}

    def limits(self, place: Place) -> Limits:
        key = place.account.pk, place.channel_type.pk
        if key not in self._limits:
            self._limits[key] = limits_of(place.account, place.channel_type)
        return self._limits[key]

    def chosen(self, keys: Iterable[str]) -> list[Place]:
        """The places of keys such as "12-3", account and channel; those that are gone are not."""
        wanted = set(keys)
        return [
            Place(account, channel)
            for account in self.accounts
            for channel in account.platform.channel_types.all()
            if f"{account.pk}-{channel.pk}" in wanted
        ]

    def named(self, row: Mapping[str, str]) -> Place | None:
        """Return the place a row names; None where it names neither account nor platform.

        Raises ValidationError, with the names there are, where it is none or could be several.
        """
        account, platform = (row.get(name, "").strip() for name in ("account", "platform"))
        if not account and not platform:
            return None
        found = [one for one in self.accounts if _is_called(one, account, platform)]
        words = " of ".join(filter(None, (account[:60], platform[:40])))
        if not found:
            raise ValidationError(
                f"{self.brand} has no account “{words}”. It has {_named(self.accounts)}."
            )
        if len(found) > 1:
            raise ValidationError(
                f"“{words}” may be {_named(found)}. Give the platform and the name of one."
            )
        return Place(found[0], self._channel(found[0], row.get("channel", "").strip()))

    def _channel(self, account: Account, name: str) -> ChannelType:
        offered = {channel.slug: channel.name for channel in account.platform.adapter.channels}
        kinds = [one for one in account.platform.channel_types.all() if one.slug in offered]
        if not name:
            first = account.platform.adapter.channels[0].slug
            return next(one for one in kinds if one.slug == first)
        asked = name.casefold().removeprefix(f"{account.platform.slug}/")
        for kind in kinds:
            if asked in (kind.slug, kind.name.casefold()):
                return kind
        known = ", ".join(kind.slug for kind in kinds)
        raise ValidationError(
            f"{account.platform.name} has no channel “{name[:40]}”. It has {known}.", code="channel"
        )


def _is_called(account: Account, name: str, platform: str) -> bool:
    kind, asked = account.platform, platform.casefold()
    if asked and asked not in (kind.slug, kind.name.casefold()):
        return False
    if not name:
        return True
    handle = str(account.server_facts.get("handle", ""))
    known = (account.name, handle, f"@{handle}", account.remote_id)
    return name.casefold() in {one.casefold() for one in known if one.strip("@")}


def _named(accounts: Sequence[Account]) -> str:
    names = [f"“{one.name}” of {one.platform.name}" for one in accounts[:NAMED]]
    more = len(accounts) - NAMED
    return ", ".join(names) + (f" and {more} more" if more > 0 else "") or "none yet"
