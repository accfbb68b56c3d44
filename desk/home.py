"""What the home page says. Nothing here is cached; every figure is as old as its request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import DurationField, ExpressionWrapper, F, Max, QuerySet

from desk.attention import all_in_need, lost_accounts
from desk.counting import Count, count_up_to
from desk.listing.keyset import Walk
from desk.listing.kinds import ATTENTION, SLICES, UPDATED
from desk.listing.rows import Row, rows_of
from desk.reach import Reach
from desk.told import Told, shown_to
from desk.whom import keeper_of_all
from desk.zones import start_of_today
from organisation.models import Brand, User
from organisation.rights import APPROVE_POST, PUBLISH_POST
from platforms.models import Account
from posting.models import Post
from posting.models.post import PostQuerySet

ROWS = 10
HOUR = timedelta(hours=1)
SOON = timedelta(seconds=5)
LONGEST_PAUSE = 3600  # seconds between two looks of a page where nothing moves


@dataclass
class Home:
    """The home page of one person at one moment, for one brand or for all of theirs."""

    reach: Reach
    now: datetime
    brand: Brand | None = None  # None: all of the person's brands

    @property
    def user(self) -> User:
        return self.reach.user

    @cached_property
    def brands(self) -> list[int]:
        shown = [self.brand] if self.brand else self.reach.brands
        return [brand.pk for brand in shown]

    @property
    def whom_to_ask(self) -> str:
        """Who can let a person without any brand work for one; empty for everyone else."""
        outside = not self.reach.brands and not self.user.is_superuser
        return keeper_of_all() if outside else ""

    @cached_property
    def told(self) -> list[Told]:
        return list(shown_to(self.user))

    @cached_property
    def may_publish_for(self) -> set[int]:
        return {brand.pk for brand in self.reach.where(PUBLISH_POST)}

    @cached_property
    def waiting_for_approval(self) -> Count:
        """Posts that this person may approve."""
        mine = {brand.pk for brand in self.reach.where(APPROVE_POST)}
        brands = [pk for pk in self.brands if pk in mine]
        return count_up_to(Post.objects.of_brands(brands).held_for_approval())

    @property
    def posts(self) -> PostQuerySet:
        return Post.objects.of_brands(self.brands)

    @property
    def accounts(self) -> QuerySet[Account]:
        return Account.objects.filter(brand__in=self.brands).select_related("platform")

    @cached_property
    def ready(self) -> Count:
        return count_up_to(self.posts.ready())

    @cached_property
    def scheduled(self) -> Count:
        return count_up_to(self.posts.scheduled())

    @cached_property
    def published_today(self) -> Count:
        return count_up_to(self._out_today)

    @cached_property
    def failing(self) -> Count:
        return count_up_to(self.posts.failed())

    @cached_property
    def attention(self) -> list[Row]:
        slices = [SLICES[name](Post.objects.filter(brand=brand))
                  for brand in self.brands for name in ATTENTION.slices]  # fmt: skip
        places = Walk(UPDATED, newest_first=True, size=ROWS).places(slices)[:ROWS]
        return rows_of([place.pk for place in places], user=self.user, now=self.now)

    @cached_property
    def all_accounts(self) -> list[Account]:
        return list(self.accounts.order_by("platform__name", "name")[:100])

    @cached_property
    def lost_accounts(self) -> list[Account]:
        return list(lost_accounts(self.brands).order_by("platform__name", "name"))

    @cached_property
    def attention_total(self) -> Count:
        return all_in_need(self.brands)

    @property
    def whom_it_needs(self) -> str:
        """Who can do something about it: "you", unless one's role only looks on."""
        return "you" if self.reach.may_anywhere(PUBLISH_POST) else "a person"

    @cached_property
    def next_hour(self) -> list[Post]:
        leaving = self.posts.leaving_before(self.now + HOUR)
        return list(leaving.for_list().order_by("wake_at", "id")[:ROWS])

    @cached_property
    def next_hour_total(self) -> Count:
        return count_up_to(self.posts.leaving_before(self.now + HOUR), along="wake_at")

    @cached_property
    def queue(self) -> list[Post]:
        """What goes out next, however far away that is."""
        return list(self.posts.scheduled().for_list().order_by("wake_at", "id")[:ROWS])

    @property
    def hour_ends(self) -> datetime:
        return self.now + HOUR

    @cached_property
    def next_due(self) -> datetime | None:
        return self.posts.leaving().order_by("wake_at").values_list("wake_at", flat=True).first()

    @property
    def _out_today(self) -> PostQuerySet:
        return self.posts.published_since(start_of_today(self.now))

    @cached_property
    def published(self) -> list[Post]:
        return list(self._out_today.for_list().order_by("-published_at")[:ROWS])

    @cached_property
    def latest(self) -> timedelta | None:
        """How late the latest of today's posts was."""
        late = ExpressionWrapper(F("published_at") - F("due_at"), output_field=DurationField())
        worst: timedelta | None = self._out_today.aggregate(worst=Max(late))["worst"]
        return None if worst is None else max(worst, timedelta(0))

    @cached_property
    def moving(self) -> bool:
        due = self.next_due is not None and self.next_due <= self.now + SOON
        return due or self.posts.publishing().exists()

    @property
    def trigger(self) -> str:
        """When the page asks again: every 2 s while something moves, else when the next is due."""
        if self.moving:
            return "every 2s"
        if self.next_due is None:
            return ""
        pause = (self.next_due - self.now).total_seconds() - SOON.total_seconds()
        return f"load delay:{min(max(int(pause), 2), LONGEST_PAUSE)}s"
