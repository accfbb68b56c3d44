"""Times proposed for many posts: in slots, evenly, and what is changed before it is confirmed."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from analytics.best_times import suggested_times
from content.writing import save_version
from organisation.models import User
from platforms.models import Account
from posting.deciding import NotPossible
from posting.drafting import first_channel
from posting.models import Post
from scheduling.bulk import proposing
from scheduling.bulk.asking import Asked
from scheduling.bulk.evenly import _parts
from scheduling.bulk.looking import Look
from scheduling.bulk.ways import BY_SLUG
from scheduling.conflicts import Kind
from scheduling.models import Blackout, Proposal, Slot, TimeRules
from tests.factories import AccountFactory, PieceFactory, PostFactory, ScheduleTemplateFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
FIRST, LAST = date(2026, 11, 24), date(2026, 11, 26)
EVERY_DAY = 0b1111111
SAID = ("Peat", "Looms", "Heddles", "Bobbins", "Shuttles", "Crottle", "Indigo", "Madder", "Weld",
        "Fleece", "Carding", "Spindles")  # fmt: skip


def versions(account: Account, number: int) -> list[Any]:
    return [
        PieceFactory(brand=account.brand, title=word, text=f"{word} {'and more of it ' * n}{word}")
        .current for n, word in enumerate(SAID[:number], 1)
    ]  # fmt: skip


def asked(*accounts: Account, number: int = 3, **more: Any) -> Asked:
    more.setdefault("versions", versions(accounts[0], number))
    channels = [(account, first_channel(account)) for account in accounts]
    said: dict[str, Any] = {"first": FIRST, "last": LAST, "now": NOW, "channels": channels} | more
    return Asked(accounts[0].brand, **said)


def propose(way: str, asked: Asked, by: User) -> Look:
    proposal = proposing.propose(asked, BY_SLUG[way], by=by)
    return Look(proposal, NOW)


def walls(look: Look) -> list[str]:
    return [one.item.wall_time[:16] for one in look.seen]


def again(look: Look) -> Look:
    return Look(Proposal.objects.get(pk=look.proposal.pk), NOW)


@pytest.fixture
def account() -> Account:
    return AccountFactory(name="Glen & Loom", minimum_gap=timedelta(minutes=30))


def test_posts_take_the_free_slots_of_their_queue_in_order(account: Account, by: User) -> None:
    Slot.objects.create(account=account, days=EVERY_DAY, at=time(9), queue="evergreen")
    Slot.objects.create(account=account, days=EVERY_DAY, at=time(12))
    taken = datetime(2026, 11, 25, 9, 10, tzinfo=UTC)
    PostFactory(account=account, scheduled=True, due=taken)
    look = propose("slots", asked(account, queue="evergreen"), by)
    assert walls(look) == ["2026-11-24T09:00", "2026-11-26T09:00", ""]
    assert look.seen[2].stops == (
        "Glen & Loom has no more free slot in the queue “evergreen” until 26 November.",
    )
    assert look.seen[0].item.reason == "Slot Every day 09:00, evergreen"


def test_two_accounts_each_have_slots_of_their_own(accounts: list[Account], by: User) -> None:
    for account in accounts:
        Slot.objects.create(account=account, days=EVERY_DAY, at=time(9))
    look = propose("slots", asked(*accounts, number=2), by)
    assert walls(look) == ["2026-11-24T09:00"] * 2 + ["2026-11-25T09:00"] * 2
    assert {one.item.zone for one in look.seen} == {"Europe/London", "America/New_York"}


def test_an_account_without_such_slots_is_named(account: Account, by: User) -> None:
    look = propose("slots", asked(account, number=1, queue="news"), by)
    assert look.seen[0].stops == ("Glen & Loom has no slots in the queue “news”.",)


def test_slots_that_budgets_and_days_off_close_are_left(account: Account, by: User) -> None:
    for hour in (9, 12):
        Slot.objects.create(account=account, days=EVERY_DAY, at=time(hour))
    TimeRules.objects.create(brand=account.brand, daily_budget=1)
    Blackout.objects.create(brand=account.brand, first=FIRST, last=FIRST, why="Stocktaking")
    look = propose("slots", asked(account), by)
    assert walls(look) == ["2026-11-25T09:00", "2026-11-26T09:00", ""]


def test_as_many_posts_as_days_are_one_each_day_at_the_same_time(
    account: Account, by: User
) -> None:
    assert walls(propose("even", asked(account), by)) == [
        "2026-11-24T09:00", "2026-11-25T09:00", "2026-11-26T09:00",
    ]  # fmt: skip


def test_more_than_days_divide_the_hours(account: Account, by: User) -> None:
    look = propose("even", asked(account, number=6, opens=time(10), closes=time(16)), by)
    assert walls(look)[:3] == ["2026-11-24T10:00", "2026-11-24T13:00", "2026-11-25T10:00"]


def test_one_near_another_post_moves_on_and_says_why(account: Account, by: User) -> None:
    PostFactory(account=account, scheduled=True, due=datetime(2026, 11, 24, 9, 10, tzinfo=UTC))
    first = propose("even", asked(account), by).seen[0]
    assert first.item.wall_time == "2026-11-24T09:40:00"
    assert first.item.reason.startswith("Evenly spaced, moved from Tue 09:00: It is only 10 min")
    assert not first.conflicts


def test_suggested_times_are_the_best_hour_of_each_day_first(account: Account, by: User) -> None:
    good = suggested_times(account, NOW, NOW + timedelta(days=4), now=NOW)
    PostFactory(account=account, scheduled=True, due=datetime(2026, 11, 24, 3, tzinfo=UTC))
    look = propose("suggested", asked(account, number=5), by)
    days = [wall[:10] for wall in walls(look)]
    assert [days.count(f"2026-11-{day}") for day in (24, 25, 26)] == [1, 2, 2]
    best = {one.at.date(): one.at for one in reversed(good) if FIRST <= one.at.date() <= LAST}
    assert len(best) == 3
    assert set(best.values()) <= {seen.item.due_at for seen in look.seen}
    assert all(seen.item.reason.startswith("Suggested. ") for seen in look.seen)


def test_where_no_good_hour_is_free_it_says_so(account: Account, by: User) -> None:
    Blackout.objects.create(brand=account.brand, first=FIRST, last=LAST, why="Stocktaking")
    look = propose("suggested", asked(account, number=1), by)
    assert look.seen[0].stops == ("None of the good hours of Glen & Loom in these days is free.",)


def test_days_off_and_weekdays_left_out_get_none(account: Account, by: User) -> None:
    Blackout.objects.create(brand=account.brand, first=FIRST, last=FIRST, why="Stocktaking")
    look = propose("even", asked(account, number=2, days=0b0001011), by)  # Mon, Tue, Thu
    assert [wall[:10] for wall in walls(look)] == ["2026-11-26"] * 2


def test_days_without_any_hour_are_said(account: Account, by: User) -> None:
    look = propose("even", asked(account, number=1, days=0b1000000), by)
    assert "None of these days has hours" in look.seen[0].stops[0]


def test_a_paused_account_gets_no_times_and_says_so(account: Account, by: User) -> None:
    Account.objects.filter(pk=account.pk).update(state=Account.State.PAUSED)
    account.refresh_from_db()
    (seen,) = propose("even", asked(account, number=1), by).seen
    assert "Glen & Loom cannot send: paused" in " ".join(seen.stops)


@given(
    st.lists(st.integers(1, 900), min_size=1, max_size=6),
    st.integers(1, 40),
)
def test_parts_rise_stand_in_the_spans_and_are_as_many_as_asked(
    lengths: list[int], number: int
) -> None:
    spans = [
        (start := NOW + timedelta(days=day), start + timedelta(minutes=length))
        for day, length in enumerate(lengths)
    ]
    found = list(_parts(spans, number))
    assert len(found) == number
    assert found == sorted(found)
    assert all(any(first <= at < last for first, last in spans) for at in found)


def test_posts_that_are_there_get_times_too(account: Account, by: User) -> None:
    posts = [PostFactory(account=account) for _ in range(2)]
    fresh = list(Post.objects.for_rows().filter(pk__in=[one.pk for one in posts]))
    look = propose("even", asked(account, versions=(), posts=fresh), by)
    assert [one.item.post_id for one in look.seen] == [one.pk for one in fresh]
    assert Post.objects.filter(due_at=None).count() == 2


def test_a_template_is_nothing_for_posts_that_have_their_channel(
    account: Account, by: User
) -> None:
    template = ScheduleTemplateFactory(account=account)
    posts = [PostFactory(account=account)]
    with pytest.raises(ValidationError, match="are there already"):
        propose("template", asked(account, versions=(), posts=posts, template=template), by)


def test_what_the_account_has_already_stops_unless_it_is_meant(account: Account, by: User) -> None:
    post = PostFactory(account=account, published=True)
    said: dict[str, Any] = {"versions": [post.piece_version]}
    assert "has a post of this piece already" in propose("even", asked(account, **said), by).seen[
        0].stops[0]  # fmt: skip
    assert not propose("even", asked(account, **said, again=True), by).stopped


def test_a_text_that_is_too_long_there_is_told_before(by: User) -> None:
    x = AccountFactory(platform="mastodon")
    long = PieceFactory(brand=x.brand, text="Tweed! " * 200).current
    (seen,) = propose("even", asked(x, versions=[long]), by).stopped
    assert "characters" in seen.stops[0]


def test_proposed_posts_that_crowd_each_other_say_so(account: Account, by: User) -> None:
    look = propose("even", asked(account, number=2, first=FIRST, last=FIRST), by)
    proposing.set_time(look, look.seen[1].item, "2026-11-24 09:10", version=1, now=NOW)
    assert [[c.kind for c in one.conflicts] for one in again(look).seen] == [[Kind.GAP]] * 2


def test_a_budget_is_passed_by_the_later_ones_only(account: Account, by: User) -> None:
    look = propose("even", asked(account, number=3, first=FIRST, last=FIRST), by)
    TimeRules.objects.create(brand=account.brand, daily_budget=2)
    kinds = [[c.kind for c in one.conflicts] for one in again(look).seen]
    assert kinds == [[], [], [Kind.BUDGET]]


def test_putting_right_moves_what_crowds_and_leaves_the_rest(account: Account, by: User) -> None:
    look = propose("even", asked(account, number=2, first=FIRST, last=FIRST), by)
    proposing.set_time(look, look.seen[1].item, "2026-11-24 09:10", version=1, now=NOW)
    look = again(look)
    assert proposing.put_right(look, look.seen[1:], version=2, now=NOW) == 1
    look = again(look)
    assert walls(look) == ["2026-11-24T09:00", "2026-11-24T09:30"]
    assert not look.warned
    assert look.seen[1].item.reason == "Moved to the next free time"


def test_one_in_the_hour_that_the_clocks_skip_is_refused_with_its_neighbours(
    account: Account, by: User
) -> None:
    look = propose("even", asked(account, number=1), by)
    with pytest.raises(ValidationError, match="00:30 or 02:30"):
        proposing.set_time(look, look.seen[0].item, "2027-03-28 01:30", version=1, now=NOW)
    assert walls(again(look)) == ["2026-11-24T09:00"]


def test_what_is_left_out_counts_for_nothing(account: Account, by: User) -> None:
    look = propose("even", asked(account, number=2), by)
    proposing.leave_out(look, [look.seen[0].item], version=1, now=NOW)
    look = again(look)
    assert (len(look.going), look.left_out) == (1, 1)
    proposing.take_in(look, [look.seen[0].item], version=2, now=NOW)
    assert again(look).left_out == 0


def test_a_change_in_another_window_is_not_written_over(account: Account, by: User) -> None:
    look = propose("even", asked(account, number=2), by)
    proposing.leave_out(look, [look.seen[0].item], version=1, now=NOW)
    with pytest.raises(NotPossible, match="in another window"):
        proposing.leave_out(look, [look.seen[1].item], version=1, now=NOW)


def test_a_piece_that_was_changed_stops_until_its_new_words_are_taken(
    account: Account, by: User
) -> None:
    look = propose("even", asked(account, number=1), by)
    piece = look.seen[0].item.piece_version.piece
    save_version(piece, text="Other words.", by=by, expected_edits=piece.edits)
    look = again(look)
    assert "The piece was changed since" in look.stopped[0].stops[0]
    proposing.take_new_words(look, version=1, now=NOW)
    look = again(look)
    assert not look.stopped
    assert look.seen[0].item.piece_version.text == "Other words."


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"last": FIRST - timedelta(days=1)}, "lies before the first"),
        ({"versions": ()}, "Nothing was chosen"),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_is_kept(
    account: Account, by: User, said: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        propose("even", asked(account, **said), by)
    assert not Proposal.objects.exists()


def test_too_many_are_refused_before_any_time_is_looked_for(account: Account, by: User) -> None:
    with pytest.raises(ValidationError, match="201 posts, and 200 is the most"):
        propose("even", asked(account, versions=versions(account, 1) * 201), by)


def test_one_that_expired_is_deleted_with_the_next_and_a_confirmed_one_stays(
    account: Account, by: User
) -> None:
    old = propose("even", asked(account, number=1), by).proposal
    later = NOW + timedelta(hours=25)
    proposing.propose(asked(account, number=1, now=later), BY_SLUG["even"], by=by)
    assert not Proposal.objects.filter(pk=old.pk).exists()
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("way", ["even", "slots", "template"])
def test_two_hundred_posts_ask_the_database_as_often_as_two(
    account: Account, by: User, django_assert_max_num_queries: Any, way: str
) -> None:
    Slot.objects.create(account=account, days=EVERY_DAY, at=time(9))
    template = ScheduleTemplateFactory(account=account)
    some = [PieceFactory(brand=account.brand).current for _ in range(200)]
    wanted = asked(account, versions=some, last=LAST + timedelta(days=400), template=template)
    with django_assert_max_num_queries(14):
        look = propose(way, wanted, by)
    with django_assert_max_num_queries(14):
        look = again(look)
        assert (len(look.seen), len(look.digest)) == (200, 32)
    with django_assert_max_num_queries(12):
        assert proposing.put_right(look, look.seen[:100], version=1, now=NOW) == 100
