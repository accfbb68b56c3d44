"""The list of notices: what is wrong now, and what was."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from desk.counting import Count, count_up_to
from desk.signs import Signs
from organisation.models import Heartbeat, Mail, Notice, User
from organisation.models.notice import NoticeQuerySet
from organisation.notice_kinds import NoticeKind, kind_of
from posting.models import Post

SIZE = 50
ABOUT_ALL = ("publishing", "instance")
ABOUT_ACCOUNTS = ("account", "token")
ABOUT_POSTS = ("failed", "unconfirmed", "missed", "vanished", "approved", "declined")
LOOKS = {  # by kind: the state whose colour the chip takes, and its icon
    "failed": ("failed", "fa-solid fa-xmark"),
    "unconfirmed": ("unconfirmed", "fa-solid fa-question"),
    "missed": ("missed", "fa-solid fa-calendar-xmark"),
    "vanished": ("failed", "fa-solid fa-eye-slash"),
    "approved": ("published", "fa-solid fa-check"),
    "declined": ("failed", "fa-solid fa-ban"),
    "account": ("failed", "fa-solid fa-plug-circle-exclamation"),
    "token": ("unconfirmed", "fa-solid fa-hourglass-half"),
    "plan": ("failed", "fa-solid fa-repeat"),
    "feed": ("failed", "fa-solid fa-rss"),
    "publishing": ("failed", "fa-solid fa-heart-pulse"),
    "instance": ("failed", "fa-solid fa-hand"),
}
OTHER_LOOK = ("ready", "fa-regular fa-bell")


@dataclass(frozen=True)
class Row:
    """One notice, and where this person can do something about it."""

    notice: Notice
    address: str

    @property
    def kind(self) -> NoticeKind:
        return kind_of(self.notice.fault)

    @property
    def look(self) -> str:
        return LOOKS.get(self.kind.slug, OTHER_LOOK)[0]

    @property
    def icon(self) -> str:
        return LOOKS.get(self.kind.slug, OTHER_LOOK)[1]

    @property
    def opens(self) -> str:
        """What the button opens."""
        if self.kind.slug in ABOUT_ALL:
            return "home"
        if self.kind.slug == "approval":
            return "the list"
        if self.kind.slug == "plan":
            return "the plan"
        if self.kind.slug == "feed":
            return "the feed"
        return "account" if self.kind.slug in ABOUT_ACCOUNTS else "post"


def address_of(notice: Notice, person: User) -> str:
    """Where the notice leads this person; empty where there is no such place."""
    kind, row = kind_of(notice.fault).slug, notice.row
    if kind in ABOUT_ALL:
        return reverse("desk:home")
    if kind == "approval":
        return reverse("desk:attention")
    if kind in ABOUT_POSTS and row is not None:
        return reverse("desk:post", args=[row])
    if kind == "plan" and row is not None:
        return reverse("desk:plan", args=[row])
    if kind == "feed" and row is not None:
        return reverse("desk:subscription", args=[row])
    if kind in ABOUT_ACCOUNTS and row is not None:
        return reverse("desk:account", args=[row])
    return ""


@dataclass
class NoticeList:
    """Open ones, or those that are over; the newest first, from below the row `before`."""

    person: User
    over: bool = False
    before: int | None = None

    @property
    def _all(self) -> NoticeQuerySet:
        mine = Notice.objects.visible_to(self.person)
        return mine.over() if self.over else mine.open()

    @cached_property
    def _page(self) -> list[Notice]:
        """One more than is shown, which says whether there are older ones."""
        rows = self._all.filter(pk__lt=self.before) if self.before else self._all
        return list(rows.select_related("brand").order_by("-pk")[: SIZE + 1])

    @cached_property
    def rows(self) -> list[Row]:
        return list(self._rows())

    def _rows(self) -> Iterator[Row]:
        notices = self._page[:SIZE]
        about = [one.row for one in notices if kind_of(one.fault).slug in ABOUT_POSTS]
        there = set(Post.objects.filter(pk__in=filter(None, about)).values_list("pk", flat=True))
        for notice in notices:
            gone = kind_of(notice.fault).slug in ABOUT_POSTS and notice.row not in there
            yield Row(notice, "" if gone else address_of(notice, self.person))

    @property
    def open_count(self) -> Count:
        return count_open(self.person)

    @property
    def older(self) -> str:
        """The query of the next page; empty on the last."""
        if len(self._page) <= SIZE:
            return ""
        more = {"before": self._page[SIZE - 1].pk}
        return urlencode({"over": 1, **more} if self.over else more)


def count_open(person: User) -> Count:
    return count_up_to(Notice.objects.visible_to(person).open())


@dataclass
class ByMail:
    """What one person has to know of their mails."""

    person: User
    signs: Signs

    @property
    def is_set_up(self) -> bool:
        return bool(settings.MAIL_IS_SET_UP)

    @property
    def wanted(self) -> bool:
        return self.person.notice_mail

    @property
    def address(self) -> str:
        return self.person.email

    @property
    def nobody_sends(self) -> bool:
        return self.is_set_up and not self.signs.of(Heartbeat.Kind.WORK).alive

    @cached_property
    def held_up(self) -> Mail | None:
        """A mail to this person that could not leave."""
        return Mail.objects.filter(person=self.person).held_up().first() if self.is_set_up else None
