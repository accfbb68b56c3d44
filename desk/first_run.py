"""The first-run checklist: what a new installation still lacks, ticked by what is there.

The demo brand does not count: it shows how things look, and the list leads to one's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, HttpResponse

from content.models import Piece
from desk.demo.loading import BRAND as DEMO
from desk.navigation import address_of
from desk.reach import Reach
from organisation.models import AuditEntry, Brand, User
from organisation.people import SET_ZONE
from organisation.rights import CONNECT_ACCOUNT, MANAGE_BRAND, WRITE_PIECE
from platforms.models import Account
from posting.models import Post

COOKIE = "checklist_hidden"
A_YEAR = 365 * 86_400  # seconds


@dataclass(frozen=True)
class Step:
    """One line: what to do, why, whether it is done, and where. No address: others do it."""

    words: str
    why: str
    done: bool
    url: str = ""
    act: str = ""
    ask: bool = False


@dataclass
class Checklist:
    """The steps of one person. Four questions while the list shows, none once it is hidden."""

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
        return not self.hidden and self.left > 0

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
        yield self._brand()
        yield self._account()
        yield self._piece()
        yield self._post()

    def _zone(self) -> Step:
        user = self.reach.user
        chosen = user.timezone != "UTC"
        if not chosen:
            chosen = AuditEntry.objects.filter(user=user, verb=SET_ZONE).exists()
        why = "Every time you read or type is in it."
        return Step("Choose your time zone", why, chosen, address_of("desk:zone"), "Choose", True)

    def _brand(self) -> Step:
        url = self._in_admin("organisation_brand_add", self.reach.user.is_superuser)
        why = "Accounts, pieces and people belong to a brand."
        return Step("Name your brand", why, bool(self.brands), url, "Add a brand")

    def _account(self) -> Step:
        there = Account.objects.filter(brand__in=self.brands).exists()
        may = self.reach.may_anywhere(CONNECT_ACCOUNT) and bool(self.brands)
        why = "A Facebook page or a Mastodon profile that posts go to."
        url = self._in_admin("platforms_account_add", may)
        return Step("Connect an account", why, there, url, "Connect")

    def _piece(self) -> Step:
        there = Piece.objects.filter(brand__in=self.brands).exists()
        why = "What you want to say, once for all accounts."
        return Step(
            "Write your first piece", why, there, self._writing("content_piece_add"), "Write"
        )

    def _post(self) -> Step:
        there = Post.objects.of_brands(brand.pk for brand in self.brands).with_a_time().exists()
        why = "Choose the accounts and a minute. It goes out then, once."
        url = self._writing("posting_post_add")
        return Step("Schedule your first post", why, there, url, "Schedule")

    def _writing(self, otherwise: str) -> str:
        may = self.reach.may_anywhere(WRITE_PIECE) and bool(self.brands)
        if compose := address_of("desk:compose"):
            return compose if may else ""
        return self._in_admin(otherwise, may)

    def _in_admin(self, name: str, may: bool) -> str:
        return address_of(f"admin:{name}") if may and self.reach.user.is_staff else ""


def checklist(request: HttpRequest, reach: Reach) -> Checklist:
    return Checklist(reach, hidden=request.COOKIES.get(COOKIE) == str(reach.user.pk))


def hide_checklist(response: HttpResponse, user: User) -> HttpResponse:
    """Remember in the browser that this person has put the list away."""
    response.set_cookie(COOKIE, str(user.pk), max_age=A_YEAR, httponly=True, samesite="Lax")
    return response
