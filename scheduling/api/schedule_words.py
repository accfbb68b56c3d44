"""What a program may say about the schedule, and what it is told."""

from rest_framework import serializers

from organisation.api.paging import LIMIT, LIMIT_MAX
from organisation.api.reading import Id, Strict, Whole
from scheduling.api.asked import Time
from scheduling.api.shown import PostShown

POSTS_MAX = 100


class Named(Strict):
    """A post, and its version as you saw it."""

    id = Id()
    version = Whole(min_value=1, max_value=2**31 - 1)


class NewTimes(Strict):
    """Posts that are there, and the time they get."""

    posts = serializers.ListField(child=Named(), min_length=1, max_length=POSTS_MAX)
    time = Time()

    def validate_posts(self, posts: list[dict[str, int]]) -> list[dict[str, int]]:
        if len({post["id"] for post in posts}) < len(posts):
            raise serializers.ValidationError("A post stands here twice. Name it once.")
        return posts


class TimeChange(Strict):
    """Another time for a post."""

    version = Whole(min_value=1, max_value=2**31 - 1, help_text="The post's, as you saw it.")
    time = Time()


class Execution(Strict):
    """Which posts to let go; left out: all that are due."""

    posts = serializers.ListField(child=Id(), min_length=1, max_length=POSTS_MAX, required=False)


class ScheduleAsked(serializers.Serializer):
    """Which scheduled posts."""

    brand = serializers.SlugField(required=False, help_text="A brand's slug.")
    account = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    platform = serializers.SlugField(required=False, help_text="Such as mastodon.")
    limit = serializers.IntegerField(
        required=False, default=LIMIT, min_value=1, max_value=LIMIT_MAX
    )
    cursor = serializers.CharField(
        required=False, default="", max_length=80, help_text="From `next` of the page before."
    )


class Scheduled(serializers.Serializer):
    """The posts with their time, the earliest first."""

    posts = PostShown(many=True)


class SchedulePage(serializers.Serializer):
    """Scheduled posts, the next first, and the address of the next page."""

    results = PostShown(many=True)
    next = serializers.URLField(allow_null=True)


class Fate(serializers.Serializer):
    """What became of the wish to let one post go."""

    id = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=["released", "waits"])
    sentence = serializers.CharField()


class Executed(serializers.Serializer):
    """Each post that was named; empty where all that is due was asked for."""

    posts = Fate(many=True)
