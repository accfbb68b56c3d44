"""The audit log: one function, called by every verb a person or a command can use."""

from django.db import models

from organisation.models import AuditEntry, Brand, User


def record(
    verb: str,
    sentence: str,
    *,
    by: User | str,
    subject: models.Model | None = None,
    brand: Brand | None = None,
) -> AuditEntry:
    """Write who did what. `by` is the person, or the name of a command or process.

    Call it inside the transaction of the act, so that neither exists without the other.
    """
    return AuditEntry.objects.create(
        user=by if isinstance(by, User) else None,
        actor=str(by)[:150],
        brand=brand,
        verb=verb,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        sentence=sentence,
    )
