"""Pictures and videos, kept by the hash of their bytes."""

from django.conf import settings
from django.db import models

from organisation.models import Brand
from organisation.models.brand import Person


class MediaAssetQuerySet(models.QuerySet["MediaAsset"]):
    def visible_to(self, user: Person) -> "MediaAssetQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class MediaAsset(models.Model):
    """One picture or video. Made only by `content.uploads.keep_upload`, which looks inside."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="media")
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text="Bytes")
    width = models.PositiveIntegerField(help_text="Pixels")
    height = models.PositiveIntegerField(help_text="Pixels")
    duration = models.FloatField(default=0, db_default=0, help_text="Seconds; 0 for a picture")
    alt = models.TextField(
        blank=True, help_text="What the picture shows, for those who cannot see it."
    )
    decorative = models.BooleanField(
        default=False, help_text="It says nothing of its own, so that no description is missed."
    )
    focus_x = models.FloatField(
        default=0.5, help_text="What matters most, as a share of the width from the left."
    )
    focus_y = models.FloatField(default=0.5, help_text="And of the height, from the top.")
    original_name = models.CharField(max_length=200, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MediaAssetQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("brand", "sha256"), name="media_once_per_brand"),
        )

    def __str__(self) -> str:
        return self.original_name or self.sha256[:12]

    @property
    def is_video(self) -> bool:
        return self.mime.startswith("video/")
