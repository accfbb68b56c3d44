"""Pictures and videos that come with the form or on their own."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from content.models import MediaAsset
from content.uploads import keep_upload
from desk.compose.composition import Composition
from desk.compose.filled import PICTURES_MAX, Picked
from organisation.models import Brand, User


def take_in(upload: Any, brand: Brand, by: User) -> MediaAsset:
    """Keep one uploaded picture or video. Raises ValidationError with what is wrong with it."""
    return keep_upload(upload, upload.name, brand=brand, by=by)


def add_uploads(composition: Composition, uploads: Iterable[Any]) -> list[str]:
    """Add pictures to the form; return a sentence for each that could not be taken in."""
    refused = []
    for upload in uploads:
        try:
            _add(composition, take_in(upload, composition.brand, composition.user))
        except ValidationError as error:
            refused += error.messages
    return refused


def add_chosen(composition: Composition, ids: Iterable[int]) -> list[str]:
    """Add assets of the brand's library; return a sentence for each that could not be added."""
    wanted = list(ids)[:PICTURES_MAX]
    assets = MediaAsset.objects.filter(brand=composition.brand).in_bulk(wanted)
    refused = []
    for pk in filter(assets.__contains__, wanted):
        try:
            _add(composition, assets[pk])
        except ValidationError as error:
            refused += error.messages
    return refused


def _add(composition: Composition, asset: MediaAsset) -> None:
    pictures = composition.filled.pictures
    if any(picked.id == asset.pk for picked in pictures):
        return
    if len(pictures) >= PICTURES_MAX:
        raise ValidationError(
            f"{asset} was not added: {PICTURES_MAX} pictures and videos are the most."
        )
    composition.pick(asset)
    pictures.append(Picked.of(asset))
