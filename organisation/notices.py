"""Tell people of a fault once, and once that it is over."""

from datetime import datetime

from organisation.models import Brand, Notice, User


def open_notice(
    fault: str, sentence: str, *, brand: Brand | int | None = None, user: User | None = None
) -> None:
    """Open a notice for this fault key unless one is open already (then nothing changes).

    With `user` it is for that person alone, else for everyone of the brand.
    """
    brand_id = brand.pk if isinstance(brand, Brand) else brand
    # ON CONFLICT DO NOTHING against the partial unique index: two workers open one notice.
    Notice.objects.bulk_create(
        [Notice(fault=fault, sentence=sentence, brand_id=brand_id, user=user)],
        ignore_conflicts=True,
    )


def resolve_notice(fault: str, now: datetime) -> None:
    """Close the open notice of this fault, if there is one."""
    Notice.objects.open().filter(fault=fault).update(resolved_at=now)


def resolve_notices(beginning: str, now: datetime) -> None:
    """Close every open notice whose fault key begins like this."""
    Notice.objects.open().filter(fault__startswith=beginning).update(resolved_at=now)
