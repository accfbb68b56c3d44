"""How long writing takes and what it costs, by what it took before."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg

from content.llm.endpoint import Endpoint, tokens_in
from content.models import LlmInteraction
from content.writers.brief import Brief
from content.writers.question import question_for

READ = 1_500  # characters; longer texts are rarely written
LOOKED_AT = 50  # the latest answers of the model


@dataclass(frozen=True)
class Usual:
    """What an answer of a model took on average; None where it never gave one."""

    seconds: float | None = None
    tokens: float | None = None


def usual(model: str) -> Usual:
    """Return the averages of the model's latest answers that went well."""
    latest = LlmInteraction.objects.went_well().filter(model=model)[:LOOKED_AT]
    found = LlmInteraction.objects.filter(pk__in=[one.pk for one in latest.only("pk")]).aggregate(
        seconds=Avg("seconds"), tokens=Avg("tokens_out")
    )
    return Usual(found["seconds"], found["tokens"])


def dollars_for(brief: Brief, template: str, endpoint: Endpoint, known: Usual) -> Decimal | None:
    """Return about what one piece costs, without a repair; None where no price is set.

    The answer counts as it usually does or, before there was any, as a text that fills the
    channel up to what is read.
    """
    asked = sum(tokens_in(one["content"]) for one in question_for(brief, template).messages)
    written = round(known.tokens) if known.tokens else min(brief.room, READ) // 3 + 1
    return endpoint.cost(asked, written)
