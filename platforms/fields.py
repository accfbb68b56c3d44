"""Encrypted fields."""

import hashlib
from typing import Any, Never

from django.conf import settings
from django.db import models
from fernet_fields import EncryptedTextField as FernetTextField


class EncryptedTextField(FernetTextField):
    """Text encrypted with the first of FERNET_KEYS and readable with any of them."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        # bulk_update hands over a CASE expression whose values are encrypted already; the library
        # would encrypt the text of the expression and lose what it stands for.
        if hasattr(value, "as_sql"):
            return value
        return super().get_db_prep_save(value, connection)

    def value_to_string(self, obj: models.Model) -> Never:
        raise ValueError(
            f"{obj._meta.label} holds secrets and is never exported. "
            f"Use --exclude {obj._meta.label_lower}."
        )


def key_id(key: str) -> str:
    """Return a short name for an encryption key that gives nothing of the key away."""
    return hashlib.sha256(f"syndication key id:{key}".encode()).hexdigest()[:8]


def current_key_id() -> str:
    """Return the id of the key that new values are encrypted with."""
    return key_id(settings.FERNET_KEYS[0])


def known_key_ids() -> set[str]:
    """Return the ids of all keys this process can read with."""
    return {key_id(key) for key in settings.FERNET_KEYS}
