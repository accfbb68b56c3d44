"""Tell people of a fault once, and once that it is over.

A notice is a row, and the row is the truth: pages show it at once, and `organisation.mailing`
makes mails of it later. So telling never waits for a mail server.
"""

from datetime import datetime

from organisation.models import Brand, Notice, User


def open_notice(
    fault: str,
    sentence: str,
    *,
    brand: Brand | int | None = None,
    user: User | None = None,
    author_id: int | None = None,
) -> None:
    """Open a notice for this fault key unless one is open already (then nothing changes).

    With `user` it is for that person alone, else for everyone of the brand. By mail it goes to
    those who can act on it, and to the author of what it is about.
    """
    brand_id = brand.pk if isinstance(brand, Brand) else brand
    # ON CONFLICT DO NOTHING against the partial unique index: two workers open one notice.
    Notice.objects.bulk_create(
        [Notice(fault=fault, sentence=sentence, brand_id=brand_id, user=user, author_id=author_id)],
        ignore_conflicts=True,
    )


def resolve_notice(fault: str, now: datetime, ending: str = "") -> None:
    """Close the open notice of this fault, if there is one. `ending` says how it ended."""
    Notice.objects.open().filter(fault=fault).update(resolved_at=now, ending=ending)


def resolve_notices(beginning: str, now: datetime) -> None:
    """Close every open notice whose fault key begins like this."""
    Notice.objects.open().filter(fault__startswith=beginning).update(resolved_at=now)
