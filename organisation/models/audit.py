"""Who did what, and when."""

from typing import Any, Never

from django.conf import settings
from django.db import models

from organisation.models.brand import Brand


class AppendOnly(models.Model):
    """A row that is written once and then only read."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{self._meta.verbose_name} rows are never changed after writing.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError(f"{self._meta.verbose_name} rows are never deleted.")


class AuditEntry(AppendOnly):
    """One act of a person or a command. Written by `organisation.audit.record`."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor = models.CharField(max_length=150, help_text="The name as it was then, or a command.")
    brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    sentence = models.TextField()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name_plural = "audit entries"
        indexes = (
            models.Index(fields=("subject_type", "subject_id"), name="audit_subject"),
            models.Index(fields=("brand", "-at"), name="audit_brand_at"),
        )

    def __str__(self) -> str:
        return self.sentence
