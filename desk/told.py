"""What one person is told on the home page: what others answered, until it is put away."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from organisation.models import Notice, User
from organisation.models.notice import NoticeQuerySet
from posting.approval_notices import ASKED

MOST = 5  # shown at once
A_POST = re.compile(r"(?P<what>\w+):post:(?P<pk>\d+)")


@dataclass(frozen=True)
class Told:
    """One notice, and the post it is about."""

    notice: Notice
    url: str
    declined: bool


def told_to(user: User) -> NoticeQuerySet:
    """Open notices of this person alone. What they are asked to approve is counted elsewhere."""
    return Notice.objects.open().filter(user=user).exclude(fault__startswith=ASKED)


def shown_to(user: User) -> Iterator[Told]:
    """The newest of them."""
    for notice in told_to(user)[:MOST]:
        found = A_POST.fullmatch(notice.fault)
        url = reverse("desk:post", args=[found["pk"]]) if found else ""
        yield Told(notice, url, declined=bool(found and found["what"] == "declined"))
