"""What a program is told about posts."""

from datetime import UTC
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from posting.editing import pictures_of, words_of
from posting.models import Post
from posting.states import Hold, Status
from scheduling.walltime import is_ambiguous, parse_wall, zone_named


def for_showing(posts: QuerySet[Post]) -> QuerySet[Post]:
    """With all that `PostShown` shows, in a number of queries that does not grow."""
    return posts.select_related(
        "piece", "account", "platform", "channel_type", "brand", "piece_version"
    ).prefetch_related("piece_version__media")


class Instant(serializers.DateTimeField):
    """A moment, always in UTC, whoever asks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, read_only=True, **kwargs)


class AccountShown(serializers.Serializer):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)


class PieceShown(serializers.Serializer):
    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField(read_only=True)


class TimeShown(serializers.Serializer):
    """The time as it was meant. Where it `happens_twice`, `fold` says which is meant."""

    wall = serializers.CharField(read_only=True)
    zone = serializers.CharField(read_only=True)
    fold = serializers.IntegerField(read_only=True)
    happens_twice = serializers.BooleanField(read_only=True)


class ErrorShown(serializers.Serializer):
    """Why it is not out, or why nobody knows: the kind, and the sentence people read."""

    kind = serializers.CharField(read_only=True)
    sentence = serializers.CharField(read_only=True)


class PostShown(serializers.Serializer):
    """A post as it stands."""

    id = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    status = serializers.ChoiceField(choices=Status.choices, read_only=True)
    holds = serializers.SerializerMethodField()
    brand = serializers.SlugField(source="brand.slug", read_only=True)
    platform = serializers.SlugField(source="platform.slug", read_only=True)
    channel = serializers.SlugField(source="channel_type.slug", read_only=True)
    account = AccountShown(read_only=True)
    piece = PieceShown(read_only=True)
    text = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField()
    media = serializers.SerializerMethodField()
    time = serializers.SerializerMethodField()
    due_at = Instant(allow_null=True)
    published_at = Instant(allow_null=True)
    url = serializers.CharField(source="remote_url", read_only=True)
    error = serializers.SerializerMethodField()
    created_at = Instant()
    updated_at = Instant()

    def get_holds(self, post: Post) -> list[str]:
        return [hold.name.lower() for hold in Hold if hold in post.held_by and hold.name]

    def get_text(self, post: Post) -> str:
        return words_of(post, "text")

    def get_link(self, post: Post) -> str:
        return words_of(post, "link")

    def get_media(self, post: Post) -> list[int]:
        return [use.asset_id for use in pictures_of(post)]

    @extend_schema_field(TimeShown(allow_null=True))
    def get_time(self, post: Post) -> dict[str, Any] | None:
        if not post.wall_time:
            return None
        twice = is_ambiguous(parse_wall(post.wall_time), zone_named(post.zone))
        return {
            "wall": post.wall_time,
            "zone": post.zone,
            "fold": post.fold,
            "happens_twice": twice,
        }

    @extend_schema_field(ErrorShown(allow_null=True))
    def get_error(self, post: Post) -> dict[str, str] | None:
        if not post.error_sentence:
            return None
        return {"kind": post.error_class, "sentence": post.error_sentence}


class MadePosts(serializers.Serializer):
    """What was made: one piece, and a post for each target, in the same order."""

    piece = serializers.IntegerField()
    posts = PostShown(many=True)


class QueuePage(serializers.Serializer):
    """Posts of the queue, newest first, and the address of the next page."""

    results = PostShown(many=True)
    next = serializers.URLField(allow_null=True)


class Ended(serializers.Serializer):
    """What became of the wish to be rid of a post."""

    outcome = serializers.ChoiceField(choices=["cancelled", "asked_to_delete", "deleted"])
    sentence = serializers.CharField()
    post = PostShown()
