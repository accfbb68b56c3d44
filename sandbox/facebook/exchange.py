"""One request of a Page: which call it is, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from sandbox import graph
from sandbox.accounts import Account
from sandbox.facebook import insights, photos
from sandbox.facebook.disclosure import check_disclosure
from sandbox.facebook.filming import Filming
from sandbox.facebook.shapes import (
    NAME,
    digits_of,
    name_comment,
    name_post,
    page_fields,
    post_fields,
)
from sandbox.ledger import Draft, Entry, Media
from sandbox.platform import Call, Refused
from sandbox.uploads import Upload
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

MAX_TEXT = 63_206  # characters; known from use, no official page states it
MAX_COMMENT = 8_000  # characters
LISTED = 25  # posts in a list, unless `limit` says otherwise
MOST_LISTED = 100
FEED = ("message", "link", "published", "attached_media", "client_mutation_id", "sponsor_id")
PHOTO = (
    "source",
    "url",
    "caption",
    "message",
    "alt_text_custom",
    "published",
    "no_story",
    "sponsor_id",
)
COMMENT = ("message", "attachment_url", "attachment_id")
LISTING = ("limit", "after", "since", "until", "include_hidden", "show_expired", "with")


class Exchange:
    """One request of a Page. Its methods raise `Refused`."""

    def __init__(self, request: Request, world: World, account: Account) -> None:
        self.request = request
        self.world = world
        self.account = account
        self.said = graph.parameters(request)

    def call(self, node: str, edge: str) -> Call:
        kind, perform = self._route(node, edge)
        return Call(frozenset({kind}), self.account, perform)

    def _route(self, node: str, edge: str) -> tuple[str, Callable[[], Response]]:
        method = self.request.method
        if (node, method, edge) == (self.account.id, "GET", ""):
            return "read", self.show_page
        if film := Filming(self).route(node, edge):
            return film
        if (node, method, edge) == (self.account.id, "GET", "insights"):
            return "read", partial(insights.show, self.request, self.account, insights.PAGE)
        if edge in ("feed", "photos") and method == "POST":
            self._own_page(node)
            return self._publishing(edge)
        if edge in ("feed", "posts", "published_posts") and method == "GET":
            self._own_page(node)
            return "read", self.list_posts
        return self._route_post(node, edge, method)

    def _publishing(self, edge: str) -> tuple[str, Callable[[], Response]]:
        if edge == "feed":
            return "publish", self.publish
        if graph.truth(self.said.get("published", True), "published"):
            return "publish", self.publish_photo
        return "upload", self.upload_photo

    def _route_post(self, node: str, edge: str, method: str) -> tuple[str, Callable[[], Response]]:
        entry = self.world.ledger.live(NAME, node)
        if entry is None or entry.account != self.account.id:
            raise graph.not_found(node, method)
        routes: dict[tuple[str, str], tuple[str, Callable[[Entry], Response]]] = {
            ("GET", ""): ("read", self.show_post),
            ("POST", ""): ("edit", self.edit),
            ("DELETE", ""): ("delete", self.delete),
            ("POST", "comments"): ("comment", self.comment),
            ("GET", "comments"): ("read", self.list_comments),
            ("GET", "insights"): ("read", self.show_insights),
            ("GET", "video_insights"): ("read", self.show_insights),
        }
        if (method, edge) not in routes:
            raise graph.not_found(f"{node}/{edge}" if edge else node, method)
        kind, perform = routes[method, edge]
        return kind, partial(perform, entry)

    def _own_page(self, node: str) -> None:
        if node == self.account.id:
            return
        if self.world.accounts.get(NAME, node) is None:
            raise graph.not_found(node, self.request.method)
        message = (
            "(#200) If posting to a page, requires both pages_read_engagement and "
            "pages_manage_posts as an admin with sufficient administrative permission"
        )
        raise Refused(graph.error(200, message, status=403))

    def show_page(self) -> Response:
        graph.check_names(self.request, ())
        return json_response(
            graph.chosen(self.request, page_fields(self.account), "Page", ("name", "id"))
        )

    def publish(self) -> Response:
        graph.check_names(self.request, FEED)
        if not graph.truth(self.said.get("published", True), "published"):
            raise invalid_here("published=false on the feed")
        message, link = self._text("message", MAX_TEXT), str(self.said.get("link", ""))
        check_link(link)
        check_disclosure(self.said, self.account)
        with self.world.ledger.lock:
            uploads = photos.attached(self.world, self.account, self.said)
            if not (message or link or uploads):
                raise graph.invalid("You must provide a message, a link or attached_media.")
            entry = self._add(message, [upload.media for upload in uploads], {"link": link})
            for upload in uploads:
                upload.attached = True
        return json_response({"id": entry.id}, created=True)

    def _text(self, name: str, most: int) -> str:
        text = self.said.get(name, "")
        if not isinstance(text, str):
            raise graph.invalid(f"param {name} must be a string.")
        if len(text) > most:
            raise graph.invalid(f"{name.capitalize()} parameter too long: at most {most}.")
        return text

    def _add(self, text: str, media: list[Media], notes: dict[str, Any], alias: str = "") -> Entry:
        page = self.account.id
        aliases = (alias,) if alias else ()
        draft = Draft(
            NAME, page, text, partial(name_post, page), tuple(media), None, aliases, notes
        )
        return self.world.ledger.add(draft)

    def _photo(self, address: str) -> tuple[Media, str]:
        url, alt = (str(self.said.get(name, "")) for name in (address, "alt_text_custom"))
        return photos.take(self.world, self.request.form.files.get("source"), url, alt)

    def _caption(self) -> str:
        return self._text("message", MAX_TEXT) or self._text("caption", MAX_TEXT)

    def publish_photo(self) -> Response:
        graph.check_names(self.request, PHOTO)
        check_disclosure(self.said, self.account)
        caption, (media, _) = self._caption(), self._photo("url")
        photo = digits_of(self.world.ledger.now())
        entry = self._add(caption, [media], {"photo": photo}, photo)
        return json_response({"id": photo, "post_id": entry.id}, created=True)

    def upload_photo(self) -> Response:
        graph.check_names(self.request, PHOTO)
        caption, (media, mime) = self._caption(), self._photo("url")
        upload = Upload(
            NAME, self.account.id, digits_of(self.world.ledger.now()), media, mime, caption
        )
        self.world.uploads.keep(upload)
        return json_response({"id": upload.id}, created=True)

    def list_posts(self) -> Response:
        graph.check_names(self.request, LISTING)
        limit = graph.whole(self.said.get("limit", LISTED), "limit")
        if not 0 < limit <= MOST_LISTED:
            raise graph.invalid("param limit must be between 1 and 100.")
        posts = list(islice(self._in_window(), limit))
        default = ("created_time", "message", "id")
        shown = [graph.chosen(self.request, self._fields(p), "PagePost", default) for p in posts]
        answer: dict[str, Any] = {"data": shown}
        if posts:
            answer["paging"] = {"cursors": {"before": posts[0].id, "after": posts[-1].id}}
        return json_response(answer)

    def _in_window(self) -> Iterator[Entry]:
        """Live posts, newest first, between `since` and `until` (Unix time) and past `after`."""
        since = graph.whole(self.said.get("since", 0), "since")
        until = graph.whole(self.said.get("until", 2**40), "until")
        after = self.world.ledger.get(NAME, str(self.said.get("after", "")))
        for post in self.world.ledger.newest(NAME, self.account.id):
            moment = int(post.created_at.timestamp())
            if moment < since:
                return
            past = after is None or post.created_at < after.created_at
            # Reels and stories are not part of the feed; they have lists of their own.
            elsewhere = post.notes.get("kind") in ("reel", "story")
            if post.parent is None and moment <= until and past and not elsewhere:
                yield post

    def _fields(self, post: Entry) -> dict[str, Any]:
        return post_fields(self.world, self.account, post)

    def show_post(self, post: Entry) -> Response:
        graph.check_names(self.request, ())
        node = "Comment" if post.parent else "PagePost"
        default = ("created_time", "message", "id")
        return json_response(graph.chosen(self.request, self._fields(post), node, default))

    def show_insights(self, post: Entry) -> Response:
        of_video = self.request.path.endswith("video_insights")
        known = insights.VIDEO if of_video else insights.POST
        return insights.show(self.request, self.account, known)

    def edit(self, post: Entry) -> Response:
        kind = post.notes.get("kind")
        if kind == "story":
            raise graph.invalid("A story cannot be edited.")
        name = "description" if kind in ("reel", "video") else "message"
        graph.check_names(self.request, (name,))
        if name not in self.said:
            raise graph.invalid(f"The parameter {name} is required.")
        message = self._text(name, MAX_COMMENT if post.parent else MAX_TEXT)
        if not (message or post.media or post.notes.get("link")):
            raise graph.invalid("The parameter message must not be empty.")
        self.world.ledger.revise(post, text=message)
        return json_response({"success": True})

    def delete(self, post: Entry) -> Response:
        graph.check_names(self.request, ())
        with self.world.ledger.lock:
            for comment in self.world.ledger.children(post):
                self.delete(comment)
            self.world.ledger.delete(post)
        return json_response({"success": True})

    def comment(self, post: Entry) -> Response:
        if post.notes.get("kind") == "story":
            raise graph.not_found(f"{post.id}/comments", self.request.method)
        graph.check_names(self.request, COMMENT)
        message, media = self._text("message", MAX_COMMENT), self._comment_media()
        if not (message or media):
            raise graph.invalid("The parameter message is required.")
        name = partial(name_comment, post)
        draft = Draft(NAME, self.account.id, message, name, media, post.id)
        return json_response({"id": self.world.ledger.add(draft).id}, created=True)

    def _comment_media(self) -> tuple[Media, ...]:
        if "attachment_id" in self.said:
            name = self.said["attachment_id"]
            return (photos.unpublished(self.world, self.account, name).media,)
        if "attachment_url" in self.said:
            return (self._photo("attachment_url")[0],)
        return ()

    def list_comments(self, post: Entry) -> Response:
        graph.check_names(self.request, ("limit", "filter", "order"))
        default = ("created_time", "from", "message", "id")
        shown = [
            graph.chosen(self.request, self._fields(comment), "Comment", default)
            for comment in self.world.ledger.children(post)
        ]
        return json_response({"data": shown})


def check_link(link: str) -> None:
    if not link:
        return
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise graph.invalid("link should be an http or https URL", subcode=1609005)


def invalid_here(what: str) -> Refused:
    return graph.invalid(f"This sandbox does not simulate {what}.")
