"""What people do with recurring plans: make, change from a time on, skip, pause, resume, end.

Each takes the plan's row by the version the person saw, in one transaction with all that follows
from it. Posts that are out, or on their way, stay, and are named.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from content.models import Piece
from organisation.audit import record
from organisation.models import Brand, User
from organisation.notices import resolve_notice
from platforms.models import Account, ChannelType
from posting.deciding import NotPossible, cancel
from posting.holding import HOLDABLE, hold, release
from posting.models import Post
from posting.states import Hold, Status
from scheduling.models import Occurrence, Schedule, ScheduleTarget
from scheduling.recurring.instants import Moment, moment_of
from scheduling.recurring.rules import Rule
from scheduling.recurring.times import upcoming
from scheduling.walltime import wall_text, zone_named

FAR = timedelta(days=366 * 5)
GONE = (Status.CANCELLED, Status.REMOVED)
WITH_POST = ("post__account__platform", "post__brand", "post__piece", "target")


@dataclass(frozen=True)
class PlanWords:
    """What a person says of a plan in the form."""

    piece: Piece
    channels: Sequence[tuple[Account, ChannelType]]
    rule: Rule
    start: datetime  # a wall time
    zone: str = ""  # empty: each account's own


@dataclass
class Outcome:
    """What became of the posts a change was about."""

    kept: list[Post] = field(default_factory=list)  # on their way or out
    changed: int = 0


def make_plan(brand: Brand, words: PlanWords, *, by: User, now: datetime) -> Schedule:
    """Make a plan. Its posts are made by `expanding`. Raises ValidationError, with nothing made."""
    _check(brand, words, now)
    with transaction.atomic():
        plan = _create(brand, words, by)
        record("make plan", f"{by} made a recurring plan of “{words.piece}”: {words.rule}.",
               by=by, subject=plan, brand=brand)  # fmt: skip
    return plan


def change_from(
    plan: Schedule, nominal: datetime, words: PlanWords, *, version: int, by: User, now: datetime
) -> tuple[Schedule, Outcome]:
    """Let another plan take over at this nominal time; return it and what became of the posts.

    Earlier times stay as they are. Posts of later ones are cancelled and made anew; one that is
    out or on its way stays, and its day gets no second one; a time that was skipped stays skipped.
    Raises NotPossible when somebody changed the plan meanwhile; ValidationError for a plan that
    could never be, or would begin before this time. Nothing is changed then.
    """
    _require(plan, Schedule.State.ACTIVE, Schedule.State.PAUSED)
    if plan.followed_by.exclude(state=Schedule.State.ENDED).exists():
        raise NotPossible(
            "Another plan takes over from this one already. Change that one, or end it first."
        )
    _check(plan.brand, words, now)
    if words.start.date() < nominal.date():
        raise ValidationError(
            f"The change begins on {nominal.day} {nominal:%B %Y}, so the plan cannot start "
            "earlier. What was before stays as it is."
        )
    with transaction.atomic():
        state, before = plan.state, _until_before(plan, nominal)
        _take(plan, version, rule=before.text)
        later = Occurrence.objects.filter(
            target__schedule=plan, nominal__gte=wall_text(nominal), instant__gt=now
        )
        rows = list(later.select_related(*WITH_POST))
        seen_to = [row for row in rows if row.state == Occurrence.State.SKIPPED or _is_gone(row)]
        outcome = _cancel(rows, by, now, "The plan changed from here on.")
        kept = [row for row in rows if row.state == Occurrence.State.MADE]
        follower = _create(plan.brand, words, by, state=state, follows=plan)
        _carry(seen_to + kept, follower, now)
        resolve_notice(f"plan:{plan.pk}", now)
        record("change plan", f"{by} changed the recurring plan of “{plan.piece}” from "
               f"{nominal:%Y-%m-%d %H:%M} on: {words.rule}.", by=by, subject=follower,
               brand=plan.brand)  # fmt: skip
    return follower, outcome


def skip(target: ScheduleTarget, nominal: datetime, *, by: User, now: datetime) -> None:
    """Leave one time out. Raises NotPossible for a time that has passed, or is none of the plan;
    and when its post is out or on its way.
    """
    plan = target.schedule
    moment = moment_of(nominal, plan.zone_of(target.account))
    if moment.instant <= now or not plan.checked_rule.names(nominal, plan.starts):
        raise NotPossible("This is no time to come of this plan. Nothing was skipped.")
    with transaction.atomic():
        Schedule.objects.filter(pk=plan.pk).update(updated_at=Now())  # one after the other
        row, _ = Occurrence.objects.get_or_create(
            target=target,
            nominal=wall_text(nominal),
            defaults={"instant": moment.instant, "reason": "", "state": Occurrence.State.SKIPPED},
        )
        if row.post and not _is_gone(row):
            cancel(row.post, by=by, now=now)
        row.state, row.reason = Occurrence.State.SKIPPED, f"{by} skipped it."
        row.save()
        record("skip", f"{by} skipped {row}.", by=by, subject=plan, brand=plan.brand)


def unskip(occurrence: Occurrence, *, by: User, now: datetime) -> None:
    """Have a skipped time after all; its post is made with the next run. Raises NotPossible."""
    plan = occurrence.target.schedule
    if occurrence.instant <= now:
        raise NotPossible("This time has passed. Post the piece by itself if it is still wanted.")
    with transaction.atomic():
        _take(plan, plan.version, state=plan.state)
        # The cancelled post stays in the history; a new one takes its place.
        rows = Occurrence.objects.filter(pk=occurrence.pk, state=Occurrence.State.SKIPPED)
        waits = {"state": Occurrence.State.REFUSED, "reason": "It is made in a moment."}
        if not rows.update(post=None, tried_at=None, **waits):
            raise NotPossible("This time is not skipped any more.")
        Schedule.objects.filter(pk=plan.pk).update(made_through=None)
        record("have again", f"{by} no longer skips {occurrence}.", by=by, subject=plan,
               brand=plan.brand)  # fmt: skip


def pause(plan: Schedule, *, version: int, by: User, now: datetime) -> Outcome:
    """Make no more posts, and hold back those that wait. Raises NotPossible."""
    _require(plan, Schedule.State.ACTIVE)
    outcome = Outcome()
    with transaction.atomic():
        _take(plan, version, state=Schedule.State.PAUSED)
        for row in _waiting(plan):
            if Hold.PERSON not in row.post.held_by:
                row.paused = _done(hold, row.post, outcome, by, now)
                row.save(update_fields=["paused"])
        record("pause plan", f"{by} paused {plan}.", by=by, subject=plan, brand=plan.brand)
    return outcome


def resume(plan: Schedule, *, version: int, by: User, now: datetime) -> Outcome:
    """Go on. Times that passed meanwhile are left out, so that nothing goes out in a heap.

    What a person put on hold by itself stays on hold.
    """
    _require(plan, Schedule.State.PAUSED)
    outcome = Outcome()
    with transaction.atomic():
        _take(plan, version, state=Schedule.State.ACTIVE, made_through=None)
        held = [row for row in _waiting(plan) if row.paused]
        passed = [row for row in held if row.post.due_at is not None and row.post.due_at <= now]
        _cancel(passed, by, now, "The plan was paused at this time.")
        for row in held:
            if row not in passed and Hold.PERSON in row.post.held_by:
                _done(release, row.post, outcome, by, now)
            row.paused = False
            row.save(update_fields=["paused"])
        record("resume plan", f"{by} resumed {plan}.", by=by, subject=plan, brand=plan.brand)
    return outcome


def end(plan: Schedule, *, version: int, by: User, now: datetime) -> Outcome:
    """End a plan for good, and cancel what waits. Raises NotPossible."""
    _require(plan, Schedule.State.ACTIVE, Schedule.State.PAUSED)
    with transaction.atomic():
        _take(plan, version, state=Schedule.State.ENDED)
        to_come = Q(instant__gt=now) | Q(post__status__in=HOLDABLE)
        rows = Occurrence.objects.filter(to_come, target__schedule=plan)
        outcome = _cancel(list(rows.select_related(*WITH_POST)), by, now, f"{by} ended the plan.")
        resolve_notice(f"plan:{plan.pk}", now)
        record("end plan", f"{by} ended {plan}.", by=by, subject=plan, brand=plan.brand)
    return outcome


def _check(brand: Brand, words: PlanWords, now: datetime) -> None:
    if words.zone:
        zone_named(words.zone)
    if words.piece.brand_id != brand.pk:
        raise ValidationError("The piece belongs to another brand. No plan was made.")
    if words.piece.current is None:
        raise ValidationError("The piece says nothing yet. Write it first; no plan was made.")
    if not words.channels:
        raise ValidationError("Choose at least one channel; no plan was made.")
    for account, channel_type in words.channels:
        if account.brand_id != brand.pk or channel_type.platform_id != account.platform_id:
            raise ValidationError("One of the channels is not of this brand. No plan was made.")
    far = (now + FAR).replace(tzinfo=None)
    if words.start > far:
        raise ValidationError("The plan starts more than five years from now. Check the year.")
    if not words.rule.first_after(words.start, now.replace(tzinfo=None) - timedelta(days=2)):
        raise ValidationError("The rule names no time from now on, so no plan was made.")


def _create(
    brand: Brand,
    words: PlanWords,
    by: User,
    *,
    state: str = Schedule.State.ACTIVE,
    follows: Schedule | None = None,
) -> Schedule:
    plan = Schedule.objects.create(
        state=state,
        brand=brand,
        piece=words.piece,
        rule=words.rule.text,
        start=wall_text(words.start),
        zone=words.zone,
        created_by=by,
        follows=follows,
    )
    ScheduleTarget.objects.bulk_create(
        ScheduleTarget(schedule=plan, account=account, channel_type=channel_type)
        for account, channel_type in words.channels
    )
    return plan


def _take(plan: Schedule, version: int, **values: object) -> None:
    """Change the plan's row if it still is what the person saw; hold it until the end."""
    row = Schedule.objects.filter(pk=plan.pk, version=version, state=plan.state)
    if not row.update(version=F("version") + 1, updated_at=Now(), **values):
        raise NotPossible(
            "Somebody changed this plan meanwhile. Your change was not made. Look at it again."
        )
    plan.refresh_from_db()
    plan.__dict__.pop("checked_rule", None)


