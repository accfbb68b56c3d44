"""Pieces and their versions."""

from typing import Any

from django.conf import settings
from django.db import models, transaction

from content.models.label import Label
from content.models.media import MediaAsset
from content.models.source import Section
from content.sameness import prints_of
from organisation.models import Brand
from organisation.models.brand import Person


class PieceQuerySet(models.QuerySet["Piece"]):
    def visible_to(self, user: Person) -> "PieceQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def ready(self) -> "PieceQuerySet":
        return self.filter(status=Piece.Status.READY)

    def drafts(self) -> "PieceQuerySet":
        return self.filter(status=Piece.Status.DRAFT)

    def archived(self) -> "PieceQuerySet":
        return self.filter(status=Piece.Status.ARCHIVED)


class Piece(models.Model):
    """Something a brand has to say. What it says stands in its current version."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        READY = "ready", "Ready"
        ARCHIVED = "archived", "Archived"

    class Origin(models.TextChoices):
        WRITTEN = "written", "Written by hand"
        SOURCE = "source", "Made from a source"
        IMPORTED = "imported", "Imported from a file"
        DEMO = "demo", "Demo data"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="pieces")
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    origin = models.CharField(max_length=20, choices=Origin, default=Origin.WRITTEN)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    current = models.ForeignKey(
        "content.PieceVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    edits = models.PositiveIntegerField(default=0, help_text="Rises with every saved version.")
    section = models.ForeignKey(
        Section,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pieces",
        help_text="What it was made from. It is how a section is known to be processed.",
    )
    channel = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="The one it was made for, such as mastodon/status; empty for all.",
    )
    labels = models.ManyToManyField(Label, blank=True, related_name="pieces")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PieceQuerySet.as_manager()

    class Meta:
        ordering = ("-updated_at", "-id")
        indexes = (models.Index(fields=("brand", "status", "-updated_at"), name="piece_by_brand"),)

    def __str__(self) -> str:
        return self.title


class PieceVersion(models.Model):
    """One state of a piece, never changed once saved.

    `variants` holds what differs by channel: {"mastodon/status": {"text": …, "link": …,
    "options": {…}, "first_comment": …, "pictures": 1}}; a missing key means "as in the piece", and
    `pictures` is how many of them the channel shows, from the first on.
    """

    piece = models.ForeignKey(Piece, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    link = models.URLField(blank=True, max_length=2000)
    variants = models.JSONField(default=dict, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("piece", "number"), name="version_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.piece}, version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A version is never changed. Save a new one.")
        with transaction.atomic():
            super().save(*args, **kwargs)
            TextPrint.objects.bulk_create(
                TextPrint(version=self, channel=channel[:80], value=value)
                for channel, value in prints_of(self.text, self.link, self.variants).items()
            )


class TextPrint(models.Model):
    """What a version says, in short, so that texts which are nearly the same find each other.

    One for all channels, and one for each that says something else. Made from the version, which
    never changes; `content.sameness` makes and compares them.
    """

    version = models.ForeignKey(PieceVersion, on_delete=models.CASCADE, related_name="prints")
    channel = models.CharField(
        max_length=80, blank=True, help_text="One with words of its own; empty for all others."
    )
    value = models.CharField(max_length=60, blank=True, help_text="Empty: no text.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("version", "channel"), name="print_once_per_channel"),
        )

    def __str__(self) -> str:
        return f"{self.version}: {self.value[:11] or 'no text'}"


class VersionMedia(models.Model):
    """One picture of a version, in its place, with the words and the focus it has there."""

    version = models.ForeignKey(PieceVersion, on_delete=models.CASCADE, related_name="media")
    channel = models.CharField(
        max_length=80, blank=True, help_text="A channel with pictures of its own; empty for all."
    )
    position = models.PositiveSmallIntegerField()
    asset = models.ForeignKey(MediaAsset, on_delete=models.PROTECT, related_name="uses")
    alt = models.TextField(blank=True)
    focus_x = models.FloatField(
        default=0.5, help_text="What matters most here, as a share of the width from the left."
    )
    focus_y = models.FloatField(default=0.5, help_text="And of the height, from the top.")

    class Meta:
        ordering = ("channel", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "channel", "position"), name="version_media_place_once"
            ),
        )

    def __str__(self) -> str:
        return f"Picture {self.position} of {self.version}"
