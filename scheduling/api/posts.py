"""Posts, for programs: make, read, change, end, and the queue."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from content.models import Piece
from organisation.api.idempotency import HEADER, KEY_MAX, once
from organisation.api.paging import page_of
from organisation.api.view import ApiView, read_body, read_query
from organisation.clock import database_now
from organisation.models import Scope
from posting.models import Post
from scheduling.api.asked import IN_QUEUE, NewPosts, PostChange, QueueAsked
from scheduling.api.changing import change, end
from scheduling.api.making import prepare
from scheduling.api.shown import Ended, MadePosts, PostShown, QueuePage, for_showing

IDEMPOTENCY = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=f"1 to {KEY_MAX} characters of your choice. Send the same with each repetition.",
)
FILTERS = {"brand": "brand__slug", "account": "account", "platform": "platform__slug"}


class PostsView(ApiView):
    scopes: ClassVar = {"POST": Scope.POSTS_WRITE}

    @extend_schema(
        operation_id="posts_make",
        request=NewPosts,
        responses={201: MadePosts},
        parameters=[IDEMPOTENCY],
    )
    def post(self, request: Request) -> Response:
        """Make posts of new words or of a piece, one for each target: all of them or none.

        With a time they go out then, with `publish_now` as soon as a worker is free, else they are
        ready and wait.
        """
        asked = read_body(NewPosts, request)

        def prepared() -> Callable[[], Any]:
            now = database_now()
            making = prepare(self.caller, asked, now)
            return lambda: shown(*making.make(now))

        return once(request, prepared)


class PostView(ApiView):
    scopes: ClassVar = {
        "GET": Scope.POSTS_READ,
        "PUT": Scope.POSTS_WRITE,
        "DELETE": Scope.POSTS_WRITE,
    }

    @extend_schema(operation_id="posts_read", responses={200: PostShown})
    def get(self, request: Request, pk: int) -> Response:
        """A post as it stands."""
        return Response(PostShown(self._post(pk)).data)

    @extend_schema(operation_id="posts_change", request=PostChange, responses={200: PostShown})
    def put(self, request: Request, pk: int) -> Response:
        """Change the words or the time of a post that is not out.

        What is left out stays as it is. A `version` that is not the post's is refused with 409:
        somebody was faster, and nothing is overwritten. Other words need a new approval where one
        is asked for.
        """
        asked = read_body(PostChange, request)
        change(self._post(pk), asked, self.caller, database_now())
        return Response(PostShown(self._post(pk)).data)

    @extend_schema(operation_id="posts_end", request=None, responses={200: Ended, 202: Ended})
    def delete(self, request: Request, pk: int) -> Response:
        """Cancel a post that is not out; ask its platform to delete one that is.

        200: it is done. 202: the platform is being asked.
        """
        outcome, sentence = end(self._post(pk), self.caller, database_now())
        told = {"outcome": outcome, "sentence": sentence, "post": self._post(pk)}
        return Response(Ended(told).data, 202 if outcome == "asked_to_delete" else 200)

    def _post(self, pk: int) -> Post:
        post = for_showing(visible_posts(self)).filter(pk=pk).first()
        if post is None:
            raise Http404
        return post


class QueueView(ApiView):
    scopes: ClassVar = {"GET": Scope.POSTS_READ}

    @extend_schema(operation_id="posts_queue", parameters=[QueueAsked], responses={200: QueuePage})
    def get(self, request: Request) -> Response:
        """Posts that are ready, on their way, or need a person, newest first.

        Scheduled posts are not among them: they have a queue of their own.
        """
        asked = read_query(QueueAsked, request)
        wanted = [asked["status"]] if "status" in asked else list(IN_QUEUE)
        chosen = {path: asked[name] for name, path in FILTERS.items() if name in asked}
        rows = for_showing(visible_posts(self)).filter(status__in=wanted, **chosen)
        page = page_of(rows, request, limit=asked["limit"], cursor=asked["cursor"])
        return Response(QueuePage({"results": page.rows, "next": page.next}).data)


def shown(piece: Piece, posts: list[Post]) -> dict[str, Any]:
    """What was made, in the order it was asked for."""
    rows = for_showing(Post.objects.filter(pk__in=[post.pk for post in posts]))
    return MadePosts({"piece": piece.pk, "posts": rows.order_by("pk")}).data


def visible_posts(view: ApiView) -> QuerySet[Post]:
    """Posts of the brands that the person works for and the token is for."""
    return view.caller.narrowed(Post.objects.visible_to(view.caller.user))