def _require(plan: Schedule, *states: Schedule.State) -> None:
    if plan.state not in states:
        raise NotPossible(f"The plan is {plan.get_state_display().lower()}. Nothing was changed.")


def _until_before(plan: Schedule, nominal: datetime) -> Rule:
    return plan.checked_rule.ending(until=nominal - timedelta(seconds=1))


def _waiting(plan: Schedule) -> list[Any]:
    """The occurrences whose posts nothing has left of, and that still could go out."""
    rows = Occurrence.objects.filter(
        target__schedule=plan, post__status__in=HOLDABLE, post__irrevocable=False
    )
    return list(rows.select_related(*WITH_POST))


def _done(verb: Callable[..., None], post: Post, outcome: Outcome, by: User, now: datetime) -> bool:
    """Do it to one post, and note whether it was done or the post has gone on meanwhile."""
    try:
        with transaction.atomic():
            verb(post, by=by, now=now)
    except NotPossible:
        outcome.kept.append(post)
        return False
    outcome.changed += 1
    return True


def _cancel(rows: list[Occurrence], by: User, now: datetime, why: str) -> Outcome:
    outcome = Outcome()
    for row in rows:
        if row.state == Occurrence.State.SKIPPED:
            continue
        if row.post and not _is_gone(row):
            try:
                with transaction.atomic():
                    cancel(row.post, by=by, now=now)
            except NotPossible:
                outcome.kept.append(row.post)
                continue
        row.state, row.reason = Occurrence.State.SKIPPED, why
        row.save()
        outcome.changed += 1
    return outcome


