"""What can be paused and resumed, at every level, beside the schedule queue."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse

from content.models import Label
from desk.counting import Count
from desk.listing.keyset import numbers_of
from desk.reach import Reach
from desk.stops import Scope, Stops
from desk.words import when
from organisation.rights import CONNECT_ACCOUNT, PUBLISH_POST
from platforms.models import Account
from posting.models import Post

MOST = 30  # accounts, and labels, that are listed here; their own pages have all
COUNTED = 1000


@dataclass(frozen=True)
class Pausable:
    """One line: what it is, how much waits there, and what can be pressed."""

    name: str
    said: str
    url: str  # of the question; empty without the right
    act: str  # the word on the button
    account: Account | None = None
    stopped: bool = False


@dataclass
class Pauses:
    """Everything, the brands, the accounts and the labels that a person sees.

    Four questions at most, however many there are.
    """

    reach: Reach
    brands: list[int]
    here: list[Account]  # of those brands, with their platforms

    @cached_property
    def wide(self) -> list[Pausable]:
        """What has a kill switch and is this person's to turn."""
        scopes = Stops(self.reach).scopes
        return [_scope(one) for one in scopes if one.brand is None or one.brand.pk in self.brands]

    @cached_property
    def accounts(self) -> list[Pausable]:
        shown = self.here[:MOST]
        may = {brand.pk for brand in self.reach.where(CONNECT_ACCOUNT)}
        waiting = numbers_of(
            [Post.objects.filter(account=one.pk).scheduled() for one in shown], COUNTED + 1
        )
        pairs = zip(shown, waiting, strict=True)
        return [_account(one, Count(number), one.brand_id in may) for one, number in pairs]

    @property
    def more_accounts(self) -> bool:
        return len(self.here) > MOST

    @cached_property
    def _labels(self) -> list[Label]:
        labels = Label.objects.filter(brand__in=self.brands)
        return list(labels.order_by("-held", "name", "pk")[: MOST + 1])

    @cached_property
    def labels(self) -> list[Pausable]:
        """The held ones first."""
        may = {brand.pk for brand in self.reach.where(PUBLISH_POST)}
        return [_label(one, one.brand_id in may) for one in self._labels[:MOST]]

    @property
    def more_labels(self) -> bool:
        return len(self._labels) > MOST


def _scope(scope: Scope) -> Pausable:
    stop = scope.stop
    name = "desk:start_publishing" if stop else "desk:stop_publishing"
    said = "Publishing is on"
    if stop:
        whose = f" by {stop.stopped_by}" if stop.stopped_by else ""
        said = f"Stopped{whose}{_until(stop.until)}"
    url = f"{reverse(name)}?scope={scope.key}"
    return Pausable(scope.words, said, url, "Resume" if stop else "Pause", stopped=bool(stop))


def _account(account: Account, waiting: Count, may: bool) -> Pausable:
    said, act = f"{waiting} waiting", "Pause"
    if account.state == Account.State.NEEDS_RECONNECT:
        said, act = f"{waiting} wait, must be reconnected", "Reconnect"
    elif account.state == Account.State.PAUSED:
        said, act = f"{waiting} waiting, paused{_until(account.paused_until)}", "Resume"
    if act == "Reconnect":
        url = reverse("desk:account", args=[account.pk]) + "#connect"
    else:
        url = reverse("desk:account_act", args=[account.pk, act.lower()])
    stopped = not account.can_send
    return Pausable(account.name, said, url if may else "", act, account, stopped)


def _label(label: Label, may: bool) -> Pausable:
    said = f"On hold{_until(label.held_until)}" if label.held else "Not on hold"
    act = "release" if label.held else "hold"
    url = reverse("desk:label_act", args=[label.pk, act]) if may else ""
    return Pausable(label.name, said, url, act.capitalize(), stopped=label.held)


def _until(at: datetime | None) -> str:
    return f" until {when(at)}" if at else ""
