"""What speaks against a time is told of many posts at once, with what would mend it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from platforms.models import Account, PlatformCredential, RateBudget
from platforms.values import POSTS_IN_A_DAY
from posting.models import Post
from posting.states import Hold
from scheduling.conflicts import Kind, Planned, Verb, conflicts_of, conflicts_of_posts
from scheduling.models import Blackout, IgnoredConflict, TimeRules
from tests.factories import AccountFactory, PieceFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
LATER = NOW + timedelta(days=1)
TWEED = "Harris Tweed smells of peat for a reason: crottle, the lichen of Hebridean rocks."
NEARLY = "Harris Tweed smells of peat for a reason: crottle, the lichen of the Hebridean rocks!"


@pytest.fixture
def account() -> Account:
    return AccountFactory(name="Glen & Loom", minimum_gap=timedelta(minutes=30))


def post(account: Account, at: datetime = LATER, text: str = "", **more: Any) -> Post:
    words = text or f"{len(Post.objects.all())} looms and {at.timestamp()} shuttles: {hash(at)}."
    piece = PieceFactory(brand=account.brand, text=words)
    more = {"scheduled": True} | more
    return PostFactory(account=account, piece=piece, due=at, **more)


def kinds(*posts: Post, now: datetime = NOW) -> list[set[Kind]]:
    fresh = Post.objects.filter(pk__in=[p.pk for p in posts]).for_rows()
    found = conflicts_of_posts(fresh, now)
    return [{conflict.kind for conflict in found.get(p.pk, [])} for p in posts]


def only(one: Post) -> Any:
    (found,) = conflicts_of_posts([Post.objects.for_rows().get(pk=one.pk)], NOW)[one.pk]
    return found


def test_a_post_alone_has_none(account: Account) -> None:
    assert kinds(post(account)) == [set()]


def test_two_posts_within_the_least_gap_and_both_say_so(account: Account) -> None:
    first, second = post(account), post(account, LATER + timedelta(minutes=12))
    far = post(account, LATER + timedelta(minutes=42))
    assert kinds(first, second, far) == [{Kind.GAP}, {Kind.GAP}, set()]
    told = only(first)
    assert told.sentence == (
        "It is only 12 min from another post of Glen & Loom, at 09:12 GMT; "
        "30 min is the least between two."
    )
    assert told.other == second.pk
    assert [fix.verb for fix in told.fixes] == [Verb.NEXT_FREE, Verb.SPREAD, Verb.IGNORE]


def test_what_is_cancelled_or_failed_is_no_neighbour(account: Account) -> None:
    here = post(account)
    post(account, scheduled=False, failed=True)
    post(account, scheduled=False, missed=True)
    assert kinds(here) == [set()]


def test_the_same_words_within_the_look_back(account: Account) -> None:
    out = post(account, NOW - timedelta(days=20), TWEED, scheduled=False, published=True)
    again = post(account, LATER, TWEED.upper() + "  ")
    assert kinds(again) == [{Kind.SAME_TEXT}]
    assert "has the same text on Tuesday 3 November, within 30 days" in only(again).sentence
    assert only(again).other == out.pk


def test_nearly_the_same_words_count_and_other_words_do_not(account: Account) -> None:
    post(account, LATER + timedelta(days=2), TWEED)
    near = post(account, LATER, NEARLY)
    other = post(account, LATER + timedelta(days=1), "The mill is closed on Saint Andrew's day.")
    assert kinds(near, other) == [{Kind.SAME_TEXT}, set()]
    assert "has nearly the same text" in only(near).sentence


def test_the_words_of_the_channel_count_and_not_those_of_the_piece(account: Account) -> None:
    post(account, LATER + timedelta(days=2), TWEED)
    own = {"facebook/feed-post": {"text": "Something else altogether, for Facebook alone."}}
    piece = PieceFactory(brand=account.brand, text=TWEED, variants=own)
    varied = PostFactory(account=account, piece=piece, due=LATER, scheduled=True)
    assert varied.channel_type.slug == "feed-post"
    assert kinds(varied) == [set()]


def test_the_look_back_is_a_rule_of_the_brand_and_of_the_account(account: Account) -> None:
    brand = TimeRules.objects.create(brand=account.brand, look_back=5)
    post(account, LATER + timedelta(days=6), TWEED)
    here = post(account, LATER, TWEED)
    assert kinds(here) == [set()]
    own = TimeRules.objects.create(brand=account.brand, account=account, look_back=7)
    assert kinds(here) == [{Kind.SAME_TEXT}]
    own.look_back = 0
    own.save()
    assert kinds(here) == [set()]
    brand.delete()
    assert kinds(here) == [set()]


def test_the_same_text_on_another_account_of_the_platform_is_told_within_a_day(
    account: Account,
) -> None:
    sibling = AccountFactory(brand=account.brand, name="Glen & Loom Outlet")
    stranger = AccountFactory()
    here = post(account, LATER, TWEED)
    there = post(sibling, LATER + timedelta(hours=5), NEARLY)
    post(stranger, LATER, TWEED)
    assert kinds(here, there) == [{Kind.ALIKE}, {Kind.ALIKE}]
    assert not only(here).stops
    late = post(sibling, LATER + timedelta(days=8), TWEED)
    assert Kind.ALIKE not in kinds(late)[0]


@pytest.mark.parametrize("state", [Account.State.PAUSED, Account.State.NEEDS_RECONNECT])
def test_an_account_that_cannot_send(account: Account, state: str) -> None:
    here = post(account)
    Account.objects.update(state=state)
    assert kinds(here) == [{Kind.STOPPED}]
    assert only(here).fixes[0].verb == Verb.ACCOUNT


def test_an_account_that_is_paused_until_before_then(account: Account) -> None:
    early, late = post(account, NOW + timedelta(hours=1)), post(account, NOW + timedelta(hours=9))
    Account.objects.update(state=Account.State.PAUSED, paused_until=NOW + timedelta(hours=4))
    assert kinds(early, late) == [{Kind.STOPPED}, set()]
    assert only(early).free_from == NOW + timedelta(hours=4)


def test_a_token_that_ends_before_then_unless_it_is_renewed_by_itself(account: Account) -> None:
    before, after = post(account, NOW + timedelta(hours=2)), post(account, NOW + timedelta(days=9))
    PlatformCredential.objects.update(expires_at=NOW + timedelta(days=3))
    assert kinds(before, after) == [set(), {Kind.CREDENTIAL}]
    PlatformCredential.objects.update(refresh_at=NOW + timedelta(days=2))
    assert kinds(before, after) == [set(), set()]


def test_outside_the_hours_by_the_accounts_own_clock() -> None:
    york = AccountFactory(timezone="America/New_York", name="York")
    hours = [{"days": 0b0011111, "opens": "09:00", "closes": "17:30"}]
    TimeRules.objects.create(brand=york.brand, account=york, hours=hours)
    monday = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 09:00 there
    inside, early = post(york, monday), post(york, monday - timedelta(minutes=1))
    weekend = post(york, monday + timedelta(days=5))
    Account.objects.update(minimum_gap=timedelta(0))
    assert kinds(inside, early, weekend) == [set(), {Kind.HOURS}, {Kind.HOURS}]
    assert only(weekend).free_from == monday + timedelta(days=7)
    assert only(weekend).sentence == "09:00 on a Saturday is outside the hours of York."


def test_hours_over_midnight_belong_to_the_evening(account: Account) -> None:
    friday = [{"days": 1 << 4, "opens": "22:00", "closes": "02:00"}]
    TimeRules.objects.create(brand=account.brand, hours=friday)
    night = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)  # Saturday, one in the morning
    assert kinds(post(account, night), post(account, night + timedelta(hours=1))) == [
        set(),
        {Kind.HOURS},
    ]


def test_days_off_of_the_brand_and_public_holidays_of_a_country(account: Account) -> None:
    TimeRules.objects.create(brand=account.brand, country="GB-SCT")
    Blackout.objects.create(
        brand=account.brand, first=date(2026, 11, 26), last=date(2026, 11, 27), why="Stocktaking"
    )
    off = post(account, datetime(2026, 11, 27, 23, 59, tzinfo=UTC))
    andrew = post(account, datetime(2026, 11, 30, 9, 0, tzinfo=UTC))
    assert kinds(off, andrew) == [{Kind.BLACKOUT}, {Kind.HOLIDAY}]
    assert only(off).sentence == "Nothing shall go out on Friday 27 November: Stocktaking."
    assert only(off).free_from == datetime(2026, 11, 28, 0, 0, tzinfo=UTC)
    assert "Saint Andrew" in only(andrew).sentence or "St. Andrew" in only(andrew).sentence
    TimeRules.objects.create(brand=account.brand, account=account, country="none")
    assert kinds(andrew) == [set()]


def test_more_than_the_daily_budget_tells_those_that_are_too_many(account: Account) -> None:
    TimeRules.objects.create(brand=account.brand, account=account, daily_budget=2)
    day = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    posts = [post(account, day + timedelta(hours=n)) for n in range(3)]
    assert kinds(*posts) == [set(), set(), {Kind.BUDGET}]
    assert only(posts[2]).free_from == datetime(2026, 11, 26, 0, 0, tzinfo=UTC)


def test_more_than_the_platform_takes_in_a_day(account: Account) -> None:
    RateBudget.objects.create(
        platform=account.platform, account=account, name=POSTS_IN_A_DAY, limit=2, remaining=2,
        read_at=NOW,
    )  # fmt: skip
    posts = [post(account, LATER + timedelta(hours=8 * n)) for n in range(4)]
    assert kinds(*posts) == [set(), set(), {Kind.QUOTA}, {Kind.QUOTA}]
    assert only(posts[2]).free_from == LATER + timedelta(days=1)


def test_an_approval_that_is_missing(account: Account) -> None:
    assert kinds(post(account, holds=int(Hold.APPROVAL))) == [{Kind.APPROVAL}]


def test_a_time_that_is_only_thought_of_counts_there_and_nowhere_else(account: Account) -> None:
    here, beside = post(account), post(account, LATER + timedelta(hours=5))
    here = Post.objects.for_rows().get(pk=here.pk)
    assert beside.due_at
    moved = Planned.of(here, beside.due_at + timedelta(minutes=10))
    assert [c.kind for c in conflicts_of([moved], NOW)[here.pk]] == [Kind.GAP]
    new = Planned("new", account.pk, here.due_at + timedelta(minutes=1))
    assert [c.other for c in conflicts_of([new], NOW)["new"]] == [here.pk]


def test_what_was_left_as_it_is_is_silent_until_a_fact_changes(account: Account) -> None:
    first, second = post(account), post(account, LATER + timedelta(minutes=12))
    told = only(first)
    IgnoredConflict.objects.create(
        post=first, kind=told.kind, facts=told.facts, sentence=told.sentence, note="On purpose",
        by=UserFactory(), at=NOW,
    )  # fmt: skip
    assert kinds(first, second) == [set(), {Kind.GAP}]
    Post.objects.filter(pk=second.pk).update(due_at=LATER + timedelta(minutes=13))
    assert kinds(first) == [{Kind.GAP}]


def test_many_posts_take_no_more_queries_than_two(
    account: Account, django_assert_max_num_queries: Any
) -> None:
    sibling = AccountFactory(brand=account.brand)
    TimeRules.objects.create(brand=account.brand, country="GB", daily_budget=3)
    for n in range(30):
        post(account if n % 2 else sibling, LATER + timedelta(minutes=7 * n), f"{TWEED} {n}")
    posts = list(Post.objects.for_rows())
    with django_assert_max_num_queries(7):
        found = conflicts_of_posts(posts, NOW)
    assert len(found) == 30


def test_what_is_past_has_no_conflict(account: Account) -> None:
    late = [post(account, NOW - timedelta(minutes=n)) for n in (5, 6)]
    assert kinds(*late) == [set(), set()]
