"""A Page of a running sandbox, and the pictures and films that tests post to it."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

from platforms.adapters.facebook import Facebook
from platforms.contract import Connection
from platforms.values import MediaItem, Rendition
from tests.content.films import film
from tests.sandbox.conftest import Sandbox, png

TOKEN, SECRET, PAGE = "token-0123456789abcdef", "secret-0123456789abcdef", "4004"
FILM = film(12.5, (1080, 1920), pictures=bytes(range(256)) * 40)
PHOTOS = tuple(png(width=3 + n) for n in range(3))
PART = 4000  # bytes of a video that the sandbox asks for at once


def photo(position: int = 1, alt: str = "") -> MediaItem:
    data = PHOTOS[position - 1]
    digest = hashlib.sha256(data).hexdigest()
    alt = alt or f"Picture {position}"
    return MediaItem(position, "image", "image/png", f"{position}", digest, len(data), 3, 2, alt)


def clip(data: bytes = FILM, seconds: float = 12.5) -> MediaItem:
    digest = hashlib.sha256(data).hexdigest()
    return MediaItem(
        1, "video", "video/mp4", "film", digest, len(data), 1080, 1920, duration=seconds
    )


# Each kind of post there is on a Page, by a name for people.
KINDS: dict[str, Rendition] = {
    "text": Rendition("feed-post", "Ferries run late."),
    "link": Rendition("feed-post", "Read on.", link="https://example.org/times"),
    "photo": Rendition("feed-post", "Look.", media=(photo(),)),
    "photos": Rendition("feed-post", "Look around.", media=(photo(1), photo(2), photo(3))),
    "video": Rendition("feed-post", "Watch this.", media=(clip(),)),
    "reel": Rendition("reel", "Watch this upright.", media=(clip(),)),
    "photo story": Rendition("story", "", media=(photo(),)),
    "video story": Rendition("story", "", media=(clip(),)),
}


def contents(item: MediaItem) -> io.BytesIO:
    return io.BytesIO(FILM if item.type == "video" else PHOTOS[int(item.name) - 1])


class PageAt:
    """Makes adapters for the Page, each as a worker makes one for one post."""

    def __init__(self, sandbox: Sandbox, make_client: Callable[..., Any], **limits: Any) -> None:
        self.sandbox, self._make_client = sandbox, make_client
        self.register(**limits)

    def register(self, **limits: Any) -> None:
        limits = {"app_secret": SECRET, "video_part": PART, **limits}
        account = self.sandbox.register("facebook", PAGE, TOKEN, limits=limits)
        self._base_url = account["base_url"]

    def adapter(self, **changes: Any) -> Facebook:
        known: dict[str, Any] = {
            "base_url": self._base_url,
            "version": Facebook.api_version,
            "remote_id": PAGE,
            "client": self._make_client(TOKEN, SECRET),
            "credentials": {"access_token": TOKEN, "app_secret": SECRET},
            "open_media": contents,
        }
        return Facebook(Connection(**{**known, **changes}))

    def calls(self) -> list[str]:
        """What the sandbox was asked since it was emptied, such as "POST feed"."""
        return [_name_of(request) for request in self.sandbox.received()]


def _name_of(request: dict[str, Any]) -> str:
    last = request["path"].rsplit("/", 1)[-1]
    phase = str((request["parameters"] or {}).get("upload_phase", ""))
    if "/video-upload/" in request["path"]:
        last = "upload host"
    elif last.isdigit():
        last = "video"
    return f"{request['method']} {last} {phase}".strip()
