"""`POST /{account}/media`: making a container, and sending it the bytes of a video."""

from __future__ import annotations

import re
from typing import Any

from sandbox import graph
from sandbox.accounts import Account
from sandbox.containers import LIFE, Container
from sandbox.instagram import media
from sandbox.instagram.media import refused
from sandbox.instagram.shapes import by_facebook, digits_of
from sandbox.ledger import Media
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

CAPTION_MAX, HASHTAGS_MAX, MENTIONS_MAX, ALT_MAX = 2200, 30, 20, 1000
CHILDREN = range(2, 11)
VIDEO_LOOKS = 1  # looks that find a video being processed, where an account does not say

# What each kind of container takes besides `media_type`.
ANY = frozenset({"is_ai_generated"})
POSTED = ANY | {"caption", "location_id", "collaborators", "is_paid_partnership"}
SOURCES = frozenset({"video_url", "upload_type"})
PICTURE = frozenset({"image_url", "alt_text", "user_tags"})
CHILD = frozenset({"is_carousel_item"})
PARAMETERS = {
    "IMAGE": POSTED | PICTURE | {"product_tags"},
    "REELS": POSTED
    | SOURCES
    | {"share_to_feed", "cover_url", "thumb_offset", "audio_name", "trial_params", "user_tags"},
    "STORIES": ANY | SOURCES | {"image_url"},
    "CAROUSEL": POSTED | {"children"},
    "child IMAGE": CHILD | PICTURE,
    "child VIDEO": CHILD | SOURCES,
}


class Making:
    """One container in the making. Its methods raise `Refused`."""

    def __init__(self, request: Request, world: World, account: Account) -> None:
        self.request, self.world, self.account = request, world, account
        self.said = graph.parameters(request)
        self.child = graph.truth(self.said.get("is_carousel_item", "false"), "is_carousel_item")
        self.kind = self._kind()

    def _kind(self) -> str:
        kind = str(self.said.get("media_type", "IMAGE"))
        known = ("IMAGE", "VIDEO") if self.child else ("IMAGE", "REELS", "STORIES", "CAROUSEL")
        if kind not in known:
            raise refused(100, 2207023, f"The media type {kind} is unknown.")
        return kind

    def make(self) -> Response:
        named = f"child {self.kind}" if self.child else self.kind
        graph.check_names(self.request, PARAMETERS[named] | {"media_type"})
        if "is_paid_partnership" in self.said:
            graph.truth(self.said["is_paid_partnership"], "is_paid_partnership")
            if not by_facebook(self.account):
                raise graph.invalid("param is_paid_partnership is not supported for this login.")
        container = Container(
            digits_of(self.world.ledger.now()),
            self.account.id,
            self.kind,
            self._caption(),
            child=self.child,
            life=float(self.account.limits.get("container_life", LIFE)),
            fault=str(self.account.limits.get("dies_of", "")),
        )
        if self.kind == "CAROUSEL":
            container.media = self._children()
        elif "image_url" in self.said:
            container.media = (self._picture(),)
        else:
            self._take_video(container)
        self.world.containers.keep(container)
        said = {"id": container.id}
        if container.awaits_bytes:
            said["uri"] = f"{self.world.origin}/instagram/ig-api-upload/v26.0/{container.id}"
        return json_response(said, created=True)

    def _caption(self) -> str:
        caption = str(self.said.get("caption", ""))
        if len(caption) > CAPTION_MAX:
            raise refused(36004, 2207010, f"The caption was too long: {len(caption)} characters.")
        if len(re.findall(r"(?<![\w&])#\w+", caption)) > HASHTAGS_MAX:
            raise refused(100, 2207040, "Cannot use more than 30 tags.")
        if len(re.findall(r"(?<![\w.@])@\w+", caption)) > MENTIONS_MAX:
            raise refused(100, 2207040, "Cannot use more than 20 mentions.")
        names = graph.decoded(self.said.get("collaborators", []), "collaborators")
        if not isinstance(names, list) or len(names) > 3:
            raise graph.invalid("param collaborators must be a list of at most 3 usernames.")
        return caption

    def _picture(self) -> Media:
        alt = str(self.said.get("alt_text", ""))
        if len(alt) > ALT_MAX:
            raise graph.invalid("param alt_text is too long: at most 1000 characters.")
        self._check_tags()
        any_ratio = self.child or self.kind == "STORIES"
        return media.picture(self.world, str(self.said["image_url"]), alt, any_ratio=any_ratio)

    def _check_tags(self) -> None:
        tags = graph.decoded(self.said.get("user_tags", []), "user_tags")
        if not isinstance(tags, list):
            raise graph.invalid("param user_tags must be an array.")
        for tag in tags:
            if not isinstance(tag, dict) or "username" not in tag or not {"x", "y"} <= set(tag):
                raise refused(100, 2207036, "A tag needs a username and its x and y.")
            if not all(0 <= float(tag[name]) <= 1 for name in ("x", "y")):
                raise refused(100, 2207035, "A tag's position lies outside of the image.")

    def _take_video(self, container: Container) -> None:
        container.looks_left = int(self.account.limits.get("looks", VIDEO_LOOKS))
        if self.said.get("upload_type") == "resumable":
            if not by_facebook(self.account):
                raise graph.invalid("param upload_type is not supported for this login.")
            container.awaits_bytes = True
            return
        if "video_url" not in self.said:
            raise graph.invalid("The parameter image_url or video_url is required.")
        found = media.fetched_video(self.world, str(self.said["video_url"]))
        container.media = (found,) if found else ()
        container.fault = container.fault or ("" if found else "2207026")

    def _children(self) -> tuple[Media, ...]:
        names = [name for name in str(self.said.get("children", "")).split(",") if name]
        if len(names) not in CHILDREN:
            raise refused(100, 2207028, "A carousel needs between 2 and 10 children.")
        found: list[Media] = []
        for name in names:
            child = owned(self.world, self.account, name)
            if not child.child:
                raise graph.invalid(f"{name} was not made as an item of a carousel.")
            if child.status != "FINISHED":
                raise refused(9007, 2207027, "The media is not ready to be published.")
            found += child.media
        return tuple(found)


def owned(world: World, account: Account, name: str) -> Container:
    """The account's container of that id. Raises `Refused`."""
    container = world.containers.get(name)
    if container is None or container.account != account.id:
        raise refused(24, 2207006, "The media could not be found.")
    return container


def take_bytes(request: Request, world: World, account: Account, name: str) -> Response:
    """`POST /ig-api-upload/{version}/{container}` with the whole video."""
    container = owned(world, account, name)
    if not container.awaits_bytes:
        raise graph.invalid("This container takes no bytes.")
    size, offset = (request.headers.get(header, "") for header in ("file_size", "offset"))
    if offset != "0" or not size.isdigit() or int(size) != len(request.body):
        return upload_fault("OffsetInvalidError", "Request is missing bytes.", retriable=True)
    found = media.video(world, request.body)
    if found is None:
        return upload_fault("ProcessingFailedError", "Request processing failed", retriable=False)
    container.media, container.awaits_bytes = (found,), False
    return json_response({"success": True, "message": "Upload successful."}, created=True)


def upload_fault(kind: str, message: str, *, retriable: bool) -> Response:
    said: dict[str, Any] = {"retriable": retriable, "type": kind, "message": message}
    return json_response({"debug_info": said}, 200)
