"""What the form comes to at each place: counts, previews and problems, by the code that sends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from django.utils import timezone

from content.hashtags import banned_in, told
from content.models import BannedHashtag
from content.rendering import render
from desk.compose.cards import Deck, deck_of
from desk.compose.composition import Composition, Place
from desk.compose.conflicts import Told, conflicts_in
from desk.compose.fixes import Fix, fixes_for
from desk.compose.marking import Marked, marked
from desk.costs import Cost, costs_of, total
from desk.threads import Part, parts_of
from platforms.checking import problems_of
from platforms.looks import Look, look_of
from platforms.splitting import CUT
from platforms.values import Limits, Problem, Rendition

PREVIEWS_MAX = 24
RING = 100  # the ring's length in its own units


@dataclass(frozen=True)
class Shown:
    """One place as readers will see it there."""

    place: Place
    rendition: Rendition
    limits: Limits
    cost: Cost
    beside_thread: bool = False  # what is written becomes a thread at another place
    rules: Sequence[BannedHashtag] = ()  # of the brand

    @property
    def look(self) -> Look:
        return look_of(self.place.account.platform.adapter)

    @cached_property
    def length(self) -> int:
        return self.limits.count(self.rendition.text)

    @property
    def over(self) -> int:
        return max(self.length - self.limits.text_max, 0) if self.limits.text_max else 0

    @property
    def ring(self) -> int:
        """How much of the ring is drawn."""
        return min(round(RING * self.length / (self.limits.text_max or 1)), RING)

    @cached_property
    def words(self) -> Marked:
        return marked(self.rendition, self.limits, self.look.fold)

    @cached_property
    def parts(self) -> list[Part]:
        """The posts of a thread, where it becomes one."""
        return parts_of(self.place.account.platform.adapter, self.rendition, self.limits)

    @property
    def handle(self) -> str:
        """What stands below the name where the platform shows a handle."""
        account = self.place.account
        handle = account.server_facts.get("handle")
        return f"@{handle}" if handle else account.server or account.remote_id

    @property
    def link_host(self) -> str:
        try:
            return urlsplit(self.rendition.link).hostname or self.rendition.link
        except ValueError:
            return self.rendition.link

    @cached_property
    def problems(self) -> list[Problem]:
        adapter = self.place.account.platform.adapter
        found = problems_of(adapter, self.rendition, self.limits)
        more = [self.cost.problem, self.cuts_shown]
        return [*found, *(problem for problem in more if problem), *self.banned]

    @property
    def banned(self) -> Iterator[Problem]:
        """Hashtags that the brand does not use, or rather does not."""
        for rule in banned_in(self.rendition.text, self.rules):
            yield Problem("banned_hashtag", told(rule), level="stop" if rule.stops else "warn")

    @property
    def cuts_shown(self) -> Problem | None:
        """Say that readers would see what only parts the posts of a thread elsewhere."""
        if not self.beside_thread or self.limits.part_max or not CUT.search(self.rendition.text):
            return None
        name = self.place.account.platform.name
        return Problem(
            "cuts_shown",
            f"{name} would show the lines of three hyphens that begin the posts of your thread.",
            level="warn",
        )


@dataclass(frozen=True)
class Row:
    """One problem, once for all accounts that have it, with what would put it right."""

    place: Place
    problem: Problem
    fixes: list[Fix]
    accounts: int

    @property
    def stops(self) -> bool:
        return self.problem.level == "stop"


class Checks:
    """Everything the page says about the form while it is being filled in."""

    def __init__(self, composition: Composition, now: datetime) -> None:
        self.composition, self.now = composition, now

    @cached_property
    def shown(self) -> list[Shown]:
        places = self.composition.chosen
        limits = [place.limits for place in places]
        renditions = [
            render(self.composition.content_for(place), place.channel.slug, own)
            for place, own in zip(places, limits, strict=True)
        ]
        posts = [
            (place.account, rendition, self.composition.comment_for(place))
            for place, rendition in zip(places, renditions, strict=True)
        ]
        costs = costs_of(posts, timezone.now())
        thread = any(own.part_max for own in limits)
        parts = zip(places, renditions, limits, costs, strict=True)
        rules = self.composition.banned_hashtags
        return [Shown(*of_one, beside_thread=thread, rules=rules) for of_one in parts]

    @property
    def cost(self) -> str:
        """What all of it costs; empty where it is free, or there is nothing to send."""
        if self.composition.filled.says_nothing:
            return ""
        return total(shown.cost for shown in self.shown)

    @property
    def decks(self) -> list[Deck]:
        """The threads as cards, once for each kind of channel that makes them."""
        once = {shown.place.channel_key: shown for shown in reversed(self.shown)}
        found = (
            deck_of(self.composition, shown.place, shown.rendition, shown.limits)
            for shown in reversed(once.values())
        )
        return [deck for deck in found if deck]

    @property
    def previews(self) -> list[Shown]:
        return self.shown[:PREVIEWS_MAX]

    @property
    def unshown(self) -> int:
        return max(len(self.shown) - PREVIEWS_MAX, 0)

    @property
    def counts(self) -> list[Shown]:
        """One of each limit: accounts with the same rule and the same text count the same."""
        counted = [shown for shown in self.shown if shown.limits.text_max]
        once = {(s.place.channel_key, s.limits.text_max): s for s in reversed(counted)}
        return list(reversed(once.values()))

    @cached_property
    def problems(self) -> list[Row]:
        """What stops first, then what warns; none while there is nothing to judge."""
        if self.composition.filled.says_nothing:
            return []
        return sorted(self._rows(), key=lambda row: not row.stops)

    def _rows(self) -> Iterator[Row]:
        found: dict[tuple[str, str], list[tuple[Shown, Problem]]] = {}
        for shown in self.shown:
            for problem in shown.problems:
                # A picture without a description is one problem, wherever it goes.
                everywhere = problem.code in ("alt_missing", "banned_hashtag")
                where = "" if everywhere else shown.place.channel_key
                found.setdefault((where, problem.sentence), []).append((shown, problem))
        for same in found.values():
            shown, problem = same[0]
            pictures = self.composition.filled.pictures
            fixes = fixes_for(problem, shown.place, shown.limits, pictures)
            yield Row(shown.place, problem, fixes, len(same))

    @cached_property
    def conflicts(self) -> list[Told]:
        """What speaks against the time that is chosen, at any of the accounts."""
        return conflicts_in(self.composition, self.now)

    @property
    def too_alike(self) -> bool:
        """A platform forbids it beside another account's, and nobody has said why it may be."""
        return any(told.conflict.stops for told in self.conflicts)

    @property
    def stops(self) -> int:
        alike = sum(told.stops for told in self.conflicts)
        return sum(row.stops for row in self.problems) + alike

    @property
    def warns(self) -> int:
        return len(self.problems) + len(self.conflicts) - self.stops
