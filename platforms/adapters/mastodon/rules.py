"""What a server with Mastodon's API takes, by its own numbers, and what it would refuse.

Sources: Mastodon's documentation of `statuses`, `media` and `Instance`, and its validators.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from platforms import fediverse
from platforms.looks import Aside
from platforms.splitting import Splitter
from platforms.text import graphemes
from platforms.values import Channel, Limits, Option, Problem, Rendition, StepRecord

STATUS, THREAD = "status", "thread"
CHANNELS = (Channel(STATUS, "Post"), Channel(THREAD, "Thread", takes_edit=False))
PARTS_MAX = 25  # Mastodon names no limit; this many go out before a server asks for a pause
ROOM_MIN = 50  # characters of a post that its content warning has to leave
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

VISIBILITIES = ("public", "unlisted", "private", "direct")
VISIBILITY = Option(
    "visibility",
    "Who sees it",
    "choice",
    choices=(
        ("", "As the account is set"),
        ("public", "Everybody"),
        ("unlisted", "Everybody, but not in public lists"),
        ("private", "Followers"),
        ("direct", "Only those who are mentioned"),
    ),
)
WARNING = Option(
    "spoiler_text",
    "Content warning",
    "text",
    "Stands instead of the text and the pictures until somebody opens it. It counts with the text.",
)
SENSITIVE = Option("sensitive", "Hide pictures and videos until somebody opens them")
LANGUAGE_OF = Option(
    "language", "Language", "text", "A code such as en or pt-BR; empty: the account's own."
)
POLL_HOURS_DEFAULT = 24
POLL = Option("poll", "Poll", "text", "2 answers or more with ; between them, such as Tea; Coffee.")
POLL_HOURS = Option("poll_hours", "Hours the poll runs", "seconds", "Empty: 24 hours.")
POLL_MULTIPLE = Option("poll_multiple", "People may choose several answers of the poll")
POLL_HIDE_TOTALS = Option("poll_hide_totals", "Show the poll's votes only when it is over")
NUMBERED = Option("numbered", "Number the posts", help="1/3, 2/3 and so on at their ends.")
SHARED = (
    VISIBILITY,
    LANGUAGE_OF,
    WARNING,
    SENSITIVE,
    POLL,
    POLL_HOURS,
    POLL_MULTIPLE,
    POLL_HIDE_TOTALS,
)
OPTIONS: dict[str, tuple[Option, ...]] = {STATUS: SHARED, THREAD: (NUMBERED, *SHARED)}
# Options that every post of a thread has, and whose names Mastodon uses, too.
SAID_OF_EACH = (VISIBILITY.name, LANGUAGE_OF.name, WARNING.name, SENSITIVE.name)


def limits_of(channel: str, facts: Mapping[str, Any]) -> Limits:
    """Return what a channel takes at the server of which these facts are known."""
    limits = fediverse.limits_from(facts)
    if channel != THREAD:
        return limits
    # Cutting between sentences wastes some.
    return replace(limits, text_max=limits.text_max * (PARTS_MAX - 1), part_max=limits.text_max)


def texts_of(rendition: Rendition, limits: Limits) -> list[str]:
    """Return the text of each post; one that says nothing has pictures, or a video."""
    if rendition.channel != THREAD:
        return [rendition.text]
    room = max(limits.part_max - _warning_length(rendition, limits), ROOM_MIN)
    splitter = Splitter(lambda text, room: limits.count(text) <= room, room)
    return splitter.parts(rendition.text, bool(rendition.options.get(NUMBERED.name))) or [""]


def texts_sent(rendition: Rendition, limits: Limits, steps: Sequence[StepRecord]) -> list[str]:
    """Return the texts as they were cut when the first was sent: servers change their limits."""
    for step in steps:
        if step.key == "parts" and step.result:
            return [str(text) for text in step.result["texts"]]
    return texts_of(rendition, limits)


def _warning_length(rendition: Rendition, limits: Limits) -> int:
    return limits.count(str(rendition.options.get(WARNING.name) or ""))


def aside_of(rendition: Rendition) -> Aside:
    """Return what readers see around the text."""
    options = rendition.options
    seen_by = dict(VISIBILITY.choices).get(str(options.get(VISIBILITY.name) or "public"), "")
    return Aside(
        warning=str(options.get(WARNING.name) or ""),
        answers=tuple(answers_of(options.get(POLL.name))),
        several=bool(options.get(POLL_MULTIPLE.name)),
        notes=(seen_by,) if seen_by and options.get(VISIBILITY.name) else (),
    )


def problems_of(rendition: Rendition, limits: Limits) -> Iterator[Problem]:
    """Yield what the server would refuse."""
    if rendition.channel == THREAD:
        yield from _thread_problems(rendition, limits)
    else:
        yield from _warning_problems(rendition, limits)
    yield from _option_problems(rendition)
    yield from _poll_problems(rendition, limits)


def _warning_problems(rendition: Rendition, limits: Limits) -> Iterator[Problem]:
    """The content warning counts with the text."""
    text = limits.count(rendition.text)
    both = text + _warning_length(rendition, limits)
    if text <= limits.text_max < both:
        yield Problem(
            "text_too_long",
            f"The text and its content warning have {both:,} {limits.unit} together and Mastodon "
            f"takes {limits.text_max:,}. Shorten them by {both - limits.text_max:,}.",
        )


def _thread_problems(rendition: Rendition, limits: Limits) -> Iterator[Problem]:
    warning = _warning_length(rendition, limits)
    if warning > limits.part_max - ROOM_MIN:
        yield Problem(
            WARNING.name,
            f"The content warning has {warning:,} {limits.unit} and stands with each post of the "
            f"thread, which takes {limits.part_max:,} with it. Shorten it.",
        )
        return
    texts = texts_of(rendition, limits)
    if len(texts) > PARTS_MAX:
        yield Problem(
            "thread_too_long",
            f"The text becomes {len(texts)} posts and a thread may have {PARTS_MAX}. Shorten it.",
        )
    elif len(texts) < 2:
        yield Problem(
            "thread_of_one",
            "The text fits into one post, so this is no thread. It goes out as one post.",
            level="warn",
        )


def _option_problems(rendition: Rendition) -> Iterator[Problem]:
    known = {option.name: option for option in OPTIONS[rendition.channel]}
    for name, value in rendition.options.items():
        if name not in known:
            yield Problem("unknown_option", f"Mastodon has no option “{name}” here. Remove it.")
        elif known[name].kind == "flag" and not isinstance(value, bool):
            yield Problem(name, f"“{known[name].label}” is on or off.")
    if rendition.options.get(VISIBILITY.name, "public") not in VISIBILITIES:
        yield Problem(VISIBILITY.name, f"Choose a visibility from {', '.join(VISIBILITIES)}.")
    if not isinstance(rendition.options.get(WARNING.name, ""), str):
        yield Problem(WARNING.name, "The content warning is a text. Correct it.")
    language = rendition.options.get(LANGUAGE_OF.name)
    if language is not None and not (isinstance(language, str) and LANGUAGE.fullmatch(language)):
        yield Problem(LANGUAGE_OF.name, "The language is a code such as en or pt-BR. Correct it.")


def _poll_problems(rendition: Rendition, limits: Limits) -> Iterator[Problem]:
    said, hours = (rendition.options.get(option.name) for option in (POLL, POLL_HOURS))
    if said is None:
        if any(
            rendition.options.get(o.name) for o in (POLL_HOURS, POLL_MULTIPLE, POLL_HIDE_TOTALS)
        ):
            yield Problem(
                POLL.name, "Something is chosen for a poll, and it has no answers. Add them."
            )
        return
    if rendition.media:
        yield Problem(
            "poll_with_media", "Mastodon shows a poll or media, not both. Remove one of them."
        )
    if limits.poll is None:
        return
    answers = answers_of(said)
    if not 2 <= len(answers) <= limits.poll.answers_max:
        yield Problem(
            POLL.name,
            f"A poll has 2 to {limits.poll.answers_max} answers at this server. Write them with ; "
            "between: Tea; Coffee.",
        )
    if any(graphemes(answer) > limits.poll.answer_max for answer in answers):
        yield Problem(
            POLL.name,
            f"An answer has {limits.poll.answer_max} characters at most at this server. "
            "Shorten it.",
        )
    if len(set(answers)) < len(answers):
        yield Problem(POLL.name, "Two answers of the poll are the same. Change one of them.")
    least, most = limits.poll.seconds_min, limits.poll.seconds_max
    if hours is not None and not least <= seconds_of(hours) <= most:
        yield Problem(
            POLL_HOURS.name,
            f"A poll runs for {least / 3600:.2g} to {most / 3600:,.0f} hours at this server. "
            "Correct it.",
        )


def answers_of(said: Any) -> list[str]:
    """Return a poll's answers, which the form writes into one line."""
    parts = said.split(";") if isinstance(said, str) else said if isinstance(said, list) else []
    return [str(part).strip() for part in parts if str(part).strip()]


def seconds_of(hours: Any) -> int:
    """Return the seconds of a number of hours; 0 for what is none."""
    is_number = isinstance(hours, int | float) and not isinstance(hours, bool)
    return round(hours * 3600) if is_number and abs(hours) < 1e6 else 0
