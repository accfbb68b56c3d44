"""The kinds of faults that notices tell of: their words, and who can act on them."""

from dataclasses import dataclass
from typing import Final

from organisation.rights import CONNECT_ACCOUNT, MANAGE_BRAND, PUBLISH_POST, WRITE_PIECE


@dataclass(frozen=True)
class NoticeKind:
    """What stands before the first colon of a fault, and what follows from it."""

    slug: str
    label: str
    one: str  # in the subject of a mail
    many: str  # the same for several, after their number
    is_fault: bool = True  # its end is told too; that of a question or an answer is not
    right: str = ""  # who holds it in the brand is told; empty: only the person the notice names


KINDS: Final = (
    NoticeKind("failed", "Failed", "1 post failed", "posts failed", right=PUBLISH_POST),
    NoticeKind(
        "unconfirmed", "Unconfirmed", "1 post may be out", "posts may be out", right=PUBLISH_POST
    ),
    NoticeKind("missed", "Missed", "1 post was missed", "posts were missed", right=PUBLISH_POST),
    NoticeKind(
        "vanished",
        "Vanished",
        "1 post is not there any more",
        "posts are not there any more",
        right=PUBLISH_POST,
    ),
    NoticeKind(
        "account",
        "Account",
        "1 account needs a person",
        "accounts need a person",
        right=CONNECT_ACCOUNT,
    ),
    NoticeKind(
        "cap",
        "Monthly cap",
        "1 account has reached its monthly cap",
        "accounts have reached their monthly cap",
        right=CONNECT_ACCOUNT,
    ),
    NoticeKind("token", "Token", "1 token ends soon", "tokens end soon", right=CONNECT_ACCOUNT),
    NoticeKind(
        "plan",
        "Recurring plan",
        "1 recurring plan has no post",
        "recurring plans have no post",
        right=PUBLISH_POST,
    ),
    NoticeKind("feed", "Feed", "1 feed cannot be read", "feeds cannot be read", right=WRITE_PIECE),
    NoticeKind("approval", "Approval", "posts wait for approval", "requests for approval", False),
    NoticeKind("approved", "Approved", "1 post was approved", "posts were approved", False),
    NoticeKind("declined", "Declined", "1 post was declined", "posts were declined", False),
    NoticeKind(
        "publishing",
        "Publishing",
        "nothing is publishing",
        "faults of publishing",
        right=MANAGE_BRAND,
    ),
    NoticeKind(
        "instance",
        "Publishing",
        "publishing was turned off",
        "stops of publishing",
        right=MANAGE_BRAND,
    ),
)
OTHER: Final = NoticeKind("", "Notice", "1 notice", "notices")
_BY_SLUG: Final = {kind.slug: kind for kind in KINDS}


def kind_of(fault: str) -> NoticeKind:
    """Return the kind of a fault by its key, such as `failed:12`."""
    return _BY_SLUG.get(fault.partition(":")[0], OTHER)
