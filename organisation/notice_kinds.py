"""The kinds of faults that notices tell of: their words, and who can act on them."""

from dataclasses import dataclass
from typing import Final

from organisation.rights import APPROVE_POST, CONNECT_ACCOUNT, MANAGE_BRAND, PUBLISH_POST


@dataclass(frozen=True)
class NoticeKind:
    """What stands before the first colon of a fault, and what follows from it."""

    slug: str
    label: str
    one: str  # in the subject of a mail
    many: str  # the same for several, after their number
    right: str = ""  # who holds it in the brand is told; empty: only the person the notice names


KINDS: Final = (
    NoticeKind("failed", "Failed", "1 post failed", "posts failed", PUBLISH_POST),
    NoticeKind("unconfirmed", "Unconfirmed", "1 post may be out", "posts may be out", PUBLISH_POST),
    NoticeKind("missed", "Missed", "1 post was missed", "posts were missed", PUBLISH_POST),
    NoticeKind(
        "account", "Account", "1 account needs a person", "accounts need a person", CONNECT_ACCOUNT
    ),
    NoticeKind(
        "approval", "Approval", "1 post waits for approval", "posts wait for approval", APPROVE_POST
    ),
    NoticeKind(
        "publishing", "Publishing", "nothing is publishing", "faults of publishing", MANAGE_BRAND
    ),
    NoticeKind(
        "instance", "Publishing", "publishing was turned off", "stops of publishing", MANAGE_BRAND
    ),
)
OTHER: Final = NoticeKind("", "Notice", "1 notice", "notices")
_BY_SLUG: Final = {kind.slug: kind for kind in KINDS}


def kind_of(fault: str) -> NoticeKind:
    """Return the kind of a fault by its key, such as `failed:12`."""
    return _BY_SLUG.get(fault.partition(":")[0], OTHER)
