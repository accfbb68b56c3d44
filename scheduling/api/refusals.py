"""What the verbs refuse, as problems that name the field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers
from rest_framework.settings import api_settings

from content.writing import EditConflict
from organisation.api.problems import Conflict
from posting.deciding import NotPossible
from scheduling.batching import BatchRefused

NON_FIELD_ERRORS_KEY = api_settings.NON_FIELD_ERRORS_KEY
FIELDS = {"unknown_zone": "zone", "fold": "fold"}


@contextmanager
def refusals(*, about_time: bool = False) -> Iterator[None]:
    """Turn what a verb refuses into an answer. Refused for its time: that field is to blame."""
    try:
        yield
    except (NotPossible, EditConflict) as error:
        raise Conflict(str(error)) from error
    except BatchRefused as error:
        reasons: dict[str, Any] = {"targets": dict(error.reasons)}
        raise serializers.ValidationError(reasons) from error
    except ValidationError as error:
        raise serializers.ValidationError(_by_field(error, about_time)) from error


def _by_field(error: ValidationError, about_time: bool) -> Any:
    if hasattr(error, "error_dict"):
        return error.message_dict
    if about_time and hasattr(error, "code") and error.code:
        return {"time": {FIELDS.get(error.code, "wall"): error.messages}}
    return {NON_FIELD_ERRORS_KEY: error.messages}
