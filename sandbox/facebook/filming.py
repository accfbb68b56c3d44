"""The calls of a Page that are about videos, reels and stories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sandbox import graph
from sandbox.facebook import photos, videos
from sandbox.facebook.disclosure import check_disclosure
from sandbox.facebook.shapes import NAME, digits_of, name_post, name_reel, name_video
from sandbox.ledger import Draft, Entry
from sandbox.platform import Refused
from sandbox.video_uploads import VideoUpload
from sandbox.wire import Response, json_response

if TYPE_CHECKING:
    from sandbox.facebook.exchange import Exchange

PARTS = ("upload_phase", "upload_session_id", "file_size", "start_offset", "video_file_chunk")
VIDEO = (*PARTS, "title", "description", "published", "sponsor_id", "is_ai_generated")
SESSION = ("upload_phase", "video_id", "video_state", "title", "description", "is_ai_generated")
STORY_LIFE = timedelta(hours=24)
Route = tuple[str, Callable[[], Response]]


class Filming:
    """What an exchange leaves to this module. Its methods raise `Refused`."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.world, self.account = exchange.world, exchange.account
        self.request, self.said = exchange.request, exchange.said

    def route(self, node: str, edge: str) -> Route | None:
        """The call, or None when it is about something else."""
        method = self.request.method
        upload = self.world.videos.get(self.account.id, node)
        if upload and not upload.published and (method, edge) == ("GET", ""):
            return "read", partial(self.show_upload, upload)
        if node != self.account.id:
            return None
        phase = str(self.said.get("upload_phase", ""))
        routes: dict[tuple[str, str], Route] = {
            ("POST", "videos"): self._of_parts(phase),
            ("POST", "video_reels"): self._of_session(edge, phase),
            ("POST", "video_stories"): self._of_session(edge, phase),
            ("POST", "photo_stories"): ("publish", self.publish_photo_story),
            ("GET", "stories"): ("read", self.list_stories),
            ("GET", "video_reels"): ("read", self.list_reels),
        }
        return routes.get((method, edge))

    def _of_parts(self, phase: str) -> Route:
        known: dict[str, Route] = {
            "start": ("upload", self.start_parts),
            "transfer": ("upload", self.take_part),
            "finish": ("publish", self.publish_video),
        }
        return known.get(phase, ("publish", self.no_phase))

    def _of_session(self, edge: str, phase: str) -> Route:
        known: dict[str, Route] = {
            "start": ("upload", partial(self.start_session, edge)),
            "finish": ("publish", partial(self.publish_session, edge)),
        }
        return known.get(phase, ("publish", self.no_phase))

    def no_phase(self) -> Response:
        raise graph.invalid("upload_phase must be one of start, transfer, finish.")

    def _begin(self, edge: str, size: int = 0) -> VideoUpload:
        name = digits_of(self.world.ledger.now())
        looks = int(self.account.limits.get("video_processing", 0))
        upload = VideoUpload(self.account.id, name, edge, size, looks_left=looks)
        self.world.videos.begin(upload)
        return upload

    def _upload(self, name: str, edge: str) -> VideoUpload:
        upload = self.world.videos.get(self.account.id, str(self.said.get(name, "")))
        if upload is None or upload.edge != edge:
            raise graph.invalid(f"param {name} names no upload of this Page.")
        return upload

    def start_parts(self) -> Response:
        graph.check_names(self.request, PARTS[:3])
        size = graph.whole(self.said.get("file_size"), "file_size")
        if size <= 0:
            raise graph.invalid("param file_size must be above 0.")
        upload = self._begin("videos", size)
        wanted = videos.part_wanted(upload, self.account)
        names = {"upload_session_id": upload.id, "video_id": upload.id}
        return json_response(names | wanted, created=True)

    def take_part(self) -> Response:
        graph.check_names(self.request, PARTS)
        file = self.request.form.files.get("video_file_chunk")
        if file is None:
            raise graph.invalid("The parameter video_file_chunk is required.")
        with self.world.videos.guard:
            upload = self._upload("upload_session_id", "videos")
            videos.take_part(upload, self.account, self.said, file.data)
            return json_response(videos.part_wanted(upload, self.account))

    def publish_video(self) -> Response:
        graph.check_names(self.request, VIDEO)
        with self.world.videos.guard:
            upload = self._upload("upload_session_id", "videos")
            if not upload.complete:
                raise Refused(graph.error(6001, "The upload is not complete."))
            if upload.measured() is None:
                raise Refused(graph.error(6000, "There was a problem with the video file."))
            post, _ = name_post(self.account.id, self.world.ledger.now(), 0)
            self._publish(upload, partial(name_video, self.account.id, upload.id), (post,))
        return json_response({"success": True}, created=True)

    def _publish(self, upload: VideoUpload, name: Any, aliases: tuple[str, ...] = ()) -> Entry:
        if upload.published:
            raise graph.invalid("This video has been published already.")
        check_disclosure(self.said, self.account)
        kind = {"video_reels": "reel", "video_stories": "story"}.get(upload.edge, "video")
        text = "" if kind == "story" else self.exchange._text("description", videos.MOST_TEXT)
        notes = {"kind": kind, "video": upload.id}
        media = (upload.media(self.world.shelf),)
        page = self.account.id
        entry = self.world.ledger.add(Draft(NAME, page, text, name, media, None, aliases, notes))
        upload.published = True
        return entry

    def start_session(self, edge: str) -> Response:
        graph.check_names(self.request, SESSION[:1])
        upload = self._begin(edge)
        version = self.request.path.split("/")[2]
        url = f"{self.world.origin}/{NAME}/video-upload/{version}/{upload.id}"
        return json_response({"video_id": upload.id, "upload_url": url}, created=True)

    def publish_session(self, edge: str) -> Response:
        graph.check_names(self.request, SESSION)
        if self.said.get("video_state") != "PUBLISHED":
            raise graph.invalid("This sandbox simulates video_state=PUBLISHED only.")
        with self.world.videos.guard:
            upload = self._upload("video_id", edge)
            videos.check_upright(upload)
            if edge == "video_stories":
                entry = self._publish(upload, partial(name_post, self.account.id), (upload.id,))
                return json_response({"success": True, "post_id": entry.id}, created=True)
            self._check_reels()
            self._publish(upload, partial(name_reel, upload.id))
        return json_response({"success": True}, created=True)

    def _check_reels(self) -> None:
        since = self.world.ledger.now() - timedelta(hours=24)
        entries = self.world.ledger.newest(NAME, self.account.id)
        made = [e for e in entries if e.notes.get("kind") == "reel" and e.created_at > since]
        if len(made) >= int(self.account.limits.get("reels", videos.REELS)):
            message = "(#613) Calls to this api have exceeded the rate limit."
            raise Refused(graph.error(613, message))

    def publish_photo_story(self) -> Response:
        graph.check_names(self.request, ("photo_id",))
        with self.world.ledger.lock:
            upload = photos.unpublished(self.world, self.account, self.said.get("photo_id"))
            name = partial(name_post, self.account.id)
            notes = {"kind": "story", "photo": upload.id}
            page = self.account.id
            draft = Draft(NAME, page, "", name, (upload.media,), None, (upload.id,), notes)
            entry = self.world.ledger.add(draft)
            upload.attached = True
        return json_response({"success": True, "post_id": entry.id}, created=True)

    def show_upload(self, upload: VideoUpload) -> Response:
        graph.check_names(self.request, ())
        fields = {"id": upload.id, "status": videos.look(upload), "published": False}
        empty = dict.fromkeys(("created_time", "permalink_url", "description", "length"))
        return json_response(graph.chosen(self.request, empty | fields, "Video", ("id",)))

    def _of_kind(self, kind: str) -> list[Entry]:
        entries = self.world.ledger.newest(NAME, self.account.id)
        return [entry for entry in entries if entry.notes.get("kind") == kind]

    def list_stories(self) -> Response:
        graph.check_names(self.request, ("since", "until", "status", "limit"))
        since = self.world.ledger.now() - STORY_LIFE
        shown = [
            {
                "post_id": entry.id,
                "status": "PUBLISHED",
                "creation_time": str(int(entry.created_at.timestamp())),
                "media_type": entry.media[0].type,
                "media_id": entry.notes.get("video") or entry.notes.get("photo"),
                "url": self.world.origin + entry.path,
            }
            for entry in self._of_kind("story")
            if entry.created_at > since
        ]
        return json_response({"data": shown})

    def list_reels(self) -> Response:
        graph.check_names(self.request, ("since", "until", "limit"))
        default = ("updated_time", "description", "id")
        fields = self.exchange._fields
        shown = [
            graph.chosen(self.request, fields(entry), "Video", default)
            for entry in self._of_kind("reel")
        ]
        return json_response({"data": shown})
