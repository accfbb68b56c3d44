"""The files of fitted pictures: made once, by whoever needs them first, and kept by their name.

The name holds the hash of the original and how it was cut, so a file never changes.
"""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer

from content.models import MediaAsset
from platforms.fitting import Fitting, fitted_name
from platforms.jpeg import make_jpeg
from platforms.values import MediaItem

THUMB_WIDTH = 480  # pixels; a tile of the library on a sharp screen
THUMB_BYTES = 200_000


class Unfit(Exception):
    """A picture cannot be fitted: its file is broken, or does not become small enough."""


def ensure_fitted(item: MediaItem) -> None:
    """Make the item's file if it is a fitted one that is not there yet.

    No transaction should be open: drawing takes its time. Raises Unfit; FileNotFoundError when
    the original is gone.
    """
    if item.fitting and not default_storage.exists(item.name):
        _make(item.made_from, item.name, Fitting.parse(item.fitting))


def fitted_file(asset: MediaAsset, signed: str) -> str:
    """Return the name of an asset's fitted file, made if need be, for a recipe this server signed.

    Raises Unfit and FileNotFoundError as `ensure_fitted`, and BadSignature.
    """
    recipe = _signer().unsign(signed)
    try:
        fitting = Fitting.parse(recipe)
    except ValueError as error:
        raise BadSignature(str(error)) from error
    name = fitted_name(asset.sha256, fitting)
    if not default_storage.exists(name):
        _make(str(asset.file), name, fitting)
    return name


def sign_recipe(item: MediaItem) -> str:
    """Return the item's recipe as the address of its picture holds it.

    Signed, so that nobody fills the disk by asking for cuts that no post has.
    """
    return _signer().sign(item.fitting)


def thumbnail_recipe(asset: MediaAsset) -> str:
    """Return the signed recipe of a small copy for lists; empty for what is small already."""
    if asset.is_video or (asset.size <= THUMB_BYTES and asset.width <= THUMB_WIDTH):
        return ""
    full = (asset.width, asset.height)
    width = max(min(asset.width, THUMB_WIDTH), 1)
    height = min(max(round(width * asset.height / asset.width), 1), 3 * THUMB_WIDTH)
    return _signer().sign(str(Fitting((0, 0, *full), full, width, height, THUMB_BYTES)))


def _make(source: str, name: str, fitting: Fitting) -> None:
    with default_storage.open(source, "rb") as file:
        data = file.read()
    try:
        made = make_jpeg(data, fitting)
    except ValueError as error:
        raise Unfit(str(error)) from error
    default_storage.save(name, ContentFile(made))


def _signer() -> Signer:
    return Signer(salt="content.fitting", sep="~")
