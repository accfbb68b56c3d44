"""The first-run checklist: what a new installation still lacks, ticked by what is there.

Each person sees the steps that are theirs, and whom to ask for what others must do first. The demo
brand does not count: it shows how things look, and the list leads to one's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, HttpResponse

from content.models import Piece
from desk.demo.loading import BRAND as DEMO
from desk.navigation import address_of
from desk.reach import Reach
from desk.whom import keeper_of, keeper_of_all
from organisation.models import AuditEntry, Brand, User
from organisation.people import SET_ZONE
from organisation.rights import CONNECT_ACCOUNT, MANAGE_BRAND, PUBLISH_POST, WRITE_PIECE
from platforms.models import Account
from posting.models import Post

COOKIE = "checklist_hidden"
A_YEAR = 365 * 86_400  # seconds


@dataclass(frozen=True)
class Step:
    """One line: what to do, why, whether it is done, and where. No address: not possible yet."""

    words: str
    why: str
    done: bool
    url: str = ""
    act: str = ""
    ask: bool = False


@dataclass
class Checklist:
    """The steps of one person. Few questions while the list shows, none once it is hidden."""

    reach: Reach
    hidden: bool = False

    @cached_property
    def brands(self) -> list[Brand]:
        return [brand for brand in self.reach.brands if brand.slug != DEMO["slug"]]

    @property
    def demo(self) -> Brand | None:
        """The demo brand, if it is there and this person may remove it."""
        managed = self.reach.where(MANAGE_BRAND)
        return next((brand for brand in managed if brand.slug == DEMO["slug"]), None)

    @property
    def shows(self) -> bool:
        return not self.hidden and (self.left > 0 or bool(self.asks))

    @property
    def left(self) -> int:
        return sum(not step.done for step in self.steps)

    @property
    def done(self) -> int:
        return len(self.steps) - self.left

    @cached_property
    def steps(self) -> list[Step]:
        return list(self._steps())

    def _steps(self) -> Iterator[Step]:
        yield self._zone()
        if self.reach.user.is_superuser:
            yield self._brand()
        if self._may_connect:
            yield self._account()
        if self.reach.may_anywhere(WRITE_PIECE) and (self.brands or self._may_connect):
            yield self._piece()
            yield self._post()

    @property
    def asks(self) -> str:
        """What others must do before this person can go on, and who they are; empty for nothing."""
        writes = self.reach.may_anywhere(WRITE_PIECE)
        if not writes or self._may_connect or self._connected:
            return ""
        if not self.brands:
            return f"You work for no brand of your own yet. Ask {keeper_of_all()} to add you to it."
        return f"No account is connected yet. Ask {keeper_of(self.brands[0])} to connect one."

    @property
    def _may_connect(self) -> bool:
        return self.reach.may_anywhere(CONNECT_ACCOUNT)

    @cached_property
    def _connected(self) -> bool:
        return Account.objects.filter(brand__in=self.brands).exists()

    def _zone(self) -> Step:
        user = self.reach.user
        chosen = user.timezone != "UTC"
        if not chosen:
            chosen = AuditEntry.objects.filter(user=user, verb=SET_ZONE).exists()
        why = "Every time you read or type is in it."
        return Step("Choose your time zone", why, chosen, address_of("desk:zone"), "Choose", True)

    def _brand(self) -> Step:
        why = "Accounts, pieces and people belong to a brand."
        url = address_of("admin:organisation_brand_add")
        return Step("Name your brand", why, bool(self.brands), url, "Add a brand")

    def _account(self) -> Step:
        why = "A Facebook page or a Mastodon profile that posts go to."
        url = address_of("desk:connect") if self.brands else ""
        return Step("Connect an account", why, self._connected, url, "Connect")

    def _piece(self) -> Step:
        there = Piece.objects.filter(brand__in=self.brands).exists()
        why = "What you want to say, once for all accounts."
        url = address_of("desk:compose") if self.brands else ""
        return Step("Write your first piece", why, there, url, "Write")

    def _post(self) -> Step:
        posts = Post.objects.of_brands(brand.pk for brand in self.brands)
        url = address_of("desk:compose") if self._connected else ""
        if self.reach.may_anywhere(PUBLISH_POST):
            why = "Choose the accounts and a minute. It goes out then, once."
            there = posts.with_a_time().exists()
            return Step("Schedule your first post", why, there, url, "Schedule")
        why = "Choose the accounts. It goes out once somebody has approved it and given it a time."
        return Step("Send your first post for approval", why, posts.exists(), url, "Write")


def checklist(request: HttpRequest, reach: Reach) -> Checklist:
    return Checklist(reach, hidden=request.COOKIES.get(COOKIE) == str(reach.user.pk))


def hide_checklist(response: HttpResponse, user: User) -> HttpResponse:
    """Remember in the browser that this person has put the list away."""
    response.set_cookie(COOKIE, str(user.pk), max_age=A_YEAR, httponly=True, samesite="Lax")
    return response
