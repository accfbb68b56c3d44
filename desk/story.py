"""What a post's state means, in sentences: what happened, what it means, what to do."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.text import Truncator

from desk.answers import Answer
from desk.decisions import is_half_out, lacks_approval, may_be_out, waits_for_approval
from desk.words import moment, span, when, zoned
from platforms.parts import parts_out
from posting.approvals import needs_approval
from posting.models import Post, PostEvent
from posting.spending import CAPPED
from posting.states import BY_PEOPLE, Hold, Status
from posting.verifying import GONE, MISSING, OTHERWISE, THERE, last_seen

SHOWN = 300  # characters of another text


@dataclass(frozen=True)
class Line:
    words: str
    lead: str = ""


@dataclass(frozen=True)
class Story:
    title: str
    lines: list[Line] = field(default_factory=list)
    look: str = ""  # the state whose colour and icon it takes; empty: the post's own


def told(happened: str, means: str, do: str) -> list[Line]:
    return [
        Line(happened, "What happened."),
        Line(means, "What it means."),
        Line(do, "What to do."),
    ]


def story_of(post: Post, now: datetime, refusal: Answer | None = None) -> Story:
    """Return what the page says about a post whose state is known.

    `refusal` is somebody's no to the post as it stands.
    """
    if refusal and waits_for_approval(post, now):
        return _declined(refusal)
    return STORIES[Status(post.status)](post, now)


def _declined(refusal: Answer) -> Story:
    return Story(
        "This post was declined",
        told(
            f"{refusal.approval.by} said: {refusal.declined}",
            "It does not go out as it stands. It is kept, with its time if it has one.",
            "Change the words, and it asks for an approval again; or cancel it.",
        ),
    )


def _ready(post: Post, now: datetime) -> Story:
    if waits_for_approval(post, now):
        return Story("This post waits for approval", [Line(_approval(post))])
    if post.held_by & BY_PEOPLE:
        return Story("This post is ready and on hold", _holds(post))
    return Story(
        "This post is ready and has no time",
        [Line("It goes out when someone gives it a time, or publishes it now.")],
    )


def _approval(post: Post) -> str:
    if needs_approval(post.account):
        return f"{post.account.name} asks for an approval. Without one the post does not go out."
    return "An approval was asked for. Without one the post does not go out."


def _scheduled(post: Post, now: datetime) -> Story:
    lines = []
    if post.error_sentence:
        lines.append(Line(post.error_sentence, "What happened."))
    if waits_for_approval(post, now):
        lines.append(Line(_approval(post)))
    lines += _holds(post)
    if not post.account.can_send:
        state = post.account.get_state_display().lower()
        lines.append(
            Line(f"{post.account.name} cannot send: {state}. {post.account.state_reason}".strip())
        )
    return Story(_leaving(post, now), lines or [Line("It goes out by itself.")])


def _leaving(post: Post, now: datetime) -> str:
    at = post.wake_at
    if post.held_by & BY_PEOPLE:
        return f"This post is on hold; its time is {zoned(post.due_at)}"
    if at is None or at <= now:
        return "This post is due and waits for a worker"
    if post.error_class == CAPPED:
        return f"This post waits for its account’s monthly cap, until {moment(at)}"
    if post.is_being_prepared:
        name = post.account.platform.name
        return f"{name} prepares this post; it is looked at again at {moment(at)}"
    if post.error_sentence:
        return f"This post is tried again at {moment(at)}, in {span(at - now)}"
    return f"This post goes out at {zoned(at)}, in {span(at - now)}"


def _publishing(post: Post, now: datetime) -> Story:
    means = "Nothing can be changed while it is on its way. This page follows by itself."
    return Story("A worker is sending this post", [Line(means)])


def _published(post: Post, now: datetime) -> Story:
    if post.confirmed_by:
        seen = f"{post.confirmed_by} saw it there at {zoned(post.confirmed_at)}."
        return Story("This post is out, on a person’s word", [Line(seen)])
    number = f"{post.platform.name} gave it the number {post.remote_id}."
    look = last_seen(post)
    if other_way := _other_way(post):
        number = f"{other_way} {number}"
    if look and look.sentence in MISSING:
        return _vanished(post, look)
    return Story("This post is out", [Line(number), *_looked_at(post, look)])


def _other_way(post: Post) -> str:
    """How it went out where that was not as planned."""
    ways = [f"by {post.account.name} instead of {post.meant_for.name}"] if post.meant_for else []
    ways += ["without its video, which was refused"] if post.without_video else []
    return f"It went out {', and '.join(ways)}." if ways else ""


def _vanished(post: Post, seen: PostEvent) -> Story:
    name = post.platform.name
    gone = seen.sentence == GONE
    return Story(
        "This post was out and is not there any more"
        if gone
        else f"{name} shows this post to nobody",
        told(
            f"{name} took it as {post.remote_id}. Looked at {moment(seen.at)}: {seen.evidence}",
            "Nobody sees it. It is not sent again by itself.",
            f"Look at the account. Post it again if it is to be seen; if {name} or somebody there "
            "took it away for good, say so here.",
        ),
        look=Status.FAILED,
    )


def _looked_at(post: Post, seen: PostEvent | None) -> list[Line]:
    """What the last look found, and when the next is."""
    lines = []
    if seen is not None and seen.sentence == OTHERWISE:
        words = Truncator(seen.evidence).chars(SHOWN)
        lines.append(Line(f"Looked at {moment(seen.at)}: it is there with another text. {words}"))
    elif seen is not None:
        found = "it is there, as it was sent" if seen.sentence == THERE else "nobody could tell"
        why = "" if seen.sentence == THERE else f": {seen.evidence}"
        lines.append(Line(f"Looked at {moment(seen.at)}: {found}{why}{'' if why else '.'}"))
    if post.next_look_at:
        lines.append(Line(f"It is looked at again at {moment(post.next_look_at)}."))
    return lines


def _failed(post: Post, now: datetime) -> Story:
    happened = post.error_sentence or "The post could not be sent."
    if may_be_out(post):
        return Story(
            "This post counts as failed, and may be out",
            told(
                happened,
                "The request left and its answer never came, so nobody knows whether it is out.",
                "Look at the account. Send it again only if it is not there.",
            ),
        )
    if is_half_out(post):
        return _half_out(post, happened)
    return Story(
        "This post is not out",
        told(
            happened,
            "Nothing of it is out, and nothing more is tried by itself.",
            _before(post, "put right what was refused and retry, or cancel the post."),
        ),
    )


def _half_out(post: Post, happened: str) -> Story:
    out, name = len(parts_out(post.steps.all())), post.platform.name
    said = "1 post of it is" if out == 1 else f"{out} posts of it are"
    return Story(
        "Part of this thread is out",
        told(
            happened,
            f"{said} out at {name} and can be read there; the rest is not.",
            "Go on with it, delete what is out, or leave it so.",
        ),
    )


def _before(post: Post, do: str) -> str:
    """What to do, with the approval first where one is missing."""
    return f"Approve it first; then {do}" if lacks_approval(post) else f"{do[0].upper()}{do[1:]}"


def _missed(post: Post, now: datetime) -> Story:
    late = f" and is {span(now - post.due_at)} late" if post.due_at else ""
    return Story(
        "This post missed its time",
        told(
            f"It was due at {zoned(post.due_at)}{late}. We did not send it.",
            _too_late(post),
            _before(post, "publish it now, choose a new time, or cancel it."),
        ),
    )


def _too_late(post: Post) -> str:
    if lacks_approval(post):
        return "It is not out. Nobody had approved it."
    return f"It is not out. {post.account.name} allows {span(post.account.late_limit)}."


def _cancelled(post: Post, now: datetime) -> Story:
    return Story("This post was cancelled", [Line("It does not go out. The piece is kept.")])


def _removed(post: Post, now: datetime) -> Story:
    out = f"It was out from {when(post.published_at)}." if post.published_at else ""
    return Story(f"This post was deleted at {post.platform.name}", [Line(out)] if out else [])


def _holds(post: Post) -> list[Line]:
    ends = f"until {zoned(post.held_until)}" if post.held_until else "until somebody releases it"
    held = Line(f"Somebody put it on hold. It does not go out {ends}.")
    lines = [held] if Hold.PERSON in post.held_by else []
    if Hold.LABEL in post.held_by:
        for label in post.piece.labels.filter(held=True):
            end = f"until {zoned(label.held_until)}" if label.held_until else "until it is released"
            lines.append(Line(f"Its label “{label}” is on hold {end}. It does not go out before."))
    return lines


STORIES = {
    Status.READY: _ready,
    Status.SCHEDULED: _scheduled,
    Status.PUBLISHING: _publishing,
    Status.PUBLISHED: _published,
    Status.FAILED: _failed,
    Status.MISSED: _missed,
    Status.CANCELLED: _cancelled,
    Status.REMOVED: _removed,
}
