"""Tell people of a fault once, and once that it is over."""

from datetime import datetime

from organisation.models import Brand, Notice


def open_notice(fault: str, sentence: str, *, brand: Brand | int | None = None) -> None:
    """Open a notice for this fault key unless one is open already (then nothing changes)."""
    brand_id = brand.pk if isinstance(brand, Brand) else brand
    # ON CONFLICT DO NOTHING against the partial unique index: two workers open one notice.
    Notice.objects.bulk_create(
        [Notice(fault=fault, sentence=sentence, brand_id=brand_id)], ignore_conflicts=True
    )


def resolve_notice(fault: str, now: datetime) -> None:
    """Close the open notice of this fault, if there is one."""
    Notice.objects.open().filter(fault=fault).update(resolved_at=now)
