"""Which posts of an account, or of its siblings, say the same or nearly the same."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from content.models import PieceVersion
from content.sameness import ALIKE, EXACT, bands_of, likeness, plain_on, same
from scheduling.neighbours import Neighbour

READ = 6  # texts on either side of a time that share a band and are looked at
SHARED = 2  # bands from which on two texts are worth reading

# A neighbour in the order of times; the number in between keeps the comparison from reaching it.
Entry = tuple[float, int, Neighbour]


@dataclass(frozen=True, slots=True)
class Twin:
    """Another post of nearly the same words; `exactly` the same where that is so."""

    other: Neighbour
    exactly: bool


@dataclass(frozen=True, slots=True)
class Question:
    """Who, of one group, says within this time what `here` says? Not its own account if `apart`."""

    here: Neighbour
    group: Hashable
    within: timedelta
    apart: bool = False


class Texts:
    """The texts of a neighbourhood, in groups: by account, or by what an account belongs to.

    Which may be alike, their prints say; only those are read, and compared for good. Of texts that
    are alike with ten words or more, not one pair in a hundred is missed.
    """

    def __init__(self, neighbours: Iterable[Neighbour], groups: Callable[[Neighbour], Any]) -> None:
        self._rows: dict[int, tuple[str, str, dict[str, Any]]] = {}
        self._plain: dict[tuple[int, str], str] = {}
        self._keys: dict[Neighbour, list[str]] = {}
        self._index: dict[Hashable, dict[str, list[Entry]]] = {}
        said = [(one.at.timestamp(), n, one) for n, one in enumerate(neighbours) if one.print]
        for entry in sorted(said):
            one = entry[2]
            keys = self._keys[one] = [one.print[:EXACT], *bands_of(one.print)]
            for group in groups(one):
                known = self._index.setdefault(group, defaultdict(list))
                for key in keys:
                    known[key].append(entry)

    def twins(self, questions: Iterable[Question]) -> dict[Question, Twin]:
        """Answer the questions that have an answer, by the nearest in time. At most one query."""
        asked = [(question, self._worth_comparing(question)) for question in questions]
        maybe = [(question, others) for question, others in asked if others]
        self._read(
            one
            for question, others in maybe
            for other in others
            if not same(question.here.print, other.print)
            for one in (question.here, other)
        )
        found = [(question, self._first(question.here, others)) for question, others in maybe]
        return {question: twin for question, twin in found if twin}

    def _first(self, here: Neighbour, others: Iterable[Neighbour]) -> Twin | None:
        for other in others:
            if same(here.print, other.print):
                return Twin(other, exactly=True)
            if likeness(self._words(here), self._words(other)) >= ALIKE:
                return Twin(other, exactly=False)
        return None

    def _worth_comparing(self, question: Question) -> list[Neighbour]:
        """The nearest first; a few, however many there are. The nearest with the same words ends
        the search."""
        here, known = question.here, self._index.get(question.group)
        keys = self._keys.get(here)
        if keys is None or known is None:
            return []
        at, within = here.at.timestamp(), question.within.total_seconds()
        apart = here.account if question.apart else 0
        same_words = _near(known[keys[0]], here, at, within, apart)
        if same_words:
            return [min(same_words, key=lambda one: abs(one.at - here.at))]
        shared: Counter[Neighbour] = Counter()
        for band in keys[1:]:
            row = known[band]
            if len(row) > 1:
                shared.update(_near(row, here, at, within, apart))
        worth = [other for other, number in shared.items() if number >= SHARED]
        return sorted(worth, key=lambda one: (abs(one.at - here.at), one.post))

    def _read(self, wanted: Iterable[Neighbour]) -> None:
        missing = {one.version for one in wanted if one.words is None and one.version}
        if missing:
            rows = PieceVersion.objects.filter(pk__in=missing)
            for pk, *said in rows.values_list("pk", "text", "link", "variants"):
                self._rows[pk] = tuple(said)

    def _words(self, one: Neighbour) -> str:
        if one.words is not None:
            return one.words
        key = (one.version, one.channel)
        if key not in self._plain:
            text, link, variants = self._rows.get(one.version, ("", "", {}))
            self._plain[key] = plain_on(one.channel, text, link, variants)
        return self._plain[key]


def _near(
    row: Sequence[Entry], here: Neighbour, at: float, within: float, apart: int
) -> list[Neighbour]:
    """Return the nearest few on either side of `at`, no further than `within` seconds from it.

    Neither the post itself nor, with an account in `apart`, what that account says.
    """
    place, post = bisect_left(row, (at,)), here.post
    found: list[Neighbour] = []
    for places in (range(place, len(row)), range(place - 1, -1, -1)):
        taken = 0
        for there in places:
            moment, _, other = row[there]
            if taken == READ or not -within <= moment - at <= within:
                break
            if other is here or (post and other.post == post) or other.account == apart:
                continue
            taken += 1
            found.append(other)
    return found
