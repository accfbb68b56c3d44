"""One item from claim to piece. No transaction is open while anybody is asked."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from content.llm.client import Question, Reply
from content.llm.endpoint import endpoint
from content.llm.errors import Busy, ModelError, NotSetUp
from content.models import LlmInteraction, WritingItem, WritingRun
from content.writers import queue
from content.writers.brief import Brief, brief_for
from content.writers.modelled import Written, write_with_model
from content.writers.offline import NothingToWrite, write_offline
from content.writers.prompts import template_for
from content.writing import without_unusable
from organisation.clock import database_now
from organisation.faults import logged
from platforms.clock import boottime
from platforms.failpoints import reached
from platforms.registry import UnknownPlatform


def write_next() -> bool:
    """Take one item that waits, and write it; False when none waits.

    A fault that nobody foresaw is logged, and leaves the item to its lease: it is put back once.
    """
    item = queue.claim(database_now())
    if item is None:
        return False
    with logged(f"Writing item {item.pk} failed."):
        _write(item)
    return True


def _write(item: WritingItem) -> None:
    begun = boottime()
    try:
        brief = brief_for(item.section, item.account, item.channel_type, tone=item.run.tone)
        reached("writing: before the text")
        written = _written(item, brief)
        reached("writing: after the text")
        queue.settle(
            item,
            written,
            length=brief.length(written.text),
            over=brief.over(written.text),
            seconds=round(boottime() - begun, 3),
        )
    except Busy as busy:
        queue.pause(item, busy.sentence, database_now() + timedelta(seconds=busy.wait or 0))
    except ModelError as error:
        queue.fail(item, error.sentence)
        if error.of_endpoint:
            queue.hold_back(item, error.sentence)
    except (NothingToWrite, UnknownPlatform) as error:
        queue.fail(item, str(error))
    except ValidationError as error:
        queue.fail(item, " ".join(error.messages))


def _written(item: WritingItem, brief: Brief) -> Written:
    if item.writer == WritingRun.Writer.OFFLINE:
        return write_offline(brief)
    model = endpoint()
    if model is None:
        raise NotSetUp
    template = template_for(item.run.brand, item.channel_type).text

    def keep(question: Question, reply: Reply, purpose: LlmInteraction.Purpose) -> None:
        keep_interaction(item, question, reply, purpose)

    return write_with_model(brief, template, model, keep, by=boottime() + queue.budget())


def keep_interaction(
    item: WritingItem, question: Question, reply: Reply, purpose: LlmInteraction.Purpose
) -> LlmInteraction:
    """Write down what was said, whatever came of it."""
    model = endpoint()
    return LlmInteraction.objects.create(
        brand=item.run.brand,
        item=item,
        by=item.run.by,
        purpose=purpose,
        host=model.host if model else "",
        model=(model.model if model else reply.model)[:120],
        messages=list(question.messages),
        parameters=reply.parameters,
        output=without_unusable(reply.text),
        finish_reason=without_unusable(reply.finish),
        error_kind=reply.error.kind if reply.error else "",
        error=without_unusable(reply.error.sentence) if reply.error else "",
        started_at=timezone.now() - timedelta(seconds=reply.seconds),
        seconds=reply.seconds,
        first_seconds=reply.first_seconds,
        tokens_in=reply.tokens_in,
        tokens_out=reply.tokens_out,
        cost=model.cost(reply.tokens_in, reply.tokens_out) if model else None,
    )
