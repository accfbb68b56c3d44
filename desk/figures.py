"""The five figures at the top of the home page, each with the rows behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate

from desk.home import Home
from desk.words import span, until, when


@dataclass(frozen=True)
class Figure:
    """One figure. `url` leads to its rows."""

    words: str
    look: str
    icon: str
    number: str
    note: str
    url: str
    of: str = ""


def figures(home: Home) -> Iterator[Figure]:
    yield _ready(home)
    yield _scheduled(home)
    yield _published(home)
    yield _failing(home)
    yield _accounts(home)


def _ready(home: Home) -> Figure:
    note = "Not yet scheduled" if home.ready else "Nothing waits for a time"
    url = _posts(home, "desk:posting_hub", status="ready")
    return Figure("Ready", "ready", "fa-regular fa-circle", str(home.ready), note, url)


def _scheduled(home: Home) -> Figure:
    note = f"Next at {when(home.next_due)}, in {until(home.next_due, home.now)}" if (
        home.next_due
    ) else "Nothing has a time"  # fmt: skip
    if home.next_due and home.next_due <= home.now:
        note = "The first is due now"
    url = _posts(home, "desk:posting_hub", status="scheduled")
    return Figure("Scheduled", "scheduled", "fa-regular fa-clock", str(home.scheduled), note, url)


def _published(home: Home) -> Figure:
    note = "Since midnight" if home.latest is None else _punctual(home.latest)
    today = {"from": f"{localdate(home.now)}", "status": "published"}
    url = _posts(home, "desk:published_posts", **today)
    number = str(home.published_today)
    return Figure("Published today", "published", "fa-solid fa-check", number, note, url)


def _punctual(latest: timedelta) -> str:
    if latest < timedelta(seconds=1):
        return "Each within a second of its time"
    return f"All within {span(latest)} of their time"


def _failing(home: Home) -> Figure:
    note = "Each has its next step below" if home.failing else "Nothing failed"
    url = _posts(home, "desk:attention", status="failed")
    return Figure("Failing", "failed", "fa-solid fa-xmark", str(home.failing), note, url)


def _accounts(home: Home) -> Figure:
    lost = home.lost_accounts
    note = f"{lost[0].name} must be reconnected" if lost else "None must be reconnected"
    return Figure(
        "Accounts needing attention",
        "unconfirmed",
        "fa-solid fa-plug-circle-exclamation",
        str(len(lost)),
        note,
        _posts(home, "desk:attention") + "#accounts",
        of=str(len(home.all_accounts)),
    )


def _posts(home: Home, page: str, **filters: str) -> str:
    """The list of exactly the posts that a figure counts."""
    brand = {"brand": str(home.brand.pk)} if home.brand else {}
    query = urlencode({**filters, **brand})
    return f"{reverse(page)}?{query}" if query else reverse(page)
