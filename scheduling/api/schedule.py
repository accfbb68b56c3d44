"""The schedule, for programs: posts seen by their time. Give one, move it, take it away, go."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from organisation.api.idempotency import once
from organisation.api.paging import page_by_time
from organisation.api.problems import NotThere
from organisation.api.view import ApiView, read_body, read_query
from organisation.clock import database_now
from organisation.models import Scope
from organisation.rights import PUBLISH_POST
from posting.deciding import NotPossible, publish_now
from posting.models import Post
from posting.states import Status
from posting.waking import wake_soon
from scheduling.api.changing import give_time, require_seen
from scheduling.api.posts import FILTERS, IDEMPOTENCY, visible_posts
from scheduling.api.refusals import refusals
from scheduling.api.schedule_words import (
    Executed,
    Execution,
    NewTimes,
    ScheduleAsked,
    Scheduled,
    SchedulePage,
    TimeChange,
)
from scheduling.api.shown import PostShown, for_showing
from scheduling.timing import unschedule

RELEASED, WAITS = "released", "waits"


class ScheduleView(ApiView):
    scopes: ClassVar = {"POST": Scope.POSTS_PUBLISH}

    @extend_schema(
        operation_id="schedule_give",
        request=NewTimes,
        responses={200: Scheduled},
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request) -> Response:
        """Give posts that are there a time: all of them or none."""
        asked = read_body(NewTimes, request)

        def prepared() -> Callable[[], Any]:
            posts = self._posts(asked["posts"])
            return lambda: self._give(posts, asked, database_now())

        return once(request, prepared, status=200)

    def _posts(self, named: list[dict[str, Any]]) -> list[Post]:
        posts = posts_named(self, [one["id"] for one in named])
        for post in posts:
            self.caller.require(PUBLISH_POST, post.brand, Scope.POSTS_PUBLISH)
        return posts

    def _give(self, posts: list[Post], asked: dict[str, Any], now: datetime) -> dict[str, Any]:
        with transaction.atomic():
            for post, named in zip(posts, asked["posts"], strict=True):
                require_seen(post, named["version"])
                with refusals(about_time=True):
                    give_time(post, asked["time"], self.caller, now)
        rows = for_showing(Post.objects.filter(pk__in=[post.pk for post in posts]))
        return Scheduled({"posts": rows.order_by("due_at", "pk")}).data


class ScheduledView(ApiView):
    scopes: ClassVar = {"PUT": Scope.POSTS_PUBLISH, "DELETE": Scope.POSTS_PUBLISH}

    @extend_schema(operation_id="schedule_move", request=TimeChange, responses={200: PostShown})
    def put(self, request: Request, pk: int) -> Response:
        """Move a post to another time. A `version` that is not the post's is refused with 409."""
        asked = read_body(TimeChange, request)
        post = self._post(pk)
        require_seen(post, asked["version"])
        with refusals(about_time=True):
            give_time(post, asked["time"], self.caller, database_now())
        return Response(PostShown(self._post(pk)).data)

    @extend_schema(operation_id="schedule_take", request=None, responses={200: PostShown})
    def delete(self, request: Request, pk: int) -> Response:
        """Take the time from a scheduled post: it is ready again and waits. Nothing is deleted."""
        post = self._post(pk)
        if post.status != Status.READY:
            with refusals():
                unschedule(post, by=self.caller.user, now=database_now())
        return Response(PostShown(self._post(pk)).data)

    def _post(self, pk: int) -> Post:
        post = for_showing(visible_posts(self)).filter(pk=pk).first()
        if post is None:
            raise Http404
        self.caller.require(PUBLISH_POST, post.brand, Scope.POSTS_PUBLISH)
        return post


class ScheduleQueueView(ApiView):
    scopes: ClassVar = {"GET": Scope.POSTS_READ}

    @extend_schema(
        operation_id="schedule_queue", parameters=[ScheduleAsked], responses={200: SchedulePage}
    )
    def get(self, request: Request) -> Response:
        """Scheduled posts, the next to go out first, held ones among them."""
        asked = read_query(ScheduleAsked, request)
        chosen = {path: asked[name] for name, path in FILTERS.items() if name in asked}
        rows = for_showing(visible_posts(self)).filter(status=Status.SCHEDULED, **chosen)
        page = page_by_time(rows, request, limit=asked["limit"], cursor=asked["cursor"])
        return Response(SchedulePage({"results": page.rows, "next": page.next}).data)


class ExecuteView(ApiView):
    scopes: ClassVar = {"POST": Scope.POSTS_PUBLISH}

    @extend_schema(
        operation_id="schedule_execute",
        request=Execution,
        responses={202: Executed},
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request) -> Response:
        """Let posts go out now, the way all posts do: through a worker's claim.

        With `posts` these, whatever their time; without it workers are woken for all that is due.
        A hold, a missing approval or a late limit is never skipped: such a post waits, and the
        answer says why.
        """
        asked = read_body(Execution, request)

        def prepared() -> Callable[[], Any]:
            if "posts" not in asked:
                return self._wake
            posts = posts_named(self, asked["posts"])
            for post in posts:
                self.caller.require(PUBLISH_POST, post.brand, Scope.POSTS_PUBLISH)
            return lambda: self._release(posts, database_now())

        return once(request, prepared, status=202)

    def _wake(self) -> dict[str, Any]:
        wake_soon()
        return Executed({"posts": []}).data

    def _release(self, posts: list[Post], now: datetime) -> dict[str, Any]:
        told = [self._one(post, now) for post in posts]
        return Executed({"posts": told}).data

    def _one(self, post: Post, now: datetime) -> dict[str, Any]:
        if post.status != Status.SCHEDULED:
            state = Status(post.status).label.lower()
            sentence = f"The post is {state}; only scheduled posts are let go."
            return {"id": post.pk, "outcome": WAITS, "sentence": sentence}
        try:
            with transaction.atomic():
                publish_now(post, by=self.caller.user, now=now)
        except NotPossible as refusal:
            return {"id": post.pk, "outcome": WAITS, "sentence": str(refusal)}
        sentence = "A worker sends it as soon as one is free."
        return {"id": post.pk, "outcome": RELEASED, "sentence": sentence}


def posts_named(view: ApiView, ids: list[int]) -> list[Post]:
    """Return these posts of the caller's brands, in this order. Raises NotThere."""
    found = for_showing(visible_posts(view)).in_bulk(ids)
    missing = {place: [f"There is no post {pk}."] for place, pk in enumerate(ids)
               if pk not in found}  # fmt: skip
    if missing:
        raise NotThere({"posts": missing})
    return [found[pk] for pk in ids]
