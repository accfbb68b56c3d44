"""What needs a person: posts and accounts, found and counted in one way for every page."""

from collections.abc import Sequence

from desk.counting import MOST, Count
from desk.listing.keyset import number_of
from platforms.models import Account
from platforms.models.account import AccountQuerySet
from posting.models import Post


def lost_accounts(brands: Sequence[int]) -> AccountQuerySet:
    """Accounts that must be reconnected before their posts go out."""
    lost: AccountQuerySet = Account.objects.needing_attention()
    return lost.filter(brand__in=brands).select_related("platform")


def missed_in(brands: Sequence[int]) -> Count:
    """Count the posts that were missed: what the page *Late work* decides about."""
    return Count(number_of([Post.objects.filter(brand=pk).missed() for pk in brands], MOST + 1))


def all_in_need(brands: Sequence[int]) -> Count:
    """Count all that the page *Needs attention* shows: the number beside every link to it."""
    posts = Post.objects.of_brands(brands)
    rows = [posts.needing_a_person(), posts.held_for_approval(), lost_accounts(brands)]
    return Count(number_of(rows, MOST + 1))
