"""Pictures and videos, kept by the hash of their bytes; folders and tags to find them by."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from organisation.models import Brand
from organisation.models.brand import Person


class OfBrandQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Person) -> "OfBrandQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class MediaFolder(models.Model):
    """A place in a brand's library. An asset lies in one folder, or in none."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="media_folders")
    name = models.CharField(max_length=60)

    objects = OfBrandQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint("brand", Lower("name"), name="media_folder_once_per_brand"),
        )

    def __str__(self) -> str:
        return self.name


class MediaTag(models.Model):
    """A word that assets of a brand are found by. It goes with the last asset that bears it."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="media_tags")
    name = models.CharField(max_length=40)

    objects = OfBrandQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint("brand", Lower("name"), name="media_tag_once_per_brand"),
        )

    def __str__(self) -> str:
        return self.name


class MediaAssetQuerySet(models.QuerySet["MediaAsset"]):
    def visible_to(self, user: Person) -> "MediaAssetQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class MediaAsset(models.Model):
    """One picture or video. Made only by `content.uploads.keep_upload`, which looks inside.

    Its bytes never change: other bytes are another asset. `content.library` changes what is said
    of it.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="media")
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text="Bytes")
    width = models.PositiveIntegerField(help_text="Pixels")
    height = models.PositiveIntegerField(help_text="Pixels")
    duration = models.FloatField(default=0, db_default=0, help_text="Seconds; 0 for a picture")
    codecs = models.CharField(
        max_length=80, blank=True, db_default="", help_text="Of a video, where ffmpeg was asked."
    )
    frame_rate = models.FloatField(
        default=0, db_default=0, help_text="Pictures a second of a video; 0: not known"
    )
    poster = models.CharField(
        max_length=200,
        blank=True,
        db_default="",
        help_text="Where the still picture of a video is kept; empty: there is none.",
    )
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
    original_name = models.CharField("name", max_length=200, blank=True)
    folder = models.ForeignKey(
        MediaFolder, null=True, blank=True, on_delete=models.SET_NULL, related_name="assets"
    )
    tags = models.ManyToManyField(MediaTag, blank=True, related_name="assets")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MediaAssetQuerySet.as_manager()

    # Whether the upload that returned this row found it there already. Not kept.
    known_before = False

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("brand", "-created_at", "-id"), name="media_by_brand"),
            models.Index(fields=("folder", "-created_at", "-id"), name="media_by_folder"),
        )
        constraints = (
            models.UniqueConstraint(fields=("brand", "sha256"), name="media_once_per_brand"),
        )

    def __str__(self) -> str:
        return self.original_name or self.sha256[:12]

    @property
    def is_video(self) -> bool:
        return self.mime.startswith("video/")

    @property
    def lacks_words(self) -> bool:
        """Whether those who cannot see it are told nothing."""
        return not self.alt and not self.decorative
