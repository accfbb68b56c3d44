"""Posts that should have left, and switches that keep them."""

from datetime import timedelta

from monitoring.doctor.findings import Findings, ok, warn
from organisation.clock import database_now
from organisation.models import Switch
from platforms.models import Account
from posting.models import Post

LATE = timedelta(seconds=60)
COUNTED = 1_000  # and no further


def check_posts() -> Findings:
    """Is something due that nobody took, or stopped, or waiting for a person?"""
    now = database_now()
    for switch in Switch.objects.filter(stopped=True).select_related("brand", "stopped_by"):
        scope = switch.brand.name if switch.brand else "everything"
        by, starts = f" by {switch.stopped_by}", "`manage.py start_publishing` starts it."
        if switch.stopped_by is None:
            by, starts = "", switch.reason
        yield warn(
            "posts",
            f"Publishing is stopped for {scope}{by} since "
            f"{switch.stopped_at:%Y-%m-%d %H:%M} UTC. Due posts wait. {starts}",
        )
    able = Account.objects.able_to_send(now)
    late = Post.objects.due(now - LATE).filter(account__in=able)[:COUNTED].count()
    if late:
        yield warn("posts", f"{_number(late)} due for over a minute and nobody took them.")
    waiting = Post.objects.needing_a_person()[:COUNTED].count()
    if waiting:
        yield warn(
            "posts", f"{_number(waiting)} waiting for a person. `manage.py queue` lists them."
        )
    if not late and not waiting:
        yield ok("posts", "Nothing is overdue and nothing waits for a person.")


def _number(count: int) -> str:
    if count >= COUNTED:
        return f"{COUNTED:,} or more posts are"
    return "1 post is" if count == 1 else f"{count} posts are"
