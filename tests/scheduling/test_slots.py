"""Slots of an account: when they come, which are free, and that nobody gets one twice."""

import threading
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from platforms.models import Account
from posting.models import Post
from posting.states import Status
from scheduling.account_times import AccountTimes
from scheduling.models import Slot, TimeRules
from scheduling.slots import NoFreeSlot, coming, openings, take_next_slot
from tests.factories import AccountFactory, PieceFactory, PostFactory, UserFactory

WEEKDAYS, EVERY_DAY = 0b0011111, 0b1111111
NOW = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)  # a Friday


def in_zone(zone: str) -> AccountTimes:
    return AccountTimes(Account(timezone=zone, name="Glen & Loom"), (), (), None, None)


def walls(zone: str, after: datetime, *slots: Slot, number: int = 4) -> list[str]:
    turn = openings(slots, in_zone(zone), after)
    return [f"{next(turn).wall:%a %d %b %H:%M %Z}" for _ in range(number)]


def test_they_come_on_their_days_by_the_accounts_clock() -> None:
    slots = Slot(days=WEEKDAYS, at=time(9)), Slot(days=1 << 5, at=time(17, 30))
    assert walls("America/New_York", NOW, *slots) == [
        "Sat 28 Nov 17:30 EST",
        "Mon 30 Nov 09:00 EST",
        "Tue 01 Dec 09:00 EST",
        "Wed 02 Dec 09:00 EST",
    ]


def test_one_that_the_clocks_skip_comes_an_hour_later_and_not_twice() -> None:
    before = datetime(2027, 3, 27, 12, tzinfo=UTC)
    slots = Slot(days=EVERY_DAY, at=time(1, 30)), Slot(days=EVERY_DAY, at=time(2, 30))
    assert walls("Europe/London", before, *slots, number=3) == [
        "Sun 28 Mar 02:30 BST",
        "Mon 29 Mar 01:30 BST",
        "Mon 29 Mar 02:30 BST",
    ]


def test_of_one_that_comes_twice_the_first_counts() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)
    slot = Slot(days=EVERY_DAY, at=time(1, 30))
    assert walls("Europe/London", before, slot, number=2) == [
        "Sun 25 Oct 01:30 BST",
        "Mon 26 Oct 01:30 GMT",
    ]


ZONES = ("Europe/London", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca",
         "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns")  # fmt: skip


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.lists(st.tuples(st.integers(1, EVERY_DAY), st.times()), min_size=1, max_size=4),
)
def test_they_rise_and_each_is_the_slots_own_time_unless_the_clocks_skip_it(
    zone: str, after: datetime, asked: list[tuple[int, time]]
) -> None:
    slots = [Slot(days=days, at=at.replace(microsecond=0)) for days, at in asked]
    turn = openings(slots, in_zone(zone), after)
    found = [next(turn) for _ in range(8)]
    moments = [one.at for one in found]
    assert moments == sorted(set(moments))
    assert moments[0] > after
    for one in found:
        there = one.at.astimezone(ZoneInfo(zone))
        assert there == one.wall
        meant = one.wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        assert meant == one.at
        if not one.moved:
            assert there.time() == one.slot.at
            assert there.fold == 0 or one.slot.at != there.time()


@pytest.fixture
def account(db: None) -> Account:
    account = AccountFactory(name="Glen & Loom", minimum_gap=timedelta(minutes=10))
    Slot.objects.create(account=account, days=EVERY_DAY, at=time(9))
    Slot.objects.create(account=account, days=EVERY_DAY, at=time(17, 30))
    Slot.objects.create(account=account, days=EVERY_DAY, at=time(12), queue="evergreen")
    return account


def ready(account: Account) -> Post:
    words = f"Loom number {Post.objects.count()} is warped and ready for a week of weaving."
    return PostFactory(account=account, piece=PieceFactory(brand=account.brand, text=words))


def take(account: Account, queue: str = "") -> str:
    post = ready(account)
    take_next_slot(post, by=UserFactory(), now=NOW, queue=queue)
    assert post.status == Status.SCHEDULED
    return f"{post.wall_time} {post.zone}"


def test_each_takes_the_next_that_is_free_in_its_own_queue(account: Account) -> None:
    assert take(account) == "2026-11-27T17:30:00 Europe/London"
    assert take(account) == "2026-11-28T09:00:00 Europe/London"
    assert take(account, "evergreen") == "2026-11-28T12:00:00 Europe/London"
    assert take(account, "evergreen") == "2026-11-29T12:00:00 Europe/London"


def test_one_near_a_post_that_somebody_placed_is_not_free(account: Account) -> None:
    PostFactory(account=account, scheduled=True, due=NOW + timedelta(minutes=95))
    assert take(account) == "2026-11-28T09:00:00 Europe/London"


def test_without_a_least_gap_two_still_never_share_a_slot(account: Account) -> None:
    Account.objects.update(minimum_gap=timedelta(0))
    account.refresh_from_db()
    assert take(account) != take(account)


def test_rules_about_times_keep_slots_from_being_used(account: Account) -> None:
    TimeRules.objects.create(brand=account.brand, country="GB-SCT", daily_budget=1)
    taken = [take(account)[:16] for _ in range(3)]
    assert taken == ["2026-11-27T17:30", "2026-11-28T09:00", "2026-11-29T09:00"]
    assert take(account)[:16] == "2026-12-01T09:00"  # Monday is Saint Andrew's


def test_no_slots_of_the_queue_is_said_and_nothing_is_changed(account: Account) -> None:
    post = ready(account)
    with pytest.raises(NoFreeSlot, match="Glen & Loom has no slots in the queue “news”"):
        take_next_slot(post, by=UserFactory(), now=NOW, queue="news")
    post.refresh_from_db()
    assert post.status == Status.READY


def test_the_preview_says_which_are_taken_and_costs_a_handful_of_queries(
    account: Account, django_assert_max_num_queries: Any
) -> None:
    take(account)
    with django_assert_max_num_queries(7):
        shown = coming(account, NOW)
    assert len(shown) == 10
    assert [one.free for one in shown[:3]] == [False, True, True]
    assert shown[0].taken_by == Post.objects.get().pk


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_never_get_the_same_slot() -> None:
    account = AccountFactory(minimum_gap=timedelta(0))
    Slot.objects.create(account=account, days=EVERY_DAY, at=time(9))
    posts, by, ready_ = [ready(account) for _ in range(6)], UserFactory(), threading.Barrier(6)
    failed: list[Exception] = []

    def press(post: Post) -> None:
        try:
            ready_.wait(10)
            take_next_slot(Post.objects.for_rows().get(pk=post.pk), by=by, now=NOW)
        except Exception as error:  # noqa: BLE001 (told by the assertion below)
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(post,)) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    times = list(Post.objects.order_by("due_at").values_list("due_at", flat=True))
    assert len(set(times)) == 6
    assert times[-1] - times[0] == timedelta(days=5)
