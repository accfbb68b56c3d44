"""How long writing takes and what it costs, by what it took before."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg

from content.llm.endpoint import Endpoint, tokens_in
from content.models import LlmInteraction
from content.writers.brief import Brief
from content.writers.question import question_for

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


def dollars_for(briefs: list[tuple[Brief, str]], endpoint: Endpoint) -> Decimal | None:
    """Return what questions with these templates may cost, without repairs; None if unknown.

    The answer counts with the tokens of a text as long as the channel takes, up to what the model
    may write.
    """
    total = Decimal(0)
    for brief, template in briefs:
        asked = sum(tokens_in(one["content"]) for one in question_for(brief, template).messages)
        cost = endpoint.cost(asked, min(brief.room, 1_500) // 3 + 1)
        if cost is None:
            return None
        total += cost
    return total
