"""What is known of a post nobody is sure about, in the order it happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from posting.models import Post, PostAttempt, PublishStep

NO_ANSWER = (PostAttempt.Outcome.UNKNOWN, PostAttempt.Outcome.ABANDONED)


@dataclass(frozen=True)
class Clue:
    """One thing that was seen, and when."""

    at: datetime
    icon: str
    words: str
    detail: str = ""


def evidence(post: Post) -> list[Clue]:
    """Return the clues: steps without an answer, attempts that ended in the dark, later looks."""
    clues = [*_open_steps(post), *_dark_attempts(post), *_looks(post)]
    return sorted(clues, key=lambda clue: clue.at)


def _open_steps(post: Post) -> Iterator[Clue]:
    for step in post.steps.all():
        if step.state == PublishStep.State.STARTED:
            words = f"The step “{step.key}” began, and no answer to it was stored"
            detail = f"{step.get_kind_display()}; key {step.idempotency_key or 'none'}"
            yield Clue(step.started_at, "arrow-up", words, detail)


def _dark_attempts(post: Post) -> Iterator[Clue]:
    for attempt in post.attempt_rows.all():
        if attempt.status not in NO_ANSWER:
            continue
        if attempt.exchanges:
            yield _request_that_left(attempt)
        yield Clue(
            attempt.ended_at,
            "plug-circle-xmark",
            attempt.error_message or attempt.get_status_display(),
            f"after {attempt.seconds:,.1f} s",
        )


def _request_that_left(attempt: PostAttempt) -> Clue:
    last = attempt.exchanges[-1]
    left = attempt.ended_at - timedelta(seconds=float(last.get("seconds") or 0))
    words = f"{last.get('bytes_written') or 0:,} bytes of the request left this server"
    return Clue(left, "arrow-up", words, _first_line(last.get("request")))


def _first_line(text: object) -> str:
    return str(text or "").split("\n", 1)[0][:120]


def _looks(post: Post) -> Iterator[Clue]:
    for event in post.events.all():
        if event.evidence and event.old == event.new:
            yield Clue(event.at, "eye", event.sentence, event.evidence)
