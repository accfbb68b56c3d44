"""Making, changing and removing schedule templates: each as a whole, audited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from organisation.audit import record
from organisation.models import Brand, User
from platforms.models import Account, ChannelType
from posting.deciding import NotPossible
from scheduling.models import ScheduleTemplate, TemplateStep
from scheduling.models.template import NAME_MAX, STEPS_MAX


@dataclass(frozen=True)
class StepWords:
    """What a person says of one step."""

    day: int
    weekday: int | None  # 0 for Monday
    at: time
    channel_type: ChannelType
    account: Account | None  # None: every account of the brand on that platform


def make_template(
    brand: Brand, name: str, steps: Sequence[StepWords], *, by: User
) -> ScheduleTemplate:
    """Make a template. Raises ValidationError, with nothing made."""
    template = ScheduleTemplate(brand=brand, name=_clean(name), created_by=by)
    _check(brand, steps)
    template.full_clean()
    with transaction.atomic():
        template.save()
        _set_steps(template, steps)
        _note("make template", f"{by} made the schedule template {template}", template, by)
    return template


def change_template(
    template: ScheduleTemplate, name: str, steps: Sequence[StepWords], *, version: int, by: User
) -> None:
    """Let the template have exactly this name and these steps. What it was applied to stays.

    Raises ValidationError; NotPossible when somebody changed it since `version` was read. Nothing
    is changed then.
    """
    template.name = _clean(name)
    _check(template.brand, steps)
    template.full_clean()
    with transaction.atomic():
        mine = ScheduleTemplate.objects.filter(pk=template.pk, version=version)
        if not mine.update(version=F("version") + 1):
            raise NotPossible(
                f"Somebody changed or removed “{template}” meanwhile. Your changes were not saved. "
                "Copy what you need, then look at the new version."
            )
        template.refresh_from_db(fields=["version"])
        template.save(update_fields=["name", "updated_at"])
        _set_steps(template, steps)
        _note("change template", f"{by} changed the schedule template {template}", template, by)


def remove_template(template: ScheduleTemplate, *, by: User) -> None:
    """Take the template away. Posts that were scheduled by it keep their times."""
    with transaction.atomic():
        _note("remove template", f"{by} removed the schedule template {template}", template, by)
        template.delete()


def _set_steps(template: ScheduleTemplate, steps: Sequence[StepWords]) -> None:
    template.steps.all().delete()
    rows = [
        TemplateStep(
            template=template, place=place, day=one.day, weekday=one.weekday, at=one.at,
            channel_type=one.channel_type, account=one.account,
        )
        for place, one in enumerate(steps)
    ]  # fmt: skip
    for row in rows:
        row.full_clean(validate_unique=False, validate_constraints=False)
    TemplateStep.objects.bulk_create(rows)


def _check(brand: Brand, steps: Sequence[StepWords]) -> None:
    if not steps:
        raise ValidationError("A template needs at least one step. Nothing was saved.")
    if len(steps) > STEPS_MAX:
        raise ValidationError(f"{STEPS_MAX} steps are the most of one template. Remove some.")
    for one in steps:
        if one.account is not None and one.account.brand_id != brand.pk:
            raise ValidationError(f"{one.account.name} belongs to another brand than {brand}.")


def _clean(name: str) -> str:
    return " ".join(name.replace("\x00", "").split())[:NAME_MAX]


def _note(verb: str, sentence: str, template: ScheduleTemplate, by: User) -> None:
    steps = "; ".join(str(step) for step in template.steps.select_related(
        "account", "channel_type__platform"))  # fmt: skip
    record(verb, f"{sentence}: {steps}.", by=by, subject=template, brand=template.brand)
