"""Filters of a list, saved by name."""

from django.conf import settings
from django.db import models

from organisation.models.brand import Person


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of(self, user: Person) -> "SavedViewQuerySet":
        """The person's own. Nobody else sees or deletes them."""
        return self.filter(user=user.pk) if user.is_authenticated else self.none()

    def on(self, page: str) -> "SavedViewQuerySet":
        return self.filter(page=page)


class SavedView(models.Model):
    """One person's filters of one list. What they lead to is looked up anew each time."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    page = models.CharField(max_length=20, help_text="The list: queue, published, attention.")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=2000, help_text="The filters as they stand in the address.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("user", "page", "name"), name="saved_view_named_once"),
        )

    def __str__(self) -> str:
        return self.name
