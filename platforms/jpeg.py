"""Making the JPEG that a fitting describes: sRGB, eight bits, nothing see-through, no metadata."""

import io

from PIL import Image, ImageCms, ImageOps

from platforms.fitting import Fitting

WHITE = (255, 255, 255)
QUALITIES = (90, 80, 70, 60, 45, 30)  # the first that is small enough is taken
DEEP = frozenset({"I", "I;16", "I;16B", "I;16L", "F"})  # sixteen bits to a pixel, or more
STRANGERS = ("JPEG", "PNG", "WEBP", "GIF")  # formats that are read of pictures nobody uploaded
STRANGERS_PIXELS_MAX = 25_000_000  # checked before decoding
ORIENTATION, SIDEWAYS = 0x0112, (5, 6, 7, 8)  # of EXIF: a picture that is shown turned
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def make_jpeg(data: bytes, fitting: Fitting) -> bytes:
    """Return the fitted picture. Raises ValueError for what cannot be read or made so small."""
    try:
        picture = Image.open(io.BytesIO(data))
        return _small_enough(_drawn(picture, fitting), fitting.bytes_max)
    except ValueError:
        raise
    except Exception as error:  # on broken files decoders raise anything
        raise ValueError("The picture cannot be read.") from error


def thumbnail(data: bytes, width_max: int, bytes_max: int) -> bytes:
    """Return a stranger's picture as a small JPEG. Raises ValueError for what is none, or huge."""
    try:
        picture = Image.open(io.BytesIO(data), formats=STRANGERS)
        turned = picture.getexif().get(ORIENTATION) in SIDEWAYS
    except Exception as error:  # on broken files decoders raise anything
        raise ValueError("The picture cannot be read.") from error
    if picture.width * picture.height > STRANGERS_PIXELS_MAX:
        raise ValueError("The picture has too many pixels.")
    full = (picture.height, picture.width) if turned else picture.size
    width = min(full[0], width_max)
    height = max(round(full[1] * width / full[0]), 1)
    return make_jpeg(data, Fitting((0, 0, *full), full, width, height, bytes_max))


def _drawn(picture: Image.Image, fitting: Fitting) -> Image.Image:
    size = (fitting.width, fitting.height)
    left, top, across, down = fitting.box or (0, 0, *fitting.full)
    # A JPEG can be decoded at a half, a quarter or an eighth: large photos take far less memory.
    wanted = (picture.width * size[0] // across, picture.height * size[1] // down)
    picture.draft(None, (max(wanted[0], 1), max(wanted[1], 1)))
    plain = in_srgb(ImageOps.exif_transpose(picture))
    if fitting.box is None:
        return ImageOps.pad(plain, size, Image.Resampling.LANCZOS, color=WHITE)
    x, y = plain.width / fitting.full[0], plain.height / fitting.full[1]
    box = (left * x, top * y, (left + across) * x, (top + down) * y)
    return plain.resize(size, Image.Resampling.LANCZOS, box=box)


def in_srgb(picture: Image.Image) -> Image.Image:
    """Return the first frame as RGB in sRGB; what is see-through becomes white."""
    profile = picture.info.get("icc_profile")
    if picture.mode in DEEP:
        return (
            picture.convert("I").point(lambda value: value * (1 / 257)).convert("L").convert("RGB")
        )
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        page = Image.new("RGB", picture.size, WHITE)
        page.paste(_to_srgb(layered.convert("RGB"), profile), mask=layered.getchannel("A"))
        return page
    if picture.mode not in ("RGB", "CMYK", "L", "LAB"):
        picture = picture.convert("RGB")
    return _to_srgb(picture, profile)


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(picture, own, SRGB, outputMode="RGB")
            if changed is not None:
                return changed
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile for other channels than these, or a broken one: it says nothing
    return picture.convert("RGB")


def _small_enough(picture: Image.Image, most: int) -> bytes:
    picture.info = {}
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= most:
            return out.getvalue()
    raise ValueError(f"The picture does not become smaller than {most:,} bytes.")
