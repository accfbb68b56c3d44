"""One change of many posts at once, and where each of them stood before."""

import uuid

from django.conf import settings
from django.db import models

from content.models import PieceVersion
from organisation.models import Brand
from organisation.models.brand import Person
from posting.models import Post


class ManyEditQuerySet(models.QuerySet["ManyEdit"]):
    def visible_to(self, user: Person) -> "ManyEditQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ManyEdit(models.Model):
    """One confirmation. Its id is chosen when the preview is shown, so that a double click or a
    replayed form finds the change there already and changes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="many_edits")
    words = models.CharField(max_length=300, help_text="What was asked for.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ManyEditQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("brand", "-at"), name="many_edit_by_brand"),)

    def __str__(self) -> str:
        return self.words


class EditedPost(models.Model):
    """One post of such a change, as it was before. `version` is what the change made it."""

    edit = models.ForeignKey(ManyEdit, on_delete=models.CASCADE, related_name="rows")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=12)
    wall_time = models.CharField(max_length=19, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    fold = models.PositiveSmallIntegerField(default=0)
    words = models.ForeignKey(
        PieceVersion, on_delete=models.PROTECT, related_name="+", help_text="What it said."
    )
    new_words = models.ForeignKey(
        PieceVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="What it says since; empty where its words stayed.",
    )  # fmt: skip
    instead = models.OneToOneField(
        Post, null=True, blank=True, on_delete=models.CASCADE, related_name="stands_for",
        help_text="The post on another account that was made in its place.",
    )  # fmt: skip
    instead_version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("edit", "post"), name="edited_once"),)

    def __str__(self) -> str:
        return f"{self.post}: {self.edit}"
