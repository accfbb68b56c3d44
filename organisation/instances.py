"""The row that says which installation a database is."""

import uuid
from typing import Any

from organisation.clock import database_now
from organisation.homes import home


def found(**kwargs: Any) -> None:
    """After `migrate`: a database that is nobody's yet becomes an instance of its own."""
    from organisation.models import Instance

    Instance.objects.get_or_create(
        pk=1, defaults={"uuid": uuid.uuid4(), "home": home(), "adopted_at": database_now()}
    )
