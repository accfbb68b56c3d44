"""What people set for themselves."""

from typing import Final

from django.db import transaction

from organisation.audit import record
from organisation.models import User

SET_ZONE: Final = "set zone"


def set_zone(person: User, name: str) -> None:
    """Let the person read times in this zone. Posts keep the zones they were given."""
    with transaction.atomic():
        person.timezone = name
        person.save(update_fields=["timezone"])
        record(SET_ZONE, f"{person} reads times in {name}.", by=person, subject=person)
