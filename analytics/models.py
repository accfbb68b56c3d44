"""What was read, and what is read next."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from organisation.models.brand import Person
from platforms.models import Account
from posting.models import Post

NORMALISED = ("views", "reach", "reactions", "comments", "shares", "clicks", "followers")


def _figure(what: str) -> models.BigIntegerField:
    """A figure that means the same on every platform; empty where this one does not tell it."""
    return models.BigIntegerField(null=True, blank=True, help_text=what)


class ReadingQuerySet(models.QuerySet["Reading"]):
    def visible_to(self, user: Person) -> "ReadingQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user))

    def of_accounts(self) -> "ReadingQuerySet":
        """Readings of the accounts themselves, and none of their posts."""
        return self.filter(post=None)


class Reading(models.Model):
    """The figures of a post since it is out, or of an account in the day before, as once read.

    Written once and never changed. A post's reading that says what the one before said is not
    written again: its watch knows when it was last read.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="readings")
    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.CASCADE, related_name="readings"
    )
    read_at = models.DateTimeField()
    views = _figure("How often it was shown.")
    reach = _figure("How many people it was shown to.")
    reactions = _figure("Likes and other reactions.")
    comments = _figure("Comments and replies.")
    shares = _figure("How often it was passed on.")
    clicks = _figure("Clicks on it.")
    followers = _figure("How many follow the account.")
    figures = models.JSONField(help_text="Every figure, under the platform's own name.")

    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("post", "-id"), name="reading_of_post"),
            models.Index(
                fields=("account", "-id"), condition=Q(post=None), name="reading_of_account"
            ),
        )

    def __str__(self) -> str:
        return f"{self.post or self.account}, {self.read_at:%d %B %Y %H:%M} UTC"


class WatchQuerySet(models.QuerySet["Watch"]):
    def visible_to(self, user: Person) -> "WatchQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user))

    def due(self, now: datetime) -> "WatchQuerySet":
        """What is to be read now, of accounts that may talk to their platform; oldest first."""
        able = Account.objects.able_to_send(now)
        return self.filter(next_read_at__lte=now, account__in=able).order_by("next_read_at", "pk")


class Watch(models.Model):
    """That a post's figures, or an account's, are read: when next, and how the last time went."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="watches")
    post = models.OneToOneField(
        Post, null=True, blank=True, on_delete=models.CASCADE, related_name="watch"
    )
    next_read_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never again.")
    read_at = models.DateTimeField(null=True, blank=True, help_text="When it last succeeded.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row.")
    error_class = models.CharField(max_length=30, blank=True)
    error_sentence = models.TextField(blank=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "watches"
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=("next_read_at",), condition=Q(next_read_at__isnull=False), name="watch_due"
            ),
            models.Index(fields=("account", "next_read_at"), name="watch_of_account"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("account",), condition=Q(post=None), name="watch_account_once"
            ),
        )

    def __str__(self) -> str:
        return f"Figures of {self.post or self.account}"


class AccountHours(models.Model):
    """What the results of an account say of each hour of its week, worked out once a day.

    It says nothing of an account whose zone was changed since, and nothing is lost with it: it is
    worked out again from the readings.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="hours_learnt")
    zone = models.CharField(max_length=64, help_text="The account’s when this was worked out.")
    learnt_at = models.DateTimeField(db_index=True)
    posts = models.PositiveIntegerField(help_text="Posts whose results count.")
    left_out = models.PositiveIntegerField(
        help_text="Posts whose figure at the age of a day is not known, or too few of their kind."
    )
    hours = models.JSONField(
        help_text="Weekday, hour, posts, their mean, posts at this time of day, their mean, and "
        "what is expected with its deviation and against an average hour; as logarithms."
    )

    class Meta:
        verbose_name = verbose_name_plural = "hours of an account"
        ordering = ("account",)

    def __str__(self) -> str:
        return f"Hours of {self.account}"
