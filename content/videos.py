"""Taking in videos: look inside, empty what tells where they were taken, keep them by their hash.

They are copied piece by piece and never whole in memory. They are not encoded anew: that takes
minutes and a machine for it, so what a platform cannot play is refused where it is to go. Where
ffmpeg is installed, it is asked for a still picture and what the video is made of.
"""

import hashlib
import tempfile
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from content import films, mp4
from content.media import row_of
from content.models import MediaAsset
from content.writing import clean_text, without_unusable
from organisation.models import Brand, User

BYTES_MAX = 1_000_000_000
CHUNK = 1024 * 1024  # bytes
ENDINGS = {"video/mp4": "mp4", "video/quicktime": "mov"}


def is_video(upload: IO[bytes]) -> bool:
    """Whether an upload is a video, by its first bytes; it is left at its beginning."""
    upload.seek(0)
    head = upload.read(12)
    upload.seek(0)
    return mp4.is_film(head)


def keep_video(
    upload: IO[bytes], name: str, *, brand: Brand, by: User | None, alt: str = ""
) -> MediaAsset:
    """Store an uploaded video and return its asset; the same bytes are kept once.

    Raises ValidationError with what is wrong with it; then nothing is kept.
    """
    name = without_unusable(name).strip()[:200] or "The video"
    alt = clean_text(alt, "alt")
    with tempfile.NamedTemporaryFile() as copy:
        size = _copy(upload, copy, name)
        film = _look_into(copy, size, name)
        mp4.empty_notes(copy, size)
        digest = _digest(copy)
        path = f"media/{digest[:2]}/{digest}.{ENDINGS[film.mime]}"
        _store(copy, path, size)
        values = {
            "file": path,
            "mime": film.mime,
            "size": size,
            "width": film.width,
            "height": film.height,
            "duration": film.duration,
            "alt": alt,
            "original_name": name,
            "uploaded_by": by,
        }
        asset = row_of(brand, digest, values)
        _store(copy, path, size)  # somebody may have been deleting the same bytes just now
        if not asset.poster and films.program():
            copy.flush()
            _keep_looked(asset, films.look(copy.name, film.duration))
    asset.alt = alt or asset.alt
    return asset


def add_poster(asset: MediaAsset) -> None:
    """Ask ffmpeg about a video that is kept already, for one from before it was installed.

    Raises films.NoPicture with the reason where none can be made.
    """
    with tempfile.NamedTemporaryFile() as copy, asset.file.open("rb") as kept:
        while chunk := kept.read(CHUNK):
            copy.write(chunk)
        copy.flush()
        looked = films.look(copy.name, asset.duration)
    _keep_looked(asset, looked)
    if not looked.still:
        raise films.NoPicture(looked.why)


def _keep_looked(asset: MediaAsset, looked: films.Looked) -> None:
    asset.codecs, asset.frame_rate = looked.codecs[:80], looked.frame_rate
    if looked.still:
        asset.poster = f"posters/{asset.sha256[:2]}/{asset.sha256}.jpeg"
        default_storage.save(asset.poster, ContentFile(looked.still))
    asset.save(update_fields=["codecs", "frame_rate", "poster"])


def _store(copy: IO[bytes], path: str, size: int) -> None:
    # A size that differs is a file that lost its end with the machine's power.
    if not default_storage.exists(path) or default_storage.size(path) != size:
        copy.seek(0)
        default_storage.save(path, File(copy))


def _copy(upload: IO[bytes], copy: IO[bytes], name: str) -> int:
    size = 0
    while chunk := upload.read(CHUNK):
        size += len(chunk)
        if size > BYTES_MAX:
            raise ValidationError(f"{name} is larger than 1 GB. It was not kept. Make it smaller.")
        copy.write(chunk)
    return size


def _look_into(copy: IO[bytes], size: int, name: str) -> mp4.Film:
    try:
        return mp4.look_into(copy, size)
    except mp4.Unreadable as error:
        raise ValidationError(
            f"{name} {error}. It was not kept. Export it anew as MP4 (H.264 and AAC)."
        ) from error


def _digest(copy: IO[bytes]) -> str:
    copy.seek(0)
    return hashlib.file_digest(copy, "sha256").hexdigest()  # type: ignore[arg-type]
