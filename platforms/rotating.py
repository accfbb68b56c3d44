"""Encrypting stored secrets with a new key while everything runs.

Each row is read with whichever key fits and written with the first, by compare-and-swap on its
version and its key: a token that is renewed at the same moment wins, with the new key already.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from platforms.fields import current_key_id, known_key_ids
from platforms.models import PlatformCredential

BATCH = 200  # rows that are read at once


@dataclass(frozen=True)
class Progress:
    """How far a rotation is."""

    done: int  # rows that this run encrypted anew
    left: int  # rows that still use another key


def older() -> QuerySet[PlatformCredential]:
    """Return the rows that another key than the first encrypts, and that can be read."""
    readable = known_key_ids() - {current_key_id()}
    return PlatformCredential.objects.filter(key_id__in=readable)


def unreadable() -> QuerySet[PlatformCredential]:
    """Return the rows whose key is not here."""
    return PlatformCredential.objects.exclude(key_id__in=known_key_ids())


def rotate(batch: int = BATCH) -> Iterator[Progress]:
    """Encrypt everything with the first key, batch by batch. May be stopped and begun again."""
    current, done, last = current_key_id(), 0, 0
    while rows := list(older().filter(pk__gt=last).order_by("pk")[:batch]):
        for row in rows:
            mine = PlatformCredential.objects.filter(
                pk=row.pk, version=row.version, key_id=row.key_id
            )
            done += mine.update(credential_value=row.credential_value, key_id=current)
        last = rows[-1].pk
        yield Progress(done, older().count())
