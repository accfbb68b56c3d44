"""Times by a template: its steps, counted from a start, for one piece after the other."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from content.models import PieceVersion
from platforms.models import Account
from scheduling.bulk.asking import Asked, Candidate, Placed
from scheduling.models import TemplateStep
from scheduling.recurring.instants import moment_of
from scheduling.walltime import zone_named


def place_by_template(asked: Asked) -> list[Placed]:
    """Apply the template to each piece; the next one starts `apart` days later. Two queries.

    The times are the template's own, whatever speaks against them: that is told. One that the
    clocks skip moves forward, and of two equal ones the first counts.
    """
    if asked.template is None:
        raise ValueError("a template is asked for")
    steps = list(asked.template.steps.select_related("account__platform", "channel_type__platform"))
    on_platform: dict[int, list[Account]] = {}
    accounts = Account.objects.filter(brand=asked.brand).select_related("platform", "brand")
    for account in accounts.order_by("name", "pk"):
        on_platform.setdefault(account.platform_id, []).append(account)
    return [
        placed
        for number, version in enumerate(asked.versions)
        for step in steps
        for placed in _placed(
            version, step, asked.first + timedelta(days=number * asked.apart), on_platform
        )
    ]


def _placed(
    version: PieceVersion, step: TemplateStep, start: date, on_platform: dict[int, list[Account]]
) -> Iterator[Placed]:
    own = step.account
    there = on_platform.get(step.channel_type.platform_id, [])
    accounts = [one for one in there if one.pk == own.pk] if own else there
    nominal = datetime.combine(step.date_from(start), step.at)
    for account in accounts:
        moment = moment_of(nominal, zone_named(account.timezone))
        candidate = Candidate(version, account, step.channel_type)
        yield Placed.by_clock(candidate, moment, f"Step {step.place + 1}: {step.when}")
