"""One way in for what people upload: a picture or a video, told apart by its bytes."""

from typing import IO

from django.core.exceptions import ValidationError

from content.media import keep_picture
from content.models import MediaAsset
from content.videos import is_video, keep_video
from content.writing import without_unusable
from organisation.models import Brand, User

TAKEN = "JPEG, PNG, GIF or WebP up to 30 MB, or MP4 or MOV up to 1 GB"


def keep_upload(
    upload: IO[bytes], name: str, *, brand: Brand, by: User | None, alt: str = ""
) -> MediaAsset:
    """Store an uploaded picture or video and return its asset. Raises ValidationError.

    Also where the disk is full or the bucket away: who uploads cannot mend that, but has to know.
    """
    keep = keep_video if is_video(upload) else keep_picture
    try:
        return keep(upload, name, brand=brand, by=by, alt=alt)
    except OSError as error:
        why = (error.strerror or str(error)).rstrip(".")
        raise ValidationError(
            f"{without_unusable(name)[:200]} was not kept: {why}. Tell whoever runs this server, "
            "and try again."
        ) from error
