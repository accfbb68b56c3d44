"""What a move brings with it, and what is answered when it is refused."""

import zoneinfo
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import JsonResponse

from desk.compose.times import Choice, note_on
from desk.words import place
from posting.models import Post
from scheduling.conflicts import Conflict, Kind, Planned, conflicts_of
from scheduling.solving import free_time


class MoveForm(forms.Form):
    """A wall time, its zone by name, and the version of the post that was seen.

    `back`: the move is taken back, and no wall time means that there was none.
    """

    wall = forms.CharField(max_length=19, required=False)
    zone = forms.CharField(max_length=64, required=False)
    fold = forms.TypedChoiceField(
        choices=(("0", "the first"), ("1", "the second")),
        coerce=int, empty_value=None, required=False,
    )  # fmt: skip
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, back: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.back = back

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if not self.back and not (asked.get("wall") and asked.get("zone")):
            raise ValidationError("Nothing was moved: a move needs a day, a time and a zone.")
        return asked

    @property
    def problems(self) -> list[str]:
        """One sentence for all that is wrong: only a broken page sends such things."""
        if "version" in self.errors:
            return ["Nothing was moved: it was not said which version of the post was seen."]
        return [str(sentence) for errors in self.errors.values() for sentence in errors]


@dataclass(frozen=True)
class Refusal:
    """Why a post stays where it is, and what to do instead."""

    sentence: str
    code: str = ""
    instead: list[Choice] = field(default_factory=list)
    twice: list[Choice] = field(default_factory=list)
    url: str = ""

    @classmethod
    def of(cls, refusal: ValidationError, wall: str, zone: str, now: datetime) -> "Refusal":
        code = getattr(refusal, "code", None) or ""
        if code not in ("gap", "twice"):
            return cls(" ".join(refusal.messages), code)
        note = note_on(wall, zone, "", now)
        return cls(" ".join(refusal.messages), code, note.instead, note.twice)

    def answer(self, status: int) -> JsonResponse:
        said = {"refused": self.sentence, "code": self.code, "url": self.url}
        for name, offered in (("instead", self.instead), ("twice", self.twice)):
            said[name] = [{"words": one.words, "value": one.value} for one in offered]  # type: ignore[assignment]
        return JsonResponse(said, status=status)


def said(post: Post, zone: str) -> str:
    """Wednesday 25 November, 14:30, London: the time of a post as it is spoken."""
    if post.due_at is None:
        return ""
    there = post.due_at.astimezone(zoneinfo.ZoneInfo(zone))
    return f"{there:%A} {there.day} {there:%B}, {there:%H:%M}, {place(zone)}"


def against(post: Post, at: datetime, now: datetime) -> list[Conflict]:
    """Return what speaks against a time for this post; what stops comes first.

    Whether it is approved is no matter of its time. Seven queries at most.
    """
    found = conflicts_of([Planned.of(post, at)], now).get(post.pk, [])
    return [one for one in found if one.kind is not Kind.APPROVAL]


def next_free(
    post: Post, at: datetime, zone: str, conflicts: list[Conflict], now: datetime
) -> Choice | None:
    """Offer the next time without the first conflict that another time ends, by the clock of a
    zone; None where there is no such time."""
    for one in conflicts:
        if one.free_from is not None:
            start = max(at, now + timedelta(minutes=1))
            free = free_time(Planned.of(post, at), start, also=one.kind)
            if free is None:
                return None
            there = free.astimezone(zoneinfo.ZoneInfo(zone))
            words = f"Next free: {there:%a} {there.day} {there:%b} {there:%H:%M}"
            return Choice(words, f"{there:%Y-%m-%dT%H:%M}")
    return None
