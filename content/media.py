"""Taking in pictures: look inside, make them harmless, keep them by their hash."""

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from content.frames import frames_of_gif
from content.library import hold_bytes
from content.models import MediaAsset
from content.writing import clean_text, without_unusable
from organisation.models import Brand, User
from platforms.jpeg import in_srgb

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
MOVING = frozenset({"GIF", "PNG", "WEBP"})  # formats that may hold several frames
BYTES_MAX = 30 * 1024 * 1024
PIXELS_MAX = 50_000_000  # checked before decoding, so that a decompression bomb never unfolds
FRAME_PIXELS_MAX = 300_000_000  # of all frames of an animation together
FRAMES_MAX = 2000  # of an animation; a loop of a minute and a half as films run
QUALITY: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 92, "optimize": True},
    "WEBP": {"quality": 92},
}
Image.MAX_IMAGE_PIXELS = None  # the library's own check warns or raises too late for a sentence


@dataclass(frozen=True)
class Picture:
    """A picture that was looked into and written anew. Nothing of it is kept yet."""

    name: str  # as the person knows it
    data: bytes
    mime: str
    width: int  # pixels
    height: int  # pixels

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def path(self) -> str:
        return f"media/{self.sha256[:2]}/{self.sha256}.{self.mime.rpartition('/')[2]}"


def keep_picture(
    upload: IO[bytes], name: str, *, brand: Brand, by: User | None, alt: str = ""
) -> MediaAsset:
    """Store an uploaded picture and return its asset; the same bytes are kept once.

    The name and the type a browser claims mean nothing: the bytes are looked at, turned upright,
    and written anew, which drops location and all other metadata. Raises ValidationError.
    """
    picture = examine(upload, name)
    store(picture)
    return asset_of(picture, brand=brand, by=by, alt=alt)


def examine(upload: IO[bytes], name: str) -> Picture:
    """Look inside an uploaded file and write it anew. Keeps nothing. Raises ValidationError."""
    name = without_unusable(name).strip()[:200] or "The picture"
    data = upload.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise ValidationError(f"{name} is larger than 30 MB. It was not kept. Make it smaller.")
    return _written_anew(data, name)


def store(picture: Picture) -> None:
    """Write the bytes where the asset's row will point. No transaction should be open."""
    size = len(picture.data)
    # A size that differs is a file that lost its end with the machine's power.
    if not default_storage.exists(picture.path) or default_storage.size(picture.path) != size:
        default_storage.save(picture.path, ContentFile(picture.data))


def asset_of(picture: Picture, *, brand: Brand, by: User | None, alt: str = "") -> MediaAsset:
    """Return the brand's row for a stored picture, made if it is new.

    A description given now counts for this use; it becomes the picture's own if that had none.
    """
    alt = clean_text(alt, "alt")
    values = {
        "file": picture.path,
        "mime": picture.mime,
        "size": len(picture.data),
        "width": picture.width,
        "height": picture.height,
        "alt": alt,
        "original_name": picture.name,
        "uploaded_by": by,
    }
    asset = row_of(brand, picture.sha256, values)
    # Once nobody can delete them any more: who was deleting the same bytes just now is done.
    transaction.on_commit(lambda: store(picture))
    if alt and not asset.alt:
        MediaAsset.objects.filter(pk=asset.pk, alt="").update(alt=alt)
    asset.alt = alt or asset.alt
    return asset


def row_of(brand: Brand, sha256: str, values: dict[str, Any]) -> MediaAsset:
    """Return the brand's row for stored bytes, made with these values if it is new.

    `known_before` of the row says which. See that the bytes are there after the commit: somebody
    may have been deleting the same ones.
    """
    with transaction.atomic():
        hold_bytes(values["file"])
        asset, is_new = MediaAsset.objects.get_or_create(
            brand=brand, sha256=sha256, defaults=values
        )
    asset.known_before = not is_new
    return asset


def _written_anew(data: bytes, name: str) -> Picture:
    try:
        # Reads the header only.
        picture = Image.open(io.BytesIO(data), formats=tuple(FORMATS))
        # A phone's JPEG with a second picture inside, such as a depth map, calls itself MPO.
        form = "JPEG" if picture.format == "MPO" else picture.format or ""
        frames = _frames(picture, form, data)
        _check_size(picture, frames, name)
        encoded, size = _animation(picture, form) if frames > 1 else _still(picture, form)
    except ValidationError:
        raise
    except Exception as error:  # on broken files decoders raise anything
        raise ValidationError(
            f"{name} is not a picture that can be read. It was not kept. "
            "Use a JPEG, PNG, GIF or WebP file."
        ) from error
    return Picture(name, encoded, FORMATS[form], *size)


def _frames(picture: Image.Image, form: str, data: bytes) -> int:
    """How many frames there are; of an animation without end, one more than are taken."""
    if form == "GIF":  # the library would walk through millions of them
        return frames_of_gif(data, FRAMES_MAX + 1)
    return getattr(picture, "n_frames", 1) if form in MOVING else 1


def _check_size(picture: Image.Image, frames: int, name: str) -> None:
    pixels = picture.width * picture.height
    if pixels > PIXELS_MAX:
        raise ValidationError(
            f"{name} has {picture.width:,} × {picture.height:,} pixels, more than "
            f"{PIXELS_MAX // 1_000_000} million. It was not kept. Make it smaller."
        )
    if frames > FRAMES_MAX:
        raise ValidationError(
            f"{name} is an animation of more than {FRAMES_MAX:,} frames. It was not kept. "
            "Make it shorter, or a video."
        )
    if pixels * frames > FRAME_PIXELS_MAX:
        raise ValidationError(
            f"{name} has {frames:,} frames of {picture.width:,} × {picture.height:,} pixels, more "
            "than can be taken in. It was not kept. Make it shorter or smaller."
        )


def _still(picture: Image.Image, form: str) -> tuple[bytes, tuple[int, int]]:
    # In its place, and copied nowhere below unless it has to be: 50 million pixels are 200 MB.
    ImageOps.exif_transpose(picture, in_place=True)
    picture.load()
    return _saved(picture, form), picture.size


def _saved(picture: Image.Image, form: str) -> bytes:
    if picture.mode == "CMYK":  # the inks of a press: converted by its profile, where it has one
        clean = in_srgb(picture)
    else:
        clean = picture.convert("RGB") if form == "JPEG" and picture.mode != "RGB" else picture
    # Colours stay as they were; a profile for other channels than these would change them.
    profile = picture.info.get("icc_profile") if clean.mode == picture.mode else None
    clean.info = {key: clean.info[key] for key in ("transparency",) if key in clean.info}
    out = io.BytesIO()
    clean.save(out, form, icc_profile=profile, **QUALITY.get(form, {}))
    return out.getvalue()


def _animation(picture: Image.Image, form: str) -> tuple[bytes, tuple[int, int]]:
    out = io.BytesIO()
    options = {"comment": b""} if form == "GIF" else QUALITY.get(form, {})
    picture.save(out, form, save_all=True, **options)
    return out.getvalue(), picture.size
