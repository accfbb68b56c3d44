"""What people set for themselves."""

from typing import Final

from django.db import transaction

from organisation.audit import record
from organisation.models import User

SET_ZONE: Final = "set zone"
SET_NOTICE_MAIL: Final = "set notice mail"


def set_zone(person: User, name: str) -> None:
    """Let the person read times in this zone. Posts keep the zones they were given."""
    with transaction.atomic():
        person.timezone = name
        person.save(update_fields=["timezone"])
        record(SET_ZONE, f"{person} reads times in {name}.", by=person, subject=person)


def set_notice_mail(person: User, wanted: bool) -> None:
    """Say whether notices are mailed to the person, too."""
    with transaction.atomic():
        person.notice_mail = wanted
        person.save(update_fields=["notice_mail"])
        words = "wants" if wanted else "does not want"
        record(SET_NOTICE_MAIL, f"{person} {words} notices by mail.", by=person, subject=person)
