"""Signs of life of the processes."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models

ALIVE = timedelta(seconds=15)  # three beats of five seconds


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def alive(self, now: datetime) -> Self:
        return self.filter(seen_at__gte=now - ALIVE)

    def senders(self) -> Self:
        """Workers that take posts and send them."""
        return self.filter(kind=Heartbeat.Kind.SENDER)


class Heartbeat(models.Model):
    """One process, when it was last seen, and how many posts it can send at once."""

    class Kind(models.TextChoices):
        SENDER = "sender", "Sending worker"
        CLOCK = "clock", "Clock worker"
        BEAT = "beat", "Beat"
        WORK = "work", "Work worker"

    process = models.CharField(max_length=160, unique=True, help_text="host:pid:kind")
    kind = models.CharField(max_length=10, choices=Kind)
    slots = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "process")

    def __str__(self) -> str:
        return self.process
