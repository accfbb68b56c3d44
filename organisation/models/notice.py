"""What the system has to tell people."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from organisation.models.brand import Brand, Person


class NoticeQuerySet(models.QuerySet["Notice"]):
    def open(self) -> "NoticeQuerySet":
        return self.filter(resolved_at=None)

    def over(self) -> "NoticeQuerySet":
        return self.filter(resolved_at__isnull=False)

    def untold(self) -> "NoticeQuerySet":
        """Open ones of which nobody was mailed yet."""
        return self.open().filter(told_at=None)

    def never_told(self) -> "NoticeQuerySet":
        """Over before anybody was told."""
        return self.over().filter(told_at=None)

    def to_clear(self) -> "NoticeQuerySet":
        """Over, and those who were told of them do not know that yet."""
        return self.over().filter(told_at__isnull=False, cleared_at=None)

    def visible_to(self, user: Person) -> "NoticeQuerySet":
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        mine = Brand.objects.visible_to(user)
        of_all = Q(user=None, brand=None)
        return self.filter(Q(user=user) | Q(user=None, brand__in=mine) | of_all)


class Notice(models.Model):
    """One fault, told once and resolved once. Opened and closed by `organisation.notices`.

    It concerns a brand, or (brand empty) everybody; with `user` set, that person alone.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notices",
    )
    brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who wrote what it is about, and is mailed besides those who can act.",
    )
    fault = models.CharField(max_length=120, help_text="Kind and row, for example account:12")
    sentence = models.TextField()
    opened_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    ending = models.TextField(blank=True, db_default="", help_text="How it ended.")
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="When its mails were written, or found not to be needed."
    )
    cleared_at = models.DateTimeField(
        null=True, blank=True, help_text="The same for the mails that say it is over."
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-id")
        indexes = (
            models.Index(
                fields=("brand", "id"), condition=Q(resolved_at=None), name="notice_list_open"
            ),
            models.Index(fields=("brand", "id"), name="notice_list"),
            models.Index(fields=("id",), condition=Q(told_at=None), name="notice_to_tell"),
            models.Index(
                fields=("id",),
                condition=Q(resolved_at__isnull=False, cleared_at=None),
                name="notice_to_clear",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("fault",),
                condition=models.Q(resolved_at=None),
                name="notice_one_open_per_fault",
            ),
        )

    def __str__(self) -> str:
        return self.sentence

    @property
    def row(self) -> int | None:
        """The id of the row the fault is about; None where it is about none."""
        number = self.fault.rpartition(":")[2]
        return int(number) if number.isascii() and number.isdigit() else None
