"""What a platform told us to forget, and what was done."""

from django.db import models

from platforms.models.platform import Platform


class Erasure(models.Model):
    """One callback of a platform about a person who takes back what they allowed.

    It keeps no id of that person, only a hash of the request, by which a repetition is known.
    """

    class Kind(models.TextChoices):
        DEAUTHORISED = "deauthorised", "Permission taken back"
        DATA = "data", "Deletion of data"

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    code = models.CharField(max_length=40, unique=True)
    request_hash = models.CharField(max_length=64, unique=True)
    accounts = models.PositiveIntegerField(help_text="How many accounts were concerned.")
    done_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.platform}, {self.done_at:%Y-%m-%d}"
