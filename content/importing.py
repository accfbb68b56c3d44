"""Taking in a picture or video from a web address, through the same door as an upload."""

import tempfile

from django.core.exceptions import ValidationError

from content.models import MediaAsset
from content.uploads import keep_upload
from content.videos import BYTES_MAX
from organisation.models import Brand, User
from platforms.downloading import NotThere, download


def import_media(address: str, *, brand: Brand, by: User) -> MediaAsset:
    """Store what is at an address and return its asset. Raises ValidationError.

    No transaction should be open. The address is not kept: the library has its own copy.
    """
    with tempfile.TemporaryFile() as file:
        try:
            there = download(address.strip(), file, BYTES_MAX)
        except NotThere as error:
            raise ValidationError({"address": f"{error} Nothing was kept."}) from error
        file.seek(0)
        return keep_upload(file, there.name, brand=brand, by=by)
