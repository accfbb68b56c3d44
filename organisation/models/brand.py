"""Brands and the people who work for them."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.user import User, validate_zone

Person = User | AnonymousUser


class BrandQuerySet(models.QuerySet["Brand"]):
    def visible_to(self, user: Person) -> "BrandQuerySet":
        """Brands the person works for; a superuser sees all, a stranger none."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(memberships__user=user).distinct()


class Brand(models.Model):
    """Everything that is written and published belongs to one brand."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BrandQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person may do for a brand; `organisation.rights` says what each role includes."""

    AUTHOR = "author", _("Author")
    EDITOR = "editor", _("Editor")
    PUBLISHER = "publisher", _("Publisher")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


class Membership(models.Model):
    """One person's role in one brand."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.AUTHOR)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "brand"), name="membership_once_per_brand"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} at {self.brand}"
