"""What a program may say about posts: the bodies and query parameters, read exactly."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from content.writing import TEXT_MAX, clean_link, clean_text
from organisation.api.paging import LIMIT, LIMIT_MAX
from organisation.api.reading import Id, Strict, Text, Truth, Whole
from posting.states import Status
from scheduling.batching import TAKE_BACK_MAX
from scheduling.models.slot import QUEUE_MAX, clean_queue

TARGETS_MAX = 50
PICTURES_MAX = 20
IN_QUEUE = (
    Status.READY,
    Status.PUBLISHING,
    Status.FAILED,
    Status.UNCONFIRMED,
    Status.MISSED,
)
_OFFSET = re.compile(r":\d\d\S*\s*(Z|[+-]\d\d(:?\d\d)?)$", re.IGNORECASE)
_OPTION = re.compile(r"[a-z_]{1,40}")


class Words(Text):
    """A text that can be kept and sent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": TEXT_MAX, "allow_blank": True, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        return _cleaned(clean_text, super().to_internal_value(data))


class Link(Text):
    """A web address, or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 2000, "allow_blank": True, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        return _cleaned(clean_link, super().to_internal_value(data))


def _cleaned(clean: Any, text: str) -> str:
    try:
        return str(clean(text))
    except ValidationError as error:
        raise serializers.ValidationError(error.messages) from error


@extend_schema_field(
    {"oneOf": [{"type": "string", "maxLength": 500}, {"type": "integer"}, {"type": "boolean"}]}
)
class Option(serializers.Field):
    """A platform's own choice: a string, a whole number or a truth value."""

    def to_internal_value(self, data: Any) -> Any:
        readers: dict[type, serializers.Field] = {
            str: Text(max_length=500, allow_blank=True), bool: Truth(), int: Whole(),
        }  # fmt: skip
        reader = readers.get(type(data))
        if reader is None:
            raise serializers.ValidationError("This is not a string, a whole number or true/false.")
        return reader.run_validation(data)

    def to_representation(self, value: Any) -> Any:
        return value


class Variant(Strict):
    """What is different on one channel. What is left out is as in the piece."""

    text = Words(required=False)
    link = Link(required=False)
    options = serializers.DictField(child=Option(), required=False)
    first_comment = Words(required=False)

    def validate_options(self, options: dict[str, Any]) -> dict[str, Any]:
        if wrong := [name for name in options if not _OPTION.fullmatch(name)]:
            raise serializers.ValidationError(f"{wrong[0][:40]} is not the name of an option.")
        return options


class Time(Strict):
    """A wall time as people mean it, and the zone it is meant in."""

    wall = Text(max_length=40, help_text="As on a clock there, without offset: 2026-11-24T09:30")
    zone = Text(
        max_length=64, required=False, help_text="Europe/London; left out: each account's own."
    )
    fold = Whole(
        min_value=0, max_value=1, required=False, default=0,
        help_text="1: the second of two equal times, when clocks go back.",
    )  # fmt: skip

    def validate_wall(self, wall: str) -> str:
        if _OFFSET.search(wall):
            raise serializers.ValidationError(
                f"{wall} carries an offset, and a time is kept as the clock on the wall shows it. "
                "Send the wall time alone, and its zone in `zone`."
            )
        return wall


class Slot(Strict):
    """The next free slot."""

    queue = Text(
        max_length=QUEUE_MAX, required=False, default="", allow_blank=True,
        help_text="Such as evergreen; left out: the slots for any post.",
    )  # fmt: skip

    def validate_queue(self, queue: str) -> str:
        return clean_queue(queue)


class TargetAsked(Strict):
    """Where it goes: an account, and which kind of post there."""

    account = Id()
    channel = Text(
        max_length=40, required=False, help_text="Such as feed-post; left out: the usual one."
    )


NEW_PIECE = ("text", "title", "link", "media", "variants")


class NewPosts(Strict):
    """New posts, of new words or of a piece that is there."""

    targets = serializers.ListField(child=TargetAsked(), min_length=1, max_length=TARGETS_MAX)
    piece = Id(required=False, help_text="A piece that is there, instead of text and media.")
    title = Words(required=False, max_length=200, help_text="What people here call the piece.")
    text = Words(required=False)
    link = Link(required=False)
    media = serializers.ListField(child=Id(), required=False, max_length=PICTURES_MAX)
    variants = serializers.DictField(
        child=Variant(), required=False, help_text="By platform/channel, such as mastodon/status."
    )
    time = Time(required=False, allow_null=True)
    publish_now = Truth(required=False, default=False)
    slot = Slot(
        required=False, allow_null=True, help_text="The next free slot of each account's own."
    )
    alike_note = Text(
        max_length=300, required=False, default="", allow_blank=True,
        help_text="Why nearly the same text may go to several accounts where that is forbidden. "
        "Kept in the audit log.",
    )  # fmt: skip
    take_back = Whole(
        min_value=0, max_value=TAKE_BACK_MAX, required=False, default=0,
        help_text="Seconds in which publish_now can still be cancelled.",
    )  # fmt: skip
    for_approval = Truth(
        required=False, default=False, help_text="Hold the posts until somebody approves them."
    )
    again = Truth(
        required=False, default=False, help_text="Allow a further copy of what an account has."
    )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in NEW_PIECE if name in data]
        if "piece" in data and given:
            words = "The piece says this already. Leave it out, or leave out `piece`."
            raise serializers.ValidationError(dict.fromkeys(given, words))
        if "piece" not in data and not {"text", "link", "media", "variants"} & set(given):
            raise serializers.ValidationError({"text": "There is nothing to say. Send a text."})
        if data.get("slot") is not None and (data["publish_now"] or data.get("time")):
            raise serializers.ValidationError(
                {"slot": "A post takes a slot, goes out at a time, or now. Leave out the others."}
            )
        if data["publish_now"] and data.get("time"):
            raise serializers.ValidationError(
                {"publish_now": "A post goes out now or at a time. Leave out one of the two."}
            )
        if data["take_back"] and not data["publish_now"]:
            raise serializers.ValidationError(
                {"take_back": "Only what is published now can be taken back. Leave it out."}
            )
        return data


class PostChange(Strict):
    """What is to change of a post that is not out. What is left out stays as it is."""

    version = Whole(min_value=1, max_value=2**31 - 1, help_text="The post's, as you saw it.")
    text = Words(required=False)
    link = Link(required=False)
    media = serializers.ListField(child=Id(), required=False, max_length=PICTURES_MAX)
    time = Time(required=False, allow_null=True, help_text="null takes its time away.")
    slot = Slot(required=False, help_text="The next free slot of its account, instead of a time.")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if "slot" in data and "time" in data:
            words = "A post takes a slot or a time. Leave out one of the two."
            raise serializers.ValidationError({"slot": words})
        return data


class QueueAsked(serializers.Serializer):
    """Which posts of the queue."""

    brand = serializers.SlugField(required=False, help_text="A brand's slug.")
    account = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    platform = serializers.SlugField(required=False, help_text="Such as mastodon.")
    status = serializers.ChoiceField(
        required=False, choices=[(status.value, status.label) for status in IN_QUEUE]
    )
    limit = serializers.IntegerField(
        required=False, default=LIMIT, min_value=1, max_value=LIMIT_MAX
    )
    cursor = serializers.CharField(
        required=False, default="", max_length=40, help_text="From `next` of the page before."
    )
