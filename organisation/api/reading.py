"""Reading what a program sends: bounded JSON, exact types, no field that is not known."""

from io import BytesIO
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from organisation.api.problems import TooLarge

BODY_MAX = 2 * 1024 * 1024  # bytes; the longest text, each character escaped, in three variants
ID_MAX = 2**63 - 1


class BoundedJSON(JSONParser):
    """JSON of at most BODY_MAX bytes."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        data = stream.read(BODY_MAX + 1)
        if len(data) > BODY_MAX:
            raise TooLarge
        try:
            return super().parse(BytesIO(data), media_type, parser_context)
        except RecursionError as error:
            raise ParseError from error


class Strict(serializers.Serializer):
    """Refuses fields that it does not know: a misspelt name must not be taken for “not given”."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "This is not an object with named fields.",
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            known = ", ".join(self.fields)
            sentence = f"There is no such field. There is {known}."
            raise serializers.ValidationError({name: [sentence] for name in sorted(unknown)[:20]})
        return super().to_internal_value(data)


MISSING = {"required": "This field is missing.", "null": "This may not be null."}


class Text(serializers.CharField):
    """A string, and nothing that could be turned into one."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        **MISSING,
        "invalid": "This is not a string.",
        "blank": "This is empty.",
        "max_length": "This has more than {max_length} characters. Shorten it.",
    }

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data not in (serializers.empty, None) and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class Whole(serializers.IntegerField):
    """A whole number, and neither a string nor a truth value."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        **MISSING,
        "invalid": "This is not a whole number.",
        "min_value": "This is less than {min_value}.",
        "max_value": "This is more than {max_value}.",
    }

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class Id(Whole):
    """The number of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=ID_MAX, **kwargs)


class Truth(serializers.BooleanField):
    """true or false, and nothing like it."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        **MISSING,
        "invalid": "This is neither true nor false.",
    }

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data
