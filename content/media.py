"""Taking in pictures: look inside, make them harmless, keep them by their hash."""

import hashlib
import io
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

from content.models import MediaAsset
from organisation.models import Brand, User

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
BYTES_MAX = 30 * 1024 * 1024
PIXELS_MAX = 50_000_000  # checked before decoding, so that a decompression bomb never unfolds
Image.MAX_IMAGE_PIXELS = None  # the library's own check warns or raises too late for a sentence


def keep_picture(
    upload: IO[bytes], name: str, *, brand: Brand, by: User | None, alt: str = ""
) -> MediaAsset:
    """Store an uploaded picture and return its asset; the same bytes are kept once.

    The name and the type a browser claims mean nothing: the bytes are looked at, turned upright,
    and written anew, which drops location and all other metadata. Raises ValidationError.
    """
    data = upload.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise ValidationError(f"{name} is larger than 30 MB. It was not kept. Make it smaller.")
    encoded, mime, size = _encode_anew(data, name)
    digest = hashlib.sha256(encoded).hexdigest()
    path = f"media/{digest[:2]}/{digest}.{mime.rpartition('/')[2]}"
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(encoded))
    asset, _ = MediaAsset.objects.get_or_create(
        brand=brand,
        sha256=digest,
        defaults={
            "file": path,
            "mime": mime,
            "size": len(encoded),
            "width": size[0],
            "height": size[1],
            "alt": alt,
            "original_name": name[:200],
            "uploaded_by": by,
        },
    )
    return asset


def _encode_anew(data: bytes, name: str) -> tuple[bytes, str, tuple[int, int]]:
    try:
        picture = Image.open(io.BytesIO(data), formats=tuple(FORMATS))
        if picture.width * picture.height > PIXELS_MAX:
            raise ValidationError(
                f"{name} has {picture.width:,} × {picture.height:,} pixels, more than "
                f"{PIXELS_MAX // 1_000_000} million. It was not kept. Make it smaller."
            )
        form = picture.format or ""
        mime = FORMATS[form]
        if form == "GIF" and getattr(picture, "is_animated", False):
            return _animation(picture), mime, picture.size
        upright = ImageOps.exif_transpose(picture)
        upright.load()
    except ValidationError:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError) as error:
        raise ValidationError(
            f"{name} is not a picture that can be read. It was not kept. "
            "Use a JPEG, PNG, GIF or WebP file."
        ) from error
    return _saved(upright, form), mime, upright.size


def _saved(picture: Image.Image, form: str) -> bytes:
    profile = picture.info.get("icc_profile")  # colours stay as they were
    clean = picture.convert("RGB") if form == "JPEG" and picture.mode != "RGB" else picture.copy()
    clean.info = {}
    out = io.BytesIO()
    options = {"quality": 92, "optimize": True} if form == "JPEG" else {}
    clean.save(out, form, icc_profile=profile, **options)
    return out.getvalue()


def _animation(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "GIF", save_all=True, comment=b"")
    return out.getvalue()
