"""What the demo brand has to say, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from desk.demo import pictures

SHOP = "https://harbourbooks.example"


@dataclass(frozen=True)
class Story:
    """One piece and where it goes.

    `to` names platforms. Its time is `soon` after it is made, or `day` days later at `wall` in the
    brand's zone; with neither the post is ready and has none.
    """

    title: str
    text: str
    to: tuple[str, ...]
    link: str = ""
    draw: Callable[[], bytes] | None = None
    alt: str = ""
    soon: timedelta | None = None
    day: int = 0
    wall: str = ""


STORIES = (
    Story(
        title="The kettle is on",
        text="Good morning. The kettle is on, the harbour is flat calm, and forty new paperbacks "
        "are waiting on the front table. We are here until six.",
        to=("facebook", "instagram"),
        draw=pictures.harbour,
        alt="Dawn over a calm harbour: an orange sky, a low sun and one small boat under sail.",
        soon=timedelta(seconds=20),
    ),
    Story(
        title="Which book did you read twice?",
        text="A question for a slow morning: which book did you read, close, and begin again at "
        "once? Ours was The Summer Book. #books #reading",
        to=("mastodon", "bluesky", "twitter"),
        soon=timedelta(seconds=28),
    ),
    Story(
        title="Second-hand sea charts",
        text="A box of sea charts came in from a skipper who has gone ashore for good. Soundings "
        "in fathoms, pencil marks included. Five pounds each, unrolled with care.",
        to=("facebook", "mastodon"),
        link=f"{SHOP}/charts",
        day=1,
        wall="09:30",
    ),
    Story(
        title="The shelf behind the till",
        text="The shelf behind the till is where books go that we could not bear to price. "
        "This week we priced them.",
        to=("facebook", "mastodon"),
        draw=pictures.shelf,
        alt="Two shelves full of books with red, green, blue and yellow spines.",
        day=2,
        wall="12:15",
    ),
    Story(
        title="Open late on the last evening of the month",
        text="The last evening of the month we keep the lamp on until nine. Bring a friend, or a "
        "book you are done with: we swap one for one.",
        to=("facebook", "mastodon", "instagram", "bluesky", "twitter"),
        draw=pictures.window,
        alt="A shop window glowing at dusk, with a lamp and a stack of books on the sill.",
        day=4,
        wall="17:45",
    ),
    Story(
        title="How to read a tide table",
        text="A small shelf of books for people who live by the sea and never learnt to read a "
        "tide table. Start with the thin one.",
        to=("facebook", "mastodon"),
        draw=pictures.chart,
        alt="A sea chart with depth lines around two islands and a red arrow to the north.",
    ),
    Story(
        title="Thank you for fifty years",
        text="Fifty years ago this door opened for the first time. Thank you to everyone who "
        "came in out of the rain and stayed.",
        to=("mastodon", "bluesky", "twitter"),
        link=f"{SHOP}/fifty",
    ),
)
