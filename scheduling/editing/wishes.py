"""What a person wants changed in many posts, and what that makes of a text, a link, a time."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError

from content.models import PieceVersion
from content.writing import clean_link, clean_text
from platforms.models import Account

DAYS_MAX = 366
FIND_MAX = 500  # characters
_AFTER = r"(?=[.,;:!?)\]>\"'»”’]*(?:\s|$))"
_TAG = re.compile(r"\w+")


class What(Enum):
    """The kinds of change."""

    SHIFT = "shift"
    TEXT = "text"
    LINK = "link"
    HASHTAG = "hashtag"
    ACCOUNT = "account"


WORDED = (What.TEXT, What.LINK, What.HASHTAG)


@dataclass(frozen=True)
class Wish:
    """One change. Which fields count depends on `what`."""

    what: What
    days: int = 0  # SHIFT, by the clock of each post's zone
    minutes: int = 0
    find: str = ""  # TEXT, LINK and HASHTAG (without its sign)
    instead: str = ""
    any_case: bool = False  # TEXT
    account: Account | None = None  # ACCOUNT

    @property
    def by(self) -> timedelta:
        return timedelta(days=self.days, minutes=self.minutes)

    @property
    def words(self) -> str:
        """The change as one sentence without its end."""
        if self.what is What.SHIFT:
            way = "later" if self.by > timedelta() else "earlier"
            return f"Times moved {_span(abs(self.by))} {way}"
        if self.what is What.ACCOUNT:
            return f"Posts moved to {self.account}"
        sign = "#" if self.what is What.HASHTAG else ""
        named = f"{sign}{self.find[:80]}"
        if not self.instead:
            return f"“{named}” taken out"
        return f"“{named}” replaced by “{sign}{self.instead[:80]}”"

    def text(self, text: str) -> str:
        """Return what a text becomes."""
        if self.what is What.TEXT:
            flags = re.IGNORECASE if self.any_case else 0
            return re.sub(re.escape(self.find), lambda _: self.instead, text, flags=flags)
        if self.what is What.LINK:
            address = rf"(?<![\w/]){re.escape(self.find)}{_AFTER}"
            return re.sub(address, lambda _: self.instead, text)
        if self.what is What.HASHTAG:
            before = "" if self.instead else "[ \t]*"
            tag = rf"{before}(?<![\w#&/])#{re.escape(self.find)}(?!\w)"
            new = f"#{self.instead}" if self.instead else ""
            return re.sub(tag, lambda _: new, text, flags=re.IGNORECASE)
        return text

    def link(self, link: str) -> str:
        """Return what a link becomes."""
        return self.instead if self.what is What.LINK and link == self.find else link

    def reworded(self, version: PieceVersion) -> tuple[str, str, dict[str, Any]]:
        """Return text, link and variants of a version as they become."""
        variants = {
            channel: {
                name: self.text(str(value)) if name == "text"
                else self.link(str(value)) if name == "link" else value
                for name, value in own.items()
            }
            for channel, own in version.variants.items()
        }  # fmt: skip
        return self.text(version.text).strip(), self.link(version.link), variants


def check(wish: Wish) -> Wish:
    """Return the wish with clean words. Raises ValidationError, by field, if it cannot be."""
    if wish.what is What.SHIFT:
        if not wish.by:
            raise ValidationError({"days": "Say by how much, in days, hours or minutes."})
        if abs(wish.by) > timedelta(days=DAYS_MAX):
            raise ValidationError({"days": f"{DAYS_MAX} days are the most."})
        return wish
    if wish.what is What.ACCOUNT:
        if wish.account is None:
            raise ValidationError({"account": "Choose an account."})
        return wish
    return _check_words(wish)


def _check_words(wish: Wish) -> Wish:
    find, instead = clean_text(wish.find, "find"), clean_text(wish.instead, "instead")
    if wish.what is What.HASHTAG:
        find, instead = find.removeprefix("#"), instead.removeprefix("#")
        for name, tag in (("find", find), ("instead", instead)):
            if tag and not _TAG.fullmatch(tag):
                raise ValidationError({name: "A hashtag is one word of letters and digits."})
    if not find:
        raise ValidationError({"find": "Say what is to be replaced."})
    if max(len(find), len(instead)) > FIND_MAX and wish.what is not What.LINK:
        raise ValidationError({"find": f"{FIND_MAX} characters are the most."})
    if find == instead:
        raise ValidationError({"instead": "That is what stands there already."})
    if wish.what is What.LINK:
        if not instead:
            raise ValidationError({"instead": "Write the new link."})
        try:
            clean_link(instead)
        except ValidationError as error:
            raise ValidationError({"instead": error.messages}) from error
    return Wish(wish.what, find=find, instead=instead, any_case=wish.any_case)


def _span(by: timedelta) -> str:
    minutes = int(by.total_seconds()) // 60
    parts = ((minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute"))
    return " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)
