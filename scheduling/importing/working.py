"""The steps of an import that take long: taken up by a worker, or at once where the file is small.

The row says what is to be done; a message only makes it soon. Whoever works holds a lease on the
row and renews it with every few hundred rows. One that dies is followed by another, and the step
that imports counts once, whoever gets there.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from kombu.exceptions import OperationalError

from content.tables.opening import Written
from organisation.clock import database_now
from organisation.faults import logged
from organisation.models import User
from posting.deciding import NotPossible
from scheduling.importing import bringing
from scheduling.importing.confirming import save
from scheduling.importing.judging import Judge, Judged, Reading, without
from scheduling.importing.reporting import digest_of, report_of
from scheduling.models import Import

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
TRIES = 3
AT_ONCE = 100_000  # bytes: a file that is checked while the person waits
POSTS_AT_ONCE = 25  # posts that are made while the person waits
State = Import.State


class TakenOver(Exception):
    """Somebody else works on this import by now. What was done here counts for nothing."""


def ask_for_work(imported: Import) -> None:
    """Do a small step at once, and have a worker do a large one. Call it outside transactions."""
    small = imported.size <= AT_ONCE
    if imported.state == State.SAVING:
        small = small and imported.report.get("posts", 0) <= POSTS_AT_ONCE
    if small:
        work(imported.pk, database_now())
    else:
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    from scheduling.tasks import work_on_imports

    try:
        work_on_imports.apply_async(expires=60, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("The broker did not take a wake-up (%s). The next look does it.", error)


def work_on_all(now: datetime) -> None:
    """Take up what is asked for, one import after the other, and forget files that expired."""
    for pk in Import.objects.wanted(now).order_by("at").values_list("pk", flat=True):
        with logged(f"import {pk} could not be gone on with"):
            work(pk, database_now())
    bringing.forget_expired(now)


def work(pk: UUID, now: datetime) -> None:
    """Do the step an import waits for, if nobody else does; say on its row what came of it."""
    token = _take(pk, now)
    if token is None:
        return
    imported = Import.objects.select_related("brand", "confirmed_by").get(pk=pk)
    if imported.tries > TRIES:
        _back(imported, token, State.COLUMNS, told=(
            "The server stopped three times while it worked on this file, and nothing was "
            "imported. Try a smaller part of it, and tell who runs the server."
        ))  # fmt: skip
        return
    try:
        if imported.state == State.CHECKING:
            _check(imported, token, now)
        else:
            _save(imported, token, now)
    except TakenOver:
        log.info("import %s was taken over", pk)


def _take(pk: UUID, now: datetime) -> int | None:
    """Return the token of a lease on the import; None where there is nothing to do."""
    with transaction.atomic():
        wanted = Import.objects.wanted(now).filter(pk=pk)
        taken = wanted.update(
            lease_until=now + LEASE, lease_token=F("lease_token") + 1, tries=F("tries") + 1
        )
        if not taken:
            return None
        return Import.objects.values_list("lease_token", flat=True).get(pk=pk)


def _progress(imported: Import, token: int) -> Callable[[int], None]:
    def tell(read: int) -> None:
        mine = Import.objects.filter(pk=imported.pk, lease_token=token)
        if not mine.update(read=read, lease_until=database_now() + LEASE):
            raise TakenOver

    return tell


def _judged(imported: Import, token: int, now: datetime) -> Judged:
    judge = Judge(imported.brand, Reading.of(imported.reading), now)
    with imported.file.open("rb") as file:
        return judge.judge(file, Written(**imported.written), _progress(imported, token))


def _check(imported: Import, token: int, now: datetime) -> None:
    try:
        judged = _judged(imported, token, now)
    except (ValidationError, OSError) as error:
        _back(imported, token, State.COLUMNS, told=_told(error))
        return
    report = report_of(judged, imported.brand)
    _back(imported, token, State.CHECKED, report=report, digest=digest_of(report),
          rows=judged.rows)  # fmt: skip


def _save(imported: Import, token: int, now: datetime) -> None:
    """Judge anew, and import only what the person saw."""
    by = imported.confirmed_by
    try:
        judged = _judged(imported, token, now)
        if not _is_as_seen(imported, judged, token):
            return
        if not isinstance(by, User):
            raise NotPossible("Nobody confirmed it.")
        save(imported, without(judged), by=by, token=token, now=now)
    except (ValidationError, NotPossible, OSError) as error:
        _back(imported, token, State.CHECKED, told=_told(error), confirmed_by=None)


def _is_as_seen(imported: Import, judged: Judged, token: int) -> bool:
    report = report_of(judged, imported.brand)
    told = ""
    if digest_of(report) != imported.digest:
        told = (
            "What speaks against the rows has changed since you looked. Nothing was imported. Look "
            "again, then confirm."
        )
    elif judged.bad and not imported.without_bad:
        told = "Some rows cannot be imported. Nothing was imported. Leave them out, or mend them."
    elif not without(judged).pieces:
        told = "No row can be imported."
    if told:
        _back(imported, token, State.CHECKED, told=told, report=report, digest=digest_of(report),
              confirmed_by=None)  # fmt: skip
    return not told


def _told(error: Exception) -> str:
    if isinstance(error, OSError):
        log.error("a file to be imported cannot be read: %s", error)
        return "The file can no longer be read on the server. Nothing was imported. Bring it again."
    return " ".join(getattr(error, "messages", [str(error)]))[:500]


def _back(imported: Import, token: int, state: str, **values: object) -> None:
    """End the step, unless somebody else has taken it over."""
    mine = Import.objects.filter(pk=imported.pk, lease_token=token, state__in=Import.WORKING)
    if not mine.update(state=state, version=F("version") + 1, lease_until=None, **values):
        raise TakenOver
