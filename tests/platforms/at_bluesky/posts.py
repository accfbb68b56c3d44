"""What is sent to Bluesky in these tests, and what it is made of."""

import hashlib
from collections.abc import Callable
from typing import Any

from platforms.values import (
    MediaItem,
    Rendition,
)
from tests.content.films import film
from tests.content.pictures import picture as drawn
from tests.sandbox.conftest import Sandbox, png

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
RKEY = "3lxyzabcdefg2"
URI = f"at://{DID}/app.bsky.feed.post/{RKEY}"
CID = "bafyreihzwnyumvubacqyflkxpsejegc6sxwkcaxv3iwm3lrn5yhxadm3ke"
XRPC = "/xrpc/com.atproto"
PUT, APPLY = f"{XRPC}.repo.putRecord", f"{XRPC}.repo.applyWrites"
GET, DELETE = f"{XRPC}.repo.getRecord", f"{XRPC}.repo.deleteRecord"
UPLOAD, RESOLVE = f"{XRPC}.repo.uploadBlob", f"{XRPC}.identity.resolveHandle"
BLOB = {"$type": "blob", "ref": {"$link": CID}, "mimeType": "image/png", "size": 8}
PNG = png()
FILM = film()
LARGE = drawn("PNG", (1600, 900))


Connect = Callable[..., Any]


def medium(position: int = 1, **facts: Any) -> MediaItem:
    known: dict[str, Any] = {
        "type": "image",
        "mime": "image/png",
        "name": "1.png",
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "size": len(PNG),
        "width": 3,
        "height": 2,
        "alt": "A grey square",
    }
    return MediaItem(position=position, **{**known, **facts})


def clip() -> MediaItem:
    digest = hashlib.sha256(FILM).hexdigest()
    return medium(
        type="video", mime="video/mp4", name="clip.mp4", sha256=digest, size=len(FILM), alt="A wave"
    )


TEXT = "Ferries 🐟 run late, see https://example.org/times and ask @ferries.test #Fähren"
THREAD = "One.\n---\nTwo @ferries.test.\n---\nThree."
KINDS = {
    "text": Rendition("post", TEXT),
    "picture": Rendition("post", "Look.", media=(medium(),)),
    "gallery": Rendition("post", "Look.", media=tuple(medium(n) for n in range(1, 7))),
    "video": Rendition("post", "Look.", media=(clip(),)),
    "closed": Rendition("post", "Listen.", options={"replies_nobody": True, "no_quotes": True}),
    "thread": Rendition("thread", THREAD, media=(medium(),)),
}


def sent_record(sandbox: Sandbox, place: int = 0) -> Any:
    """The record of the newest request that wrote."""
    said = [r["parameters"] for r in sandbox.received() if r["created"]][-1]
    return said["record"] if "record" in said else said["writes"][place]["value"]
