"""One press that puts something right: what problems offer, and what it does to the form."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from content.hashtags import tags_in, with_tags
from content.rendering import ChannelContent
from content.shortening import shorten
from desk.compose.composition import Composition, Place
from desk.compose.filled import Own, Picked
from desk.numbers import whole
from platforms.splitting import without_cuts
from platforms.values import Limits, Problem


@dataclass(frozen=True)
class Fix:
    """A button. `value` is what the form sends; `field` is where the cursor goes instead."""

    words: str
    value: str = ""
    field: str = ""


def fixes_for(problem: Problem, place: Place, limits: Limits, pictures: list[Picked]) -> list[Fix]:
    """Return the buttons beside a problem; none where only a person can find the words."""
    key, name = place.channel_key, place.called
    if problem.code == "text_too_long":
        thread = [Fix("Make it a thread", f"thread:{key}")] if _thread_beside(place) else []
        return [*thread, Fix("Shorten", f"shorten:{key}")]
    if problem.code == "too_many_images" and limits.images_max:
        many = "the first" if limits.images_max == 1 else f"the first {limits.images_max}"
        return [Fix(f"Send only {many}", f"first:{key}:{limits.images_max}")]
    if problem.code in ("too_many_videos", "too_many_images") and not limits.media_min:
        return [Fix(f"No picture or video on {name}", f"first:{key}:0")]
    if problem.code == "cuts_shown":
        return [Fix(f"Leave them out on {name}", f"uncut:{key}")]
    if problem.code == "link_with_picture":
        return [
            Fix("Write the link into the text", f"link-into-text:{key}"),
            Fix(f"No picture on {name}", f"first:{key}:0"),
        ]
    if 1 <= problem.picture <= len(pictures):
        return _picture_fixes(problem.code, pictures[problem.picture - 1].id, key)
    return []


def _thread_beside(place: Place) -> str:
    """Return the channel of the same account that makes threads; empty where there is none."""
    account = place.account
    others = [slug for slug in _channels(place) if slug != place.channel.slug]
    limits = {slug: account.platform.adapter.limits(slug, account.facts) for slug in others}
    return next((slug for slug in others if limits[slug].part_max), "")


def _channels(place: Place) -> list[str]:
    return [channel.slug for channel in place.account.platform.adapter.channels]


def _picture_fixes(code: str, picture: int, key: str) -> list[Fix]:
    if code == "picture_cut":
        return [Fix("Choose what stays", field=f"focus-x-{picture}"), Fix("Whole", f"whole:{key}")]
    if code == "alt_missing":
        return [Fix("Describe", field=f"alt-{picture}"), Fix("Decorative", f"decorative:{picture}")]
    if code == "alt_too_long":
        return [Fix("Shorten it", field=f"alt-{picture}")]
    return [Fix("Remove it", f"remove:{picture}")]


def apply_fix(composition: Composition, asked: str) -> None:
    """Change the form as the button says. A button that is out of date changes nothing, and so does
    `check`, which only has the form looked at."""
    name, _, more = asked.partition(":")
    fix = FIXES.get(name)
    if fix:
        fix(composition, more)


def _own(composition: Composition, key: str) -> Own:
    return composition.filled.own.setdefault(key, Own())


def _shorten(composition: Composition, key: str) -> None:
    places = [place for place in composition.chosen if place.channel_key == key]
    for place in sorted(places, key=lambda place: place.limits.text_max)[:1]:
        content: ChannelContent = composition.content_for(place)
        _own(composition, key).text = shorten(content, place.channel.slug, place.limits)


def _thread(composition: Composition, key: str) -> None:
    """Let accounts that would have one post have a thread instead, with what is said only there."""
    to = {name: name for name in composition.filled.to}
    for place in composition.chosen:
        if place.channel_key == key and (slug := _thread_beside(place)):
            to[place.name] = f"{place.account.pk}/{slug}"
            own = composition.filled.own
            if key in own:
                own.setdefault(f"{place.account.platform.slug}/{slug}", own[key])
    composition.filled.to = list(dict.fromkeys(to.values()))


def _first(composition: Composition, asked: str) -> None:
    key, _, number = asked.rpartition(":")
    if key and number.isascii() and number.isdigit():
        _own(composition, key).pictures = whole(number)


def _whole(composition: Composition, key: str) -> None:
    _own(composition, key).chosen["whole_pictures"] = "1"


def _link_into_text(composition: Composition, key: str) -> None:
    own, shared = _own(composition, key), composition.shared
    text = own.text.strip() or shared.text
    if shared.link and shared.link not in text:
        text = f"{text}\n\n{shared.link}".strip()
    own.text, own.no_link = text, True


def _hashtags(composition: Composition, asked: str) -> None:
    """Put a group of hashtags at the end of the text, or of a channel's own."""
    pk, _, key = asked.partition(":")
    group = next((one for one in composition.hashtag_groups if str(one.pk) == pk), None)
    if group is None:
        return
    tags = tags_in(group.tags)
    if key in composition.channels:
        own = _own(composition, key)
        own.text = with_tags(own.text.strip() or composition.shared.text, tags)
    elif not key:
        composition.filled.text = with_tags(composition.filled.text, tags)


def _uncut(composition: Composition, key: str) -> None:
    own = _own(composition, key)
    own.text = without_cuts(own.text.strip() or composition.shared.text)


def _reset(composition: Composition, key: str) -> None:
    composition.filled.own.pop(key, None)


def _decorative(composition: Composition, id_: str) -> None:
    for picked in composition.filled.pictures:
        picked.decorative = picked.decorative or str(picked.id) == id_


def _remove(composition: Composition, id_: str) -> None:
    pictures = composition.filled.pictures
    pictures[:] = [picked for picked in pictures if str(picked.id) != id_]


def _earlier(composition: Composition, id_: str) -> None:
    _swap_with_next(composition.filled.pictures, lambda _, after: str(after.id) == id_)


def _later(composition: Composition, id_: str) -> None:
    _swap_with_next(composition.filled.pictures, lambda before, _: str(before.id) == id_)


def _swap_with_next(pictures: list[Picked], meant: Callable[[Picked, Picked], bool]) -> None:
    for place, (before, after) in enumerate(pairwise(pictures)):
        if meant(before, after):
            pictures[place : place + 2] = after, before
            return


def _last_set(composition: Composition, _: str) -> None:
    composition.filled.to = list(composition.last_set)


def _at(composition: Composition, wall: str) -> None:
    day, _, time = wall.partition("T")
    composition.filled.day, composition.filled.time = day[:40], time[:40]


def _keep_mine(composition: Composition, _: str) -> None:
    if composition.piece:
        composition.filled.piece_edits = composition.piece.edits


FIXES: dict[str, Callable[[Composition, str], None]] = {
    "shorten": _shorten,
    "thread": _thread,
    "first": _first,
    "whole": _whole,
    "link-into-text": _link_into_text,
    "uncut": _uncut,
    "hashtags": _hashtags,
    "reset": _reset,
    "decorative": _decorative,
    "remove": _remove,
    "earlier": _earlier,
    "later": _later,
    "last-set": _last_set,
    "at": _at,
    "keep-mine": _keep_mine,
}
