"""What the system has to tell people."""

from django.conf import settings
from django.db import models

from organisation.models.brand import Brand, Person


class NoticeQuerySet(models.QuerySet["Notice"]):
    def open(self) -> "NoticeQuerySet":
        return self.filter(resolved_at=None)

    def visible_to(self, user: Person) -> "NoticeQuerySet":
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(
            models.Q(user=user)
            | models.Q(brand__memberships__user=user, user=None)
            | models.Q(user=None, brand=None)
        ).distinct()


class Notice(models.Model):
    """One fault, told once and resolved once. Opened and closed by `organisation.notices`."""

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
    fault = models.CharField(max_length=120, help_text="For example reconnect:account:12")
    sentence = models.TextField()
    opened_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("fault",),
                condition=models.Q(resolved_at=None),
                name="notice_one_open_per_fault",
            ),
        )

    def __str__(self) -> str:
        return self.sentence
