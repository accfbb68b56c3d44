"""Mails about notices: rows first, so that none is lost and no two workers send the same one."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from organisation.models.brand import Brand
from organisation.models.notice import Notice


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self) -> "MailQuerySet":
        return self.filter(state=Mail.State.WAITING)

    def due(self, now: datetime) -> "MailQuerySet":
        """Mails a worker may take: waiting ones, and those whose worker is gone."""
        return self.filter(
            Q(state=Mail.State.WAITING, next_try_at__lte=now)
            | Q(state=Mail.State.SENDING, lease_until__lt=now)
        )

    def held_up(self) -> "MailQuerySet":
        """Waiting ones that were tried already."""
        return self.waiting().filter(attempts__gt=0)


class Mail(models.Model):
    """One mail to one person about one brand. What it says stands in its lines."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        REFUSED = "refused", "Refused"
        DROPPED = "dropped", "Not wanted any more"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mails"
    )
    brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.CASCADE, related_name="mails"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.PositiveIntegerField(default=0, help_text="Rises with every claim.")
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="What the mail server said last.")

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=("attempts", "next_try_at"),
                condition=Q(state__in=("waiting", "sending")),
                name="mail_due",
            ),
            models.Index(fields=("person", "brand", "sent_at"), name="mail_last"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_until=None)),
                name="mail_leased_only_while_sending",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="mail_sent_when"
            ),
        )

    def __str__(self) -> str:
        return f"Mail to {self.person} about {self.brand or 'everything'}"


class MailLine(models.Model):
    """One notice in one mail: that it began, or that it is over. Each person is told each once."""

    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="lines")
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="lines")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_over = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("notice", "person", "is_over"), name="mail_line_told_once"
            ),
        )

    def __str__(self) -> str:
        return f"{'Over' if self.is_over else 'Begun'}: {self.notice}"
