"""What people have answered to a post that asks for an approval, and whether it still counts."""

from dataclasses import dataclass

from desk.words import moment
from posting.approvals import content_hash
from posting.models import Approval, Post
from posting.preparing import rendition_of


@dataclass(frozen=True)
class Answer:
    """One approval or refusal. `now` says whether it is about the post as it stands."""

    approval: Approval
    now: bool
    note: str  # why it no longer counts, or how long it does

    @property
    def declined(self) -> str:
        return self.approval.declined

    @property
    def words(self) -> str:
        return f"Declined: {self.declined}" if self.declined else "Approved"

    @property
    def look(self) -> str:
        if not self.now or (self.approval.withdrawn_at and not self.declined):
            return "off"
        return "failed" if self.declined else "published"


def answers_to(post: Post) -> list[Answer]:
    """Return the answers, the latest first."""
    given = list(post.approvals.all())
    if not given:
        return []
    current = content_hash(post, rendition_of(post, post.account))
    return [_answer(approval, approval.content_hash == current) for approval in given]


def refusal_of(answers: list[Answer]) -> Answer | None:
    """Return the no that still stands: about these words, and nobody has said anything since."""
    latest = answers[0] if answers else None
    return latest if latest and latest.declined and latest.now else None


def _answer(approval: Approval, now: bool) -> Answer:
    if approval.withdrawn_at and not approval.declined:
        return Answer(approval, now, f"Withdrawn {moment(approval.withdrawn_at)}.")
    if not now:
        return Answer(approval, now, "Of earlier words: the post has changed since.")
    window = f"Until {moment(approval.not_after)}." if approval.not_after else ""
    return Answer(approval, now, window)
