"""Hashtags that a brand uses together, and those it does not use."""

from django.db import models
from django.db.models.functions import Lower

from organisation.models import Brand
from organisation.models.brand import Person


class OfBrand(models.QuerySet[models.Model]):
    def visible_to(self, user: Person) -> "OfBrand":
        return self.filter(brand__in=Brand.objects.visible_to(user))


class HashtagGroup(models.Model):
    """Tags that are put into a text with one press. Written by `content.hashtags`."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="hashtag_groups")
    name = models.CharField(max_length=60)
    tags = models.TextField(help_text="As they are put in: #HarrisTweed #wool")

    objects = OfBrand.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint("brand", Lower("name"), name="hashtag_group_once_per_brand"),
        )

    def __str__(self) -> str:
        return self.name


class BannedHashtag(models.Model):
    """A tag that the posts of a brand do not bear, or only after a second look."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="banned_hashtags")
    tag = models.CharField(max_length=100, help_text="In small letters, without its sign.")
    stops = models.BooleanField(
        default=True, help_text="No post with it is made. Else those who write are warned."
    )
    why = models.CharField(max_length=120, blank=True, help_text="For those who write.")

    objects = OfBrand.as_manager()

    class Meta:
        ordering = ("tag",)
        constraints = (
            models.UniqueConstraint(fields=("brand", "tag"), name="banned_hashtag_once_per_brand"),
        )

    def __str__(self) -> str:
        return f"#{self.tag}"