def _carry(rows: list[Occurrence], follower: Schedule, now: datetime) -> None:
    """Let the follower leave out the days that have their post, and what people skipped."""
    for target in follower.targets.select_related("account", "channel_type"):
        taken = [row for row in rows if _same_channel(row.target, target)]
        if taken:
            Occurrence.objects.bulk_create(
                Occurrence(
                    target=target,
                    nominal=wall_text(moment.nominal),
                    instant=moment.instant,
                    state=Occurrence.State.SKIPPED,
                    reason=why,
                )
                for moment, why in _left_out(follower, target, taken, now)
            )


def _left_out(
    follower: Schedule, target: ScheduleTarget, taken: list[Occurrence], now: datetime
) -> Iterator[tuple[Moment, str]]:
    """Times of the follower that have been seen to: the same ones, or of the same day.

    A rule of several times a day is compared by the time alone.
    """
    several = len(follower.checked_rule.hours) * max(len(follower.checked_rule.minutes), 1) > 1
    by_time = {row.nominal: row for row in taken}
    by_day = {} if several else {row.nominal[:10]: row for row in taken}
    last = max(row.instant for row in taken) + timedelta(days=2)
    for moment in upcoming(follower, target, after=now - timedelta(days=2), through=last):
        nominal = wall_text(moment.nominal)
        row = by_time.get(nominal) or by_day.get(nominal[:10])
        if row is not None:
            skipped = row.state == Occurrence.State.SKIPPED
            yield moment, "It was skipped." if skipped else "The earlier plan’s post of it stays."


def _is_gone(row: Occurrence) -> bool:
    return row.post is not None and row.post.status in GONE


def _same_channel(one: ScheduleTarget, other: ScheduleTarget) -> bool:
    return (one.account_id, one.channel_type_id) == (other.account_id, other.channel_type_id)
