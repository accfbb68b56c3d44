"""The write-ahead journal: a committed row before each request that cannot be taken back.

The worker that is about to send and the reaper that takes over from a dead one compete for one row,
the post's own. The transaction that inserts a `started` step also sets `on_wire` on that row, and
only while the lease stands. So whichever commits first, the other one sees it and stands back.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from organisation import memory
from organisation.clock import database_now
from platforms.clock import boottime
from platforms.errors import NotSent, OutcomeUnknown, Unclear
from platforms.failpoints import reached
from platforms.http import Client, nothing_to_do
from platforms.parts import PartOut, parts_out
from platforms.values import Json
from posting.claims import Claim, latest_start, lease
from posting.database_threads import Run, stubbornly
from posting.instance_guard import OLDER, suspend
from posting.models import Post, PublishStep
from posting.storable import storable

KEY_MARGIN = timedelta(minutes=5)  # clocks differ, and the request takes its time
REPEATABLE_VALID = timedelta(hours=1)


class LeaseLost(NotSent):
    """Another process took the post over before this worker sent. This worker did not send."""

    label = "Lease lost"


class Behind(NotSent):
    """This database is older than what this machine has seen go out. Nothing was sent."""

    label = "Older database"


@dataclass
class Answered:
    """An answer that is known here and not yet committed."""

    step: PublishStep
    result: Json

    @property
    def creates(self) -> bool:
        return self.step.kind != PublishStep.Kind.REPEATABLE


class Journal:
    """What an adapter publishes through. One for each claim, used by one thread."""

    def __init__(self, claim: Claim, client: Client, run: Run) -> None:
        self.claim = claim
        self.client = client
        self.unsaved: Answered | None = None
        self.on_wire: PublishStep | None = None  # sent or about to be, and not answered
        self._run = run
        self.acted = False  # something was sent for the post in this life of it
        self._share = 0.0  # seconds of a lease in which a request may begin
        self._steps = {s.key: s for s in claim.steps if s.state != PublishStep.State.VOID}
        self._generations = {s.key: s.generation for s in claim.steps}

    @property
    def is_resend(self) -> bool:
        """Whether what is on the wire was on it before, in an earlier life of this post."""
        return self.on_wire is not None and self.on_wire in self.claim.steps

    @property
    def has_created(self) -> bool:
        """Whether the platform has confirmed a step that creates, in this life or an earlier."""
        return any(
            step.state == PublishStep.State.DONE and step.kind != PublishStep.Kind.REPEATABLE
            for step in self._steps.values()
        )

    @property
    def parts(self) -> list[PartOut]:
        """What is out of a thread whose posts are one request each."""
        return parts_out(self._steps.values())

    def sent_before(self, key: str) -> bool:
        """Whether an earlier life of this post began the step, even if it was voided since."""
        return any(step.key == key for step in self.claim.steps)

    def once(self, step: str, send: Callable[[], Json], request: Json) -> Json:
        """See `platforms.contract.Journal.once`."""
        known = self._steps.get(step)
        if known is not None and known.state == PublishStep.State.DONE:
            return known.result or {}
        if known is not None:
            raise OutcomeUnknown("An earlier try was sent and its answer is not known.")
        row = self._new_step(step, PublishStep.Kind.ONCE, request)
        return self._send(row, send, is_new=True)

    def keyed(
        self, step: str, send: Callable[[str], Json], request: Json, window: timedelta
    ) -> Json:
        """See `platforms.contract.Journal.keyed`."""
        known = self._steps.get(step)
        if known is not None and known.state == PublishStep.State.DONE:
            return known.result or {}
        if known is not None:
            self._check_resend(known, request)
            return self._send(known, lambda: send(known.idempotency_key), is_new=False)
        row = self._new_step(step, PublishStep.Kind.KEYED, request)
        row.idempotency_key = self._key_for(row)
        return self._send(row, lambda: send(row.idempotency_key), is_new=True, window=window)

    def repeatable(
        self,
        step: str,
        do: Callable[[], Json],
        valid_for: timedelta = REPEATABLE_VALID,
        request: Json | None = None,
    ) -> Json:
        """See `platforms.contract.Journal.repeatable`."""
        known = self._steps.get(step)
        now = self._run(database_now)
        row = self._new_step(step, PublishStep.Kind.REPEATABLE, request or {})
        if (
            known is not None
            and (request is None or known.request_hash == row.request_hash)
            and known.valid_until is not None
            and known.valid_until > now
        ):
            return known.result or {}
        row.valid_until = now + valid_for
        self._begin(self._renew)
        self.client.keep_going = self._keep_lease
        try:
            reached(f"{step}: begun")
            result = do()
            reached(f"{step}: answered")
        except Unclear as error:
            raise NotSent(f"{error.sentence} It is safe to try again.") from error
        finally:
            self.client.keep_going = nothing_to_do
        if self.unsaved is not None:  # of a step inside this one
            self._begin(self._renew)
        return self._answered(row, result)

    def forget(self, step: str) -> None:
        """See `platforms.contract.Journal.forget`."""
        self._steps.pop(step, None)

    def _keep_lease(self) -> None:
        """Renew the lease once half of the time in which a request may begin is over."""
        if boottime() >= self.client.deadline - self._share / 2:
            self._begin(self._renew)

    def save_answer(self) -> None:
        """Commit an answer that is only in memory. Called when anything at all goes wrong."""
        if self.unsaved is not None:
            stubbornly(self._run, self._save_answer_alone)

    def disown_answer(self) -> None:
        """Treat the last step as unanswered: what came back cannot be the answer to it."""
        if self.unsaved is not None and self.unsaved.creates:
            self.on_wire = self.unsaved.step
            self.on_wire.state, self.on_wire.result = PublishStep.State.STARTED, None
            self.unsaved = None

    def store_answer(self, now: datetime) -> None:
        """Write the unsaved answer inside the caller's transaction. Harmless to repeat."""
        if self.unsaved is None:
            return
        row = self.unsaved.step
        values = {
            "state": PublishStep.State.DONE,
            "result": storable(self.unsaved.result),
            "done_at": now,
            "remote_id": storable(str(self.unsaved.result.get("id", "")))[:200],
        }
        if self.unsaved.creates:
            # Not if it was voided meanwhile: then a person has decided without this answer.
            open_row = PublishStep.objects.filter(pk=row.pk).exclude(state=PublishStep.State.VOID)
            open_row.update(**values)
        elif self._is_still_its_account():
            self._void_older(row)
            fields = {field.attname: getattr(row, field.attname) for field in row._meta.fields}
            PublishStep.objects.create(**{**fields, **values, "id": None})

    def _send(
        self,
        row: PublishStep,
        send: Callable[[], Json],
        *,
        is_new: bool,
        window: timedelta | None = None,
    ) -> Json:
        self._begin(self._start, row, is_new, window)
        self.on_wire, self.acted = row, True
        reached(f"{row.key}: begun")
        try:
            result = send()
            reached(f"{row.key}: answered")
        except Unclear as error:
            raise OutcomeUnknown(error.sentence) from error
        self.on_wire = None
        return self._answered(row, result)

    def _answered(self, row: PublishStep, result: Json) -> Json:
        self.unsaved, self.acted = Answered(row, result), True
        self._steps[row.key] = row
        self._generations[row.key] = row.generation
        row.state, row.result = PublishStep.State.DONE, result
        return result

    def _begin(self, write: Callable[..., bool], *args: Any) -> None:
        before = boottime()
        try:
            held = self._run(write, *args)
        except Behind:
            # At once: each try uses up an id, and enough of them would look like a newer database.
            self._run(suspend, OLDER, self._run(database_now))
            raise
        if not held:
            raise LeaseLost
        self.unsaved = None
        self.client.deadline = latest_start(before)
        self._share = self.client.deadline - before

    def _start(self, row: PublishStep, is_new: bool, window: timedelta | None) -> bool:
        """Commit the `started` step and take the wire, or do neither.

        `window`: for how long the platform honours a new step's key.

        Raises Behind when the new row's id is one that this machine has seen committed before.
        """
        known = memory.recall().journal
        now = database_now()
        with transaction.atomic():
            if not self._guarded_update(now, on_wire=row.key):
                return False
            self.store_answer(now)
            if is_new:
                row.state, row.started_at = PublishStep.State.STARTED, now
                row.valid_until = now + window - KEY_MARGIN if window else None
                row.save(force_insert=True)
                if row.pk <= known:
                    raise Behind
            else:
                row.lease_token = self.claim.token
                row.save(update_fields=["lease_token"])
            reached("started: before the commit")
        memory.remember(row.pk)
        reached("started: after the commit")
        return True

    def _renew(self) -> bool:
        """Extend the lease for work that may be repeated; nothing is on the wire."""
        now = database_now()
        with transaction.atomic():
            if not self._guarded_update(now, on_wire=""):
                return False
            self.store_answer(now)
            reached("renewed: before the commit")
        reached("renewed: after the commit")
        return True

    def _guarded_update(self, now: Any, *, on_wire: str) -> bool:
        """Take the wire and renew the lease, on the one row the reaper writes too."""
        changes: dict[str, Any] = {"on_wire": on_wire, "lease_until": now + lease()}
        if self.claim.owner is Post and self.unsaved is not None and self.unsaved.creates:
            changes["irrevocable"] = True
        allowed = [""]
        if self.unsaved is not None and self.unsaved.creates:
            allowed.append(self.unsaved.step.key)
        rows = self.claim.owner._default_manager.filter(
            pk=self.claim.pk,
            lease_token=self.claim.token,
            lease_until__gt=now,
            on_wire__in=allowed,
            **self.claim.owner.IN_FLIGHT,
        )
        return bool(rows.update(**changes))

    def _save_answer_alone(self) -> None:
        """Also take the answered step off the wire: with its answer known, nothing is in doubt."""
        if self.unsaved is None:
            return
        rows = self.claim.owner._default_manager.filter(pk=self.claim.pk)
        with transaction.atomic():
            if self.unsaved.creates and self.claim.owner is Post:
                Post.objects.filter(pk=self.claim.pk).update(irrevocable=True)
            rows.filter(
                lease_token=self.claim.token,
                on_wire=self.unsaved.step.key,
                **self.claim.owner.IN_FLIGHT,
            ).update(on_wire="")
            self.store_answer(database_now())
            reached("answer alone: before the commit")
        reached("answer alone: after the commit")

    def _check_resend(self, known: PublishStep, request: Json) -> None:
        now = self._run(database_now)
        same = known.request_hash == request_hash(request)
        inside = known.valid_until is not None and now < known.valid_until
        if known.kind != PublishStep.Kind.KEYED or not same or not inside:
            raise OutcomeUnknown(
                "An earlier try was sent, and the platform no longer honours its key."
            )

    def _new_step(self, key: str, kind: PublishStep.Kind, request: Json) -> PublishStep:
        generation = self._generations.get(key, 0) + 1
        cost = self.claim.bill.get(key, 0)
        return PublishStep(
            **{self.claim.owner.OWNER_FIELD: self.claim.pk},
            key=key,
            generation=generation,
            kind=kind,
            lease_token=self.claim.token,
            request_hash=request_hash(request) if request else "",
            started_at=self.claim.claimed_at,
            cost=cost,
            charged_to_id=self.claim.account.pk if cost else None,
        )

    def _is_still_its_account(self) -> bool:
        """What one account uploaded is of no use to another that stands in for it meanwhile."""
        rows = self.claim.owner._default_manager.filter(pk=self.claim.pk)
        return rows.filter(account=self.claim.account.pk).exists()

    def _void_older(self, row: PublishStep) -> None:
        """An upload whose result is no longer good makes room for the new one."""
        PublishStep.objects.filter(
            **{self.claim.owner.OWNER_FIELD: self.claim.pk}, key=row.key
        ).exclude(state=PublishStep.State.VOID).update(
            state=PublishStep.State.VOID, void_reason="Its result was no longer good."
        )

    def _key_for(self, row: PublishStep) -> str:
        """Derive the platform's key; with the secret, so that no copy of us makes the same one."""
        subject = f"{self.claim.owner.OWNER_FIELD}:{self.claim.pk}:{row.key}:{row.generation}"
        secret = settings.SECRET_KEY.encode()
        return hmac.new(secret, subject.encode(), hashlib.sha256).hexdigest()[:48]


def request_hash(request: Json) -> str:
    """Return the hash of a canonical request."""
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
