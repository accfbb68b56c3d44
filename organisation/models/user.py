"""The person who signs in."""

import zoneinfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models


def validate_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a zone of the pinned IANA database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            "%(name)s is not a time zone. Use a name such as Europe/London.",
            params={"name": name},
            code="unknown_zone",
        )


class User(AbstractUser):
    """A person, with the zone in which pages show times to them."""

    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    notice_mail = models.BooleanField(
        "mail notices",
        default=True,
        db_default=True,
        help_text="Faults they can act on are e-mailed to them too.",
    )

    def __str__(self) -> str:
        return self.get_full_name() or self.username
