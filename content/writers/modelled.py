"""The writer that asks a language model: once, and once more when the text breaks a limit."""

from collections.abc import Callable
from dataclasses import dataclass

from content.llm.client import Question, Reply, ask
from content.llm.endpoint import Endpoint
from content.llm.errors import NothingSaid
from content.models import LlmInteraction
from content.writers.brief import Brief
from content.writers.cleaning import Cleaned, clean, is_data
from content.writers.question import (
    MATERIAL_MAX,
    question_for,
    repair_of,
    told_to_model,
    was_cut,
)

# Keeps a question and its reply, whatever came of it, before anything else is done.
Keep = Callable[[Question, Reply, LlmInteraction.Purpose], None]
NOT_TEXT = "It is data and not a text."
UNFINISHED = "It stops in the middle: the model reached the tokens that it may write."


@dataclass(frozen=True)
class Written:
    """A text that is kept. `problem` is what a person has to mend; `remark` what was done to it."""

    text: str
    problem: str = ""
    remark: str = ""
    by: str = ""  # the model; empty: the offline writer


@dataclass(frozen=True)
class _Try:
    cleaned: Cleaned
    wrong: tuple[str, ...]  # for the model
    told: tuple[str, ...]  # for people

    @property
    def text(self) -> str:
        return self.cleaned.text


def write_with_model(
    brief: Brief, template: str, endpoint: Endpoint, keep: Keep, *, by: float
) -> Written:
    """Return what the model wrote, mended once if need be, with what is still wrong with it.

    `by`: on `platforms.clock.boottime`, when both answers together have to be over. Raises
    ModelError when the first answer did not come; a repair that fails leaves the first one.
    """
    question = question_for(brief, template)
    reply = ask(endpoint, question, by=by)
    keep(question, reply, LlmInteraction.Purpose.WRITE)
    if reply.error:
        raise reply.error
    first = _looked_at(brief, reply)
    best = _repaired(brief, endpoint, question, first, keep, by) if first.wrong else first
    if not best.text:
        raise NothingSaid
    return Written(best.text, " ".join(best.told), _remarks(brief, best), endpoint.model)


def _repaired(
    brief: Brief, endpoint: Endpoint, asked: Question, first: _Try, keep: Keep, by: float
) -> _Try:
    question = repair_of(asked, first.text, list(first.wrong))
    reply = ask(endpoint, question, by=by)
    keep(question, reply, LlmInteraction.Purpose.REPAIR)
    if reply.error:
        return first
    second = _looked_at(brief, reply)
    is_better = second.text and (
        len(second.wrong) < len(first.wrong) or brief.over(second.text) < brief.over(first.text)
    )
    return second if is_better else first


def _looked_at(brief: Brief, reply: Reply) -> _Try:
    """The text of a reply, and what the channel's own checks say of it."""
    cleaned = clean(reply.text, link=brief.link, material=f"{brief.title}\n{brief.text}")
    if not cleaned.text:
        return _Try(cleaned, ("There is no text.",), ())
    problems = brief.problems(cleaned.text)
    wrong, told = told_to_model(problems, brief), [problem.sentence for problem in problems]
    for is_so, sentence in (
        (is_data(cleaned.text), NOT_TEXT),
        (reply.finish == "length", UNFINISHED),
    ):
        if is_so:
            wrong.append(sentence)
            told.append(sentence)
    return _Try(cleaned, tuple(wrong), tuple(told))


def _remarks(brief: Brief, best: _Try) -> str:
    cut = f"Only the first {MATERIAL_MAX:,} characters of the section were read."
    return " ".join(filter(None, (best.cleaned.remark, cut if was_cut(brief) else "")))
