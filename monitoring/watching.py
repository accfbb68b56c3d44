"""Noticing that nothing publishes: a process without which no post leaves, while one should."""

from datetime import datetime, timedelta
from typing import Final

from organisation.models import Heartbeat, Notice, Switch
from organisation.notices import open_notice, resolve_notice
from platforms.models import Account
from posting.models import Post

FAULT: Final = "publishing"
PATIENCE = timedelta(seconds=20)  # a start, or a restart, is no fault
NEEDED: Final = {
    Heartbeat.Kind.SENDER: "no sending worker",
    Heartbeat.Kind.CLOCK: "no clock worker",
    Heartbeat.Kind.BEAT: "no beat",
}


class Watch:
    """Looks again and again, and remembers since when it has seen something missing."""

    def __init__(self) -> None:
        self._since: datetime | None = None

    def look(self, now: datetime) -> None:
        """Open the notice when a process has been missing for a while, close it when none is."""
        missing = missing_processes(now)
        if not missing:
            self._since = None
            _all_clear(now)
            return
        self._since = self._since or now
        if now - self._since >= PATIENCE and something_waits(now):
            open_notice(FAULT, _sentence(missing))


def missing_processes(now: datetime) -> list[str]:
    """Name the kinds of processes of which none is alive."""
    alive = set(Heartbeat.objects.alive(now).values_list("kind", flat=True))
    return [words for kind, words in NEEDED.items() if kind not in alive]


def something_waits(now: datetime) -> bool:
    """Whether a post is due that nothing else keeps back: no pause, no stop, no wait."""
    stopped = Switch.objects.filter(stopped=True)
    if stopped.filter(brand=None).exists():
        return False
    able = Account.objects.able_to_send(now)
    able = able.exclude(brand__in=stopped.exclude(brand=None).values("brand"))
    return Post.objects.due(now).filter(account__in=able).exists()


def _sentence(missing: list[str]) -> str:
    what = " and ".join([", ".join(missing[:-1]), missing[-1]] if missing[1:] else missing)
    return (
        f"Nothing is publishing: {what} is alive, and posts are due. They wait and none is lost. "
        "Start what is missing, or run `manage.py doctor` on the server."
    )


def _all_clear(now: datetime) -> None:
    if Notice.objects.open().filter(fault=FAULT).exists():  # a look alone takes no write lock
        resolve_notice(FAULT, now, "Every process is alive again.")
