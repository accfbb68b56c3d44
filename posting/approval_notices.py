"""Who is told of approvals: those who may give them, and the author once one was given or refused.

The notices only tell. Whether a post waits is read from the post.
"""

from datetime import datetime

from organisation.models import Brand, User
from organisation.notices import open_notice, resolve_notice, resolve_notices
from organisation.rights import APPROVE_POST, people_who
from platforms.models import Account
from posting.models import Post

ASKED = "approval:brand:"  # begins the fault key of what somebody is asked to approve


def ask_for_approval(post: Post, by: User | None) -> None:
    """Tell whoever may approve the post, except the person who asks."""
    approvers = people_who(APPROVE_POST, post.brand_id)
    if by is not None:
        approvers = approvers.exclude(pk=by.pk)
    if post.author_id and post.account.approval_rule == Account.ApprovalRule.FOUR_EYES:
        approvers = approvers.exclude(pk=post.author_id)
    sentence = f"Posts wait for an approval at {post.brand}. Read them, then approve or decline."
    for person in approvers:
        open_notice(f"{_of(post.brand)}{person.pk}", sentence, user=person, brand=post.brand)


def nobody_asks(brand: Brand, now: datetime) -> None:
    """Close the notices of those who may approve, once nothing of the brand waits for them."""
    if not Post.objects.of_brands([brand.pk]).held_for_approval().exists():
        resolve_notices(_of(brand), now)


def tell_author(post: Post, what: str, sentence: str, *, by: User) -> None:
    """Open a notice for the author of the post, unless they did it themselves."""
    if post.author is not None and post.author_id != by.pk:
        open_notice(f"{what}:post:{post.pk}", sentence, user=post.author, brand=post.brand)


def take_back_answers(post: Post, now: datetime) -> None:
    """Close what the author was told of the post as it was before."""
    for what in ("approved", "declined"):
        resolve_notice(f"{what}:post:{post.pk}", now)


def _of(brand: Brand) -> str:
    return f"{ASKED}{brand.pk}:"
