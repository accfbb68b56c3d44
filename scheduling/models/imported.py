"""A file that somebody brought: kept until it is imported or expires, and what came of it."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from content.models import Piece
from organisation.models import Brand
from organisation.models.brand import Person
from posting.models import Batch

LASTS = timedelta(hours=48)  # until a file that nobody confirmed is deleted


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: Person) -> "ImportQuerySet":
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def expired(self, now: datetime) -> "ImportQuerySet":
        """Files nobody will confirm any more."""
        return self.filter(confirmed_at=None, expires_at__lte=now)

    def wanted(self, now: datetime) -> "ImportQuerySet":
        """Those that a worker has to go on with: asked for, and in nobody's hands."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(free, state__in=Import.WORKING)


class Import(models.Model):
    """A table of pieces and posts on its way into a brand.

    Its id is chosen with the form, so that a second press brings no second file, and becomes that
    of the batch of its posts, so that it is imported once. `version` rises with each change of how
    the columns are read, and `digest` names all that a person saw and confirms.
    """

    class State(models.TextChoices):
        COLUMNS = "columns", "Columns to be named"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked"
        SAVING = "saving", "Being imported"
        DONE = "done", "Imported"
        UNDONE = "undone", "Undone"

    WORKING = (State.CHECKING, State.SAVING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    name = models.CharField(max_length=200, help_text="Of the file, as it was brought.")
    file = models.FileField(max_length=200, blank=True, help_text="Empty once it is not needed.")
    size = models.PositiveIntegerField(help_text="Bytes")
    sha256 = models.CharField(max_length=64)
    written = models.JSONField(default=dict, help_text="Encoding, delimiter, lines before it.")
    head = models.JSONField(default=list, help_text="The names of its columns in their places.")
    reading = models.JSONField(default=dict, help_text="How the columns are read.")
    state = models.CharField(max_length=10, choices=State, default=State.COLUMNS)
    version = models.PositiveIntegerField(default=1)
    report = models.JSONField(default=dict, help_text="What the last check found.")
    digest = models.CharField(max_length=32, blank=True)
    without_bad = models.BooleanField(default=False, help_text="Rows that cannot be are left out.")
    told = models.CharField(max_length=500, blank=True, help_text="Why the last step did not end.")
    rows = models.PositiveIntegerField(default=0, help_text="Of the table; 0 until it was read.")
    read = models.PositiveIntegerField(default=0, help_text="Rows the present step has done.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Of the present step.")
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.PositiveIntegerField(default=0)
    batch = models.OneToOneField(
        Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="imported_by"
    )
    made = models.JSONField(default=dict, help_text="The version of each post when it was made.")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("brand", "-at", "-id"), name="import_by_brand"),
            models.Index(
                fields=("expires_at",), condition=Q(confirmed_at=None), name="import_to_expire"
            ),
            models.Index(
                fields=("lease_until",),
                condition=Q(state__in=("checking", "saving")),
                name="import_wanted",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("done", "undone"), confirmed_at__isnull=False)
                | (~Q(state__in=("done", "undone")) & Q(confirmed_at=None, batch=None)),
                name="import_done_is_confirmed",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be changed and confirmed."""
        return self.confirmed_at is None and self.expires_at > now


class ImportedPiece(models.Model):
    """One piece that an import made, with the row it came from."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="pieces")
    piece = models.OneToOneField(Piece, on_delete=models.CASCADE, related_name="imported")
    row = models.PositiveIntegerField(help_text="As a spreadsheet counts them, from 1.")

    class Meta:
        ordering = ("row",)

    def __str__(self) -> str:
        return f"{self.piece}, row {self.row} of {self.imported}"
