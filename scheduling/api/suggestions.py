"""When posts of an account do well, for programs: why, from how many posts, and how surely."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.best_times import LONGEST, Confidence, Suggestion, hours_of
from organisation.api.view import ApiView, read_query
from organisation.clock import database_now
from organisation.models import Scope
from platforms.models import Account
from scheduling.api.shown import AccountShown, Instant, TimeShown
from scheduling.suggesting import free_suggestions
from scheduling.walltime import is_ambiguous, wall_text

DAYS, LIMIT, LIMIT_MAX = 14, 10, 100


class SuggestionsAsked(serializers.Serializer):
    """Of which account, and how far ahead."""

    account = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    days = serializers.IntegerField(
        required=False, default=DAYS, min_value=1, max_value=LONGEST.days, help_text="From now."
    )
    limit = serializers.IntegerField(
        required=False, default=LIMIT, min_value=1, max_value=LIMIT_MAX
    )


class SuggestionShown(serializers.Serializer):
    """A full hour by the account's clock that is free under its rules."""

    at = Instant()
    time = TimeShown(help_text="As `time` of a request to the schedule takes it.")
    weekday = serializers.IntegerField(read_only=True, help_text="Monday is 0.")
    hour = serializers.IntegerField(read_only=True)
    score = serializers.FloatField(
        read_only=True, help_text="Expected, against the account's usual: 1.4 is 40 % more."
    )
    low = serializers.FloatField(
        read_only=True, help_text="Four times in five the truth lies from here"
    )
    high = serializers.FloatField(read_only=True, help_text="to here.")
    posts = serializers.IntegerField(
        read_only=True, help_text="Of the account, in this hour of the week, in half a year."
    )
    confidence = serializers.ChoiceField(
        choices=[one.value for one in Confidence],
        read_only=True,
        help_text="By the account's own posts: high at 97.5 % sure and 10 posts at that time of "
        "day, medium at 90 % and 5, else low.",
    )
    reason = serializers.CharField(read_only=True)


class SuggestionsShown(serializers.Serializer):
    """The best free times of an account, the best first, and what they rest on."""

    account = AccountShown()
    zone = serializers.CharField()
    posts = serializers.IntegerField(help_text="Whose results count.")
    left_out = serializers.IntegerField(help_text="Posts of which no comparable figure is known.")
    learnt_at = Instant(allow_null=True, help_text="null: nothing was worked out yet.")
    suggestions = SuggestionShown(many=True)


class SuggestionsView(ApiView):
    scopes: ClassVar = {"GET": Scope.POSTS_READ}

    @extend_schema(
        operation_id="schedule_suggestions",
        parameters=[SuggestionsAsked],
        responses={200: SuggestionsShown},
    )
    def get(self, request: Request) -> Response:
        """Times at which posts of an account are expected to do well and that are free.

        From its own results where there are enough, else from what a study says or is convention;
        each says which. Nothing is changed, and nothing is kept for you: give the post its time
        with `schedule`.
        """
        asked = read_query(SuggestionsAsked, request)
        mine = self.caller.narrowed(Account.objects.visible_to(self.caller.user))
        account = mine.filter(pk=asked["account"]).select_related("platform").first()
        if account is None:
            raise Http404
        now = database_now()
        return Response(SuggestionsShown(_told(account, asked, now)).data)


def _told(account: Account, asked: dict[str, Any], now: datetime) -> dict[str, Any]:
    end, week = now + timedelta(days=asked["days"]), hours_of([account])[account.pk]
    free = free_suggestions([account], now, end, now=now, number=asked["limit"])[account.pk]
    return {
        "account": account,
        "zone": account.timezone,
        "posts": week.posts,
        "left_out": week.left_out,
        "learnt_at": week.learnt_at,
        "suggestions": [_shown(one, account.timezone) for one in free],
    }


def _shown(one: Suggestion, zone: str) -> dict[str, Any]:
    wall = one.at.replace(tzinfo=None, fold=0)
    twice = is_ambiguous(wall, one.at.tzinfo)  # type: ignore[arg-type]
    return {
        "at": one.at,
        "time": {
            "wall": wall_text(wall), "zone": zone, "fold": one.at.fold, "happens_twice": twice,
        },
        "weekday": one.weekday,
        "hour": one.hour,
        "score": round(one.score, 3),
        "low": round(one.low, 3),
        "high": round(one.high, 3),
        "posts": one.posts,
        "confidence": one.confidence.value,
        "reason": one.reason,
    }  # fmt: skip
