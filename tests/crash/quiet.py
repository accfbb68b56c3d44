"""Waiting until the product has nothing left to do."""

import time

from posting.models import FollowUp, Post
from posting.states import Status

QUIET_WITHIN = 300  # seconds


def wait_for_quiet() -> None:
    """Wait until nothing is in line any more. What still is after that counts as lost."""
    end = time.monotonic() + QUIET_WITHIN
    while time.monotonic() < end:
        posts = Post.objects.in_status(Status.SCHEDULED, Status.PUBLISHING).count()
        looks = Post.objects.unconfirmed().filter(looks=0).count()
        comments = FollowUp.objects.filter(state__in=("waiting", "sending")).count()
        if posts + looks + comments == 0:
            return
        time.sleep(0.5)
