"""Doing a POST once, however often it is sent.

The key is taken in a transaction of its own, so that a second request that comes while the first is
being worked on sees that. Its answer is stored in the transaction that does the work: either both
are there or neither is, and an answer that was lost on its way is given again.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from organisation.api.caller import Caller, caller_of
from organisation.api.problems import Busy, InvalidParameter, KeyReused
from organisation.clock import database_now
from organisation.models import IdempotencyKey

Act = Callable[[], Any]

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
# Longer than any request takes. Whoever died while working holds the key no longer than this.
WORKED_ON = timedelta(seconds=60)
KEY_MAX = 255  # characters


def once(request: Request, prepare: Callable[[], Act], status: int = 201) -> Response:
    """Prepare, act, and answer with what that returns; a repeated key gets the first answer again.

    `prepare` only reads, outside any transaction, and returns what to do inside one. What either
    refuses is not kept, and frees the key.
    """
    key = _key_of(request)
    if key is None:
        return _response(_done(prepare()), status)
    mine = _take(caller_of(request), key, _hash_of(request), database_now())
    if mine.status is not None:
        return _response(mine.answer, mine.status, replayed=True)
    try:
        answer = _done(prepare(), lambda said: _keep(mine, said, status))
    except BaseException:
        with suppress(DatabaseError):
            _held(mine).delete()
        raise
    return _response(answer, status)


def _done(act: Act, keep: Callable[[str], None] = lambda _: None) -> str:
    """Act and keep the answer, in one transaction; return the answer as JSON."""
    with transaction.atomic():
        answer = JSONRenderer().render(act()).decode()
        keep(answer)
    return answer


def forget_old_keys(now: datetime) -> int:
    """Delete the keys that are older than KEPT; return how many."""
    gone, _ = IdempotencyKey.objects.older_than(now - KEPT).delete()
    return gone


def _key_of(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= KEY_MAX or not key.isascii() or not key.isprintable():
        raise InvalidParameter(
            {HEADER: [f"A key is 1 to {KEY_MAX} printable ASCII characters, such as a UUID."]}
        )
    return key


def _hash_of(request: Request) -> str:
    said = json.dumps(request.data, sort_keys=True)
    return hashlib.sha256(f"{request.method} {request.path}\n{said}".encode()).hexdigest()


def _take(caller: Caller, key: str, request_hash: str, now: datetime) -> IdempotencyKey:
    """Return the key's row: answered already, or ours to work on. Raises Busy or KeyReused."""
    claim = secrets.token_hex(16)
    found = _find(caller, key)
    if found is None:
        row = IdempotencyKey(
            user=caller.user, token=caller.token, key=key, request_hash=request_hash,
            claim=claim, claimed_at=now,
        )  # fmt: skip
        # The unique constraint lets one of two requests at once through.
        IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
        found = _find(caller, key)
    if found is None:
        raise Busy("The same request ended a moment ago. Send it again.", wait=1)
    if found.request_hash != request_hash:
        raise KeyReused(
            "This idempotency key came with another request before. Nothing was done. "
            "Use a new key for a new request."
        )
    if found.status is None and found.claim != claim:
        _take_over(found, claim, now)
    return found


def _take_over(found: IdempotencyKey, claim: str, now: datetime) -> None:
    """Take the key of a request that died at work. Raises Busy while it may be alive."""
    free_at = found.claimed_at + WORKED_ON
    if now < free_at or not _held(found).update(claim=claim, claimed_at=now):
        raise Busy(
            "The same request is being worked on. Nothing was done a second time. "
            "Send it again after Retry-After to get its answer.",
            wait=1,
        )
    found.claim = claim


def _find(caller: Caller, key: str) -> IdempotencyKey | None:
    rows = IdempotencyKey.objects.filter(user=caller.user, token=caller.token, key=key)
    return rows.first()


def _held(mine: IdempotencyKey) -> Any:
    return IdempotencyKey.objects.filter(pk=mine.pk, claim=mine.claim, status=None)


def _keep(mine: IdempotencyKey, answer: str, status: int) -> None:
    if not _held(mine).update(status=status, answer=answer):
        raise Busy(
            "Another request with this key took over. This one did nothing. "
            "Send it again to get the answer.",
            wait=1,
        )


def _response(answer: str, status: int, *, replayed: bool = False) -> Response:
    headers = {"Idempotent-Replay": "true"} if replayed else None
    return Response(json.loads(answer), status, headers=headers)
