"""One request for an account: which call it is, and its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from sandbox import graph
from sandbox.accounts import Account
from sandbox.containers import Container
from sandbox.instagram.making import Making, owned
from sandbox.instagram.media import refused
from sandbox.instagram.shapes import (
    account_fields,
    by_facebook,
    comment_fields,
    name_comment,
    name_post,
    page_fields,
    person_fields,
    post_fields,
)
from sandbox.ledger import Draft, Entry
from sandbox.linked import NAME
from sandbox.platform import Call
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

A_DAY = timedelta(days=1)
QUOTA = 50  # posts in a day
LISTED = 25
MOST_LISTED = 100
MAX_COMMENT = 2200
METRICS = {
    "FEED": {"reach", "views", "shares", "total_interactions", "likes", "comments", "saved"}
    | {"follows", "profile_visits", "profile_activity", "reposts"},
    "REELS": {"reach", "views", "shares", "total_interactions", "likes", "comments", "saved"}
    | {"ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate", "reposts"},
    "STORY": {"reach", "views", "shares", "total_interactions", "replies", "navigation"}
    | {"follows", "profile_visits", "profile_activity", "reposts"},
}
ACCOUNT_METRICS = frozenset(
    {"reach", "views", "total_interactions", "accounts_engaged", "likes", "comments", "shares"}
)

Perform = Callable[[], Response]


class Exchange:
    """One request for an account. Its methods raise `Refused`."""

    def __init__(self, request: Request, world: World, account: Account) -> None:
        self.request, self.world, self.account = request, world, account
        self.said = graph.parameters(request)

    def call(self, node: str, edge: str) -> Call:
        kind, perform = self._route(node, edge)
        return Call(frozenset({kind}), self.account, perform)

    def _route(self, node: str, edge: str) -> tuple[str, Perform]:
        method = self.request.method
        if node in ("me", self.account.id):
            return self._route_account(node, edge, method)
        container = self.world.containers.get(node)
        if container and container.account == self.account.id and (method, edge) == ("GET", ""):
            return "read", partial(self.show_container, container)
        entry = self.world.ledger.live(NAME, node)
        if entry is None or entry.account != self.account.id:
            raise graph.not_found(node, method)
        return self._route_post(entry, edge, method)

    def _route_account(self, node: str, edge: str, method: str) -> tuple[str, Perform]:
        routes: dict[tuple[str, str], tuple[str, Perform]] = {
            ("GET", ""): ("read", partial(self.show_account, node)),
            ("POST", "media"): ("upload", self.make),
            ("GET", "media"): ("read", partial(self.list_posts, stories=False)),
            ("GET", "stories"): ("read", partial(self.list_posts, stories=True)),
            ("POST", "media_publish"): ("publish", self.publish),
            ("GET", "content_publishing_limit"): ("read", self.show_quota),
            ("GET", "insights"): ("read", self.account_insights),
        }
        if (method, edge) not in routes:
            raise graph.not_found(f"{node}/{edge}", method)
        return routes[method, edge]

    def _route_post(self, entry: Entry, edge: str, method: str) -> tuple[str, Perform]:
        routes: dict[tuple[str, str], tuple[str, Callable[[Entry], Response]]] = {
            ("GET", ""): ("read", self.show_post),
            ("POST", "comments"): ("comment", self.comment),
            ("GET", "comments"): ("read", self.list_comments),
            ("GET", "insights"): ("read", self.insights),
        }
        if by_facebook(self.account):
            routes["DELETE", ""] = ("delete", self.delete)
        if (method, edge) not in routes:
            raise graph.not_found(f"{entry.id}/{edge}".rstrip("/"), method)
        kind, perform = routes[method, edge]
        return kind, partial(perform, entry)

    def show_account(self, node: str) -> Response:
        graph.check_names(self.request, ())
        fields, default = account_fields(self.account), ("id", "username")
        if node == "me" and by_facebook(self.account):
            fields, default = page_fields(self.account), ("id", "name")
        elif node == "me":
            fields = person_fields(self.account)
        return json_response(graph.chosen(self.request, fields, "IGUser", default))

    def make(self) -> Response:
        return Making(self.request, self.world, self.account).make()

    def show_container(self, container: Container) -> Response:
        graph.check_names(self.request, ())
        status = self.world.containers.look(container)
        words = {
            "ERROR": f"Error: Media upload has failed with error code {container.fault}",
            "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
            "PUBLISHED": "Published: Media has been published.",
            "EXPIRED": "Expired: Container has expired.",
            "IN_PROGRESS": "In Progress: Media is still being processed.",
        }[status]
        shown: dict[str, Any] = {
            "id": container.id,
            "status_code": status,
            "status": words,
            "video_status": None,
            "copyright_check_status": None,
        }
        return json_response(graph.chosen(self.request, shown, "ShadowIGMediaBuilder", ("id",)))

    def publish(self) -> Response:
        graph.check_names(self.request, ("creation_id",))
        with self.world.ledger.lock, self.world.containers.lock:
            container = owned(self.world, self.account, str(self.said.get("creation_id", "")))
            self._check_publishable(container)
            entry = self.world.ledger.add(self._draft(container))
            container.published = entry.id
        return json_response({"id": entry.id}, created=True)

    def _check_publishable(self, container: Container) -> None:
        status = container.status
        if status == "EXPIRED":
            raise refused(-2, 2207020, "The media you are trying to access has expired.")
        if status == "PUBLISHED":
            raise refused(24, 2207006, "The media was published already.")
        if status != "FINISHED" or container.child:
            raise refused(9007, 2207027, "The media is not ready to be published.")
        total, used = self._quota()
        if used >= total:
            raise refused(9, 2207042, "You reached the maximum number of posts that is allowed.")

    def _draft(self, container: Container) -> Draft:
        name = partial(name_post, self.account.id, container.kind)
        return Draft(
            NAME,
            self.account.id,
            container.caption,
            name,
            container.media,
            notes={"kind": container.kind},
        )

    def _quota(self) -> tuple[int, int]:
        since = self.world.ledger.now() - A_DAY
        made = 0
        for entry in self.world.ledger.latest(NAME, self.account.id, MOST_LISTED):
            made += entry.created_at > since
        total = int(self.account.limits.get("quota_total", QUOTA))
        return total, made + int(self.account.limits.get("quota_used", 0))

    def show_quota(self) -> Response:
        graph.check_names(self.request, ("since",))
        total, used = self._quota()
        shown = {
            "id": self.account.id,
            "quota_usage": used,
            "config": {"quota_total": total, "quota_duration": 86400},
        }
        node = "ContentPublishingLimitResponse"
        picked = graph.chosen(self.request, shown, node, ("quota_usage",))
        picked.pop("id")
        return json_response({"data": [picked]})

    def list_posts(self, *, stories: bool) -> Response:
        graph.check_names(self.request, ("limit", "after", "since", "until"))
        limit = graph.whole(self.said.get("limit", LISTED), "limit")
        if not 0 < limit <= MOST_LISTED:
            raise graph.invalid("param limit must be between 1 and 100.")
        newest = self.world.ledger.newest(NAME, self.account.id)
        wanted = (
            post
            for post in newest
            if post.parent is None and (post.notes.get("kind") == "STORIES") == stories
        )
        shown = [
            graph.chosen(self.request, self._fields(post), "IGMedia", ("id",))
            for post in islice(wanted, limit)
        ]
        return json_response({"data": shown})

    def _fields(self, post: Entry) -> dict[str, Any]:
        return post_fields(self.world, self.account, post)

    def show_post(self, post: Entry) -> Response:
        graph.check_names(self.request, ())
        return json_response(graph.chosen(self.request, self._fields(post), "IGMedia", ("id",)))

    def delete(self, post: Entry) -> Response:
        graph.check_names(self.request, ())
        self.world.ledger.delete(post)
        return json_response({"success": True})

    def comment(self, post: Entry) -> Response:
        graph.check_names(self.request, ("message",))
        message = str(self.said.get("message", ""))
        if not message or len(message) > MAX_COMMENT:
            raise graph.invalid("param message must have between 1 and 2200 characters.")
        if post.notes.get("kind") == "STORIES":
            raise graph.not_found(f"{post.id}/comments", "POST")
        draft = Draft(NAME, self.account.id, message, partial(name_comment, post), (), post.id)
        return json_response({"id": self.world.ledger.add(draft).id}, created=True)

    def list_comments(self, post: Entry) -> Response:
        graph.check_names(self.request, ("limit",))
        default = ("timestamp", "text", "id")
        shown = [
            graph.chosen(self.request, comment_fields(comment), "IGComment", default)
            for comment in self.world.ledger.children(post)
        ]
        return json_response({"data": shown})

    def insights(self, post: Entry) -> Response:
        """A metric that this kind of post does not have fails them all, as it does there."""
        graph.check_names(self.request, ("metric", "period", "breakdown"))
        wanted = [name for name in str(self.said.get("metric", "")).split(",") if name]
        known = METRICS[self._fields(post)["media_product_type"]]
        if not wanted or not set(wanted) <= known:
            raise graph.invalid(f"metric must be one of: {', '.join(sorted(known))}")
        numbers = self.account.limits.get("metrics", {})
        return json_response({"data": [metric(post, name, numbers) for name in wanted]})

    def account_insights(self) -> Response:
        graph.check_names(self.request, ("metric", "period", "metric_type", "since", "until"))
        wanted = [name for name in str(self.said.get("metric", "")).split(",") if name]
        if not wanted or not set(wanted) <= ACCOUNT_METRICS or "period" not in self.said:
            raise graph.invalid(f"metric must be one of: {', '.join(sorted(ACCOUNT_METRICS))}")
        numbers = self.account.limits.get("metrics", {})
        shown = [
            {"name": name, "period": "day", "total_value": {"value": numbers.get(name, 0)}}
            for name in wanted
        ]
        return json_response({"data": shown})


def metric(post: Entry, name: str, numbers: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "period": "lifetime",
        "values": [{"value": numbers.get(name, 0)}],
        "title": name.replace("_", " ").capitalize(),
        "description": "",
        "id": f"{post.id}/insights/{name}/lifetime",
    }
