"""Each conflict can be put right with one press, or left with a note."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from organisation.models import AuditEntry
from platforms.models import Account
from posting.deciding import NotPossible
from posting.models import Post
from posting.states import Hold
from scheduling.conflicts import Kind, conflicts_of_posts
from scheduling.models import TimeRules
from scheduling.solving import find_conflict, ignore, next_free_time, spread_out, swap
from tests.factories import AccountFactory, PieceFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TWEED = "Harris Tweed smells of peat for a reason: crottle, the lichen of Hebridean rocks."
SAYINGS = (
    "The loom is warped for Monday.",
    "Peat burns slowly in Ness!",
    "Our ferry leaves at nine.",
    "Scarves, caps and mittens: the winter sale",
    "Who knows where crottle grows?",
)


@pytest.fixture
def account() -> Account:
    return AccountFactory(name="Glen & Loom", minimum_gap=timedelta(minutes=30))


def post(account: Account, minutes: float = 0, text: str = "", **more: Any) -> Post:
    words = text or SAYINGS[Post.objects.count()]
    piece = PieceFactory(brand=account.brand, text=words)
    at = LATER + timedelta(minutes=minutes)
    made = PostFactory(account=account, piece=piece, due=at, scheduled=True, **more)
    return Post.objects.for_rows().get(pk=made.pk)


def first(one: Post) -> Any:
    return conflicts_of_posts([one], NOW)[one.pk][0]


def kinds() -> set[Kind]:
    found = conflicts_of_posts(Post.objects.for_rows(), NOW)
    return {conflict.kind for row in found.values() for conflict in row}


def fix(verb: Any, one: Post) -> Any:
    return verb(one, first(one), by=UserFactory(), now=NOW)


def test_the_next_free_time_is_free_of_everything_a_time_can_have(account: Account) -> None:
    hours = [{"days": 0b0011111, "opens": "08:00", "closes": "09:45"}]
    TimeRules.objects.create(brand=account.brand, hours=hours)
    here, _ = post(account), post(account, 20)
    at = fix(next_free_time, here)
    assert at == LATER + timedelta(hours=23)  # 08:00 of the next day
    assert (here.wall_time, here.zone) == ("2026-11-25T08:00:00", "UTC")
    assert kinds() == set()


def test_the_next_free_time_for_the_same_words_lies_after_the_look_back(account: Account) -> None:
    TimeRules.objects.create(brand=account.brand, look_back=3)
    here = post(account, 0, TWEED)
    post(account, 60 * 24, TWEED)
    at = fix(next_free_time, here)
    print(
        "AT",
        at,
        [
            (c.sentence, c.free_from)
            for r in conflicts_of_posts(Post.objects.for_rows(), NOW).values()
            for c in r
        ],
    )
    assert kinds() == set()


def test_spreading_out_keeps_the_order_and_the_first_time(account: Account) -> None:
    posts = [post(account, minutes) for minutes in (0, 5, 10, 65, 200)]
    moved = spread_out(posts[1], by=UserFactory(), now=NOW)
    assert [one.pk for one in moved] == [posts[1].pk, posts[2].pk, posts[3].pk]
    times = [Post.objects.get(pk=p.pk).due_at - LATER for p in posts]
    assert [t.total_seconds() / 60 for t in times] == [0, 30, 60, 90, 200]
    assert kinds() == set()
    with pytest.raises(NotPossible, match="far enough apart"):
        spread_out(posts[0], by=UserFactory(), now=NOW)


def test_swapping_lets_an_approved_one_go_first(account: Account) -> None:
    waits = post(account, 0, holds=int(Hold.APPROVAL))
    held, approved = post(account, 60, holds=int(Hold.APPROVAL)), post(account, 120)
    assert fix(swap, waits) == approved
    times = [Post.objects.get(pk=p.pk).due_at for p in (approved, held, waits)]
    assert times == [LATER, LATER + timedelta(minutes=60), LATER + timedelta(minutes=120)]


def test_swapping_is_refused_where_it_would_not_help(account: Account) -> None:
    here = post(account, 0, TWEED)
    post(account, 60, TWEED)
    with pytest.raises(NotPossible, match="can change places"):
        fix(swap, here)
    here.refresh_from_db()
    assert here.due_at == LATER


def test_leaving_it_takes_a_note_which_is_kept_and_audited(account: Account) -> None:
    here, other, by = post(account), post(account, 12), UserFactory()
    told = first(here)
    with pytest.raises(ValidationError, match="Say why"):
        ignore(here, told, by=by, now=NOW, note="  ")
    ignore(here, told, by=by, now=NOW, note="Two parts of one story")
    ignore(here, told, by=by, now=NOW, note="Pressed twice")
    assert here.ignored_conflicts.get().note == "Two parts of one story"
    assert "Two parts of one story" in AuditEntry.objects.get(verb="ignore conflict").sentence
    assert conflicts_of_posts([here], NOW) == {}
    assert first(other).kind == Kind.GAP
    with pytest.raises(NotPossible, match="over"):
        find_conflict(here, told.kind, told.facts, NOW)


def test_a_conflict_that_has_changed_meanwhile_is_not_decided(account: Account) -> None:
    here, other = post(account), post(account, 12)
    told = first(here)
    Post.objects.filter(pk=other.pk).update(due_at=LATER + timedelta(minutes=20))
    with pytest.raises(NotPossible, match="different one"):
        find_conflict(here, told.kind, told.facts, NOW)
