"""Where one can go. A place exists once its address does: nothing is shown that leads nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from desk.reach import Reach
from organisation.rights import PUBLISH_POST, WRITE_PIECE


@dataclass(frozen=True)
class Place:
    """A page that the rail, the search and the keyboard lead to."""

    words: str
    icon: str
    name: str  # of its address
    keys: str = ""  # pressed one after the other
    also: str = ""  # further words it is found by
    in_rail: bool = True
    for_staff: bool = False
    right: str = ""  # what one must hold in some brand to do anything there
    under: str | tuple[str, ...] = ""  # addresses that begin so stand under it too


PLACES = (
    Place("Home", "house", "desk:home", keys="g h", also="start figures next hour"),
    Place("Create", "pen-to-square", "desk:create_piece", also="write new piece article section",
          right=WRITE_PIECE, under=("/syndication/sources", "/syndication/posting/compose")),
    Place("Create post", "plus", "desk:compose", in_rail=False,
          also="write new composer by hand", right=WRITE_PIECE),
    Place("Sources", "file-lines", "desk:sources", in_rail=False,
          also="articles texts links files sections"),
    Place("Feeds", "rss", "desk:subscriptions", in_rail=False,
          also="rss atom subscription subscribe blog sources"),
    Place("Prompts", "comment-dots", "desk:prompts", in_rail=False,
          also="language model llm instructions templates writing"),
    Place("Posting", "paper-plane", "desk:posting_hub", keys="g p", also="hub queue platforms",
          under="/syndication/pieces/"),
    Place("Schedule", "calendar-days", "desk:calendar", keys="g s", also="calendar week month"),
    Place("Suggested times", "wand-magic-sparkles", "desk:suggested", in_rail=False,
          also="best time when to post auto-schedule optimal", right=PUBLISH_POST),
    Place("Schedule queue", "list-ol", "desk:schedule_queue", in_rail=False,
          also="next order priority first pause resume hold"),
    Place("Late work", "calendar-xmark", "desk:late_work", in_rail=False,
          also="missed decide catch up give up spread"),
    Place("Recurring plans", "repeat", "desk:plans", in_rail=False,
          also="again every week month rule recurrence"),
    Place("Schedule templates", "list-check", "desk:templates", in_rail=False,
          also="steps launch relative days"),
    Place("Schedule many", "layer-group", "desk:bulk", in_rail=False,
          also="bulk spread evenly slots template proposal", right=PUBLISH_POST),
    Place("Hashtags", "hashtag", "desk:hashtags", in_rail=False,
          also="tags groups banned mentions"),
    Place("Import", "file-import", "desk:imports", in_rail=False,
          also="csv table upload bulk buffer hootsuite postiz", right=WRITE_PIECE),
    Place("Calendar feeds", "rss", "desk:feeds", in_rail=False,
          also="ical icalendar subscribe link phone outlook google"),
    Place("Analytics", "chart-line", "desk:analytics", also="reach clicks report"),
    Place("Media", "image", "desk:media", also="pictures library"),
    Place("Platforms", "plug", "desk:platforms", also="accounts connect dashboard"),
    Place("Monitoring", "heart-pulse", "desk:monitoring", also="health workers lateness"),
    Place("Needs attention", "triangle-exclamation", "desk:attention", in_rail=False,
          also="failed unconfirmed missed held"),
    Place("Notices", "bell", "desk:notices", keys="g n", in_rail=False,
          also="alerts faults mail e-mail"),
    Place("Admin", "gear", "admin:index", also="back office people brands", for_staff=True),
)  # fmt: skip


def address_of(name: str, *args: Any) -> str:
    """Return the address of that name, or nothing where there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def places(reach: Reach) -> Iterator[tuple[Place, str]]:
    """The places that exist for this person, each with its address."""
    return _open_to(PLACES, reach)


def _open_to(some: tuple[Place, ...], reach: Reach) -> Iterator[tuple[Place, str]]:
    for place in some:
        address = address_of(place.name)
        allowed = not place.for_staff or reach.user.is_staff
        if address and allowed and (not place.right or reach.where(place.right)):
            yield place, address


BUTTONS = (
    Place("Platforms", "plug", "desk:platforms"),
    Place("View Analytics", "chart-line", "desk:analytics"),
    Place("Manage Schedule", "calendar-days", "desk:calendar"),
    Place("Post to Platforms", "paper-plane", "desk:posting_hub", right=WRITE_PIECE),
    Place("Create post", "plus", "desk:compose", right=WRITE_PIECE),
    Place("Create piece", "pen-to-square", "desk:create_piece", right=WRITE_PIECE),
)


def buttons(reach: Reach) -> list[tuple[Place, str]]:
    """The buttons of the home page, the most used one last. Each appears with its page."""
    return list(_open_to(BUTTONS, reach))
