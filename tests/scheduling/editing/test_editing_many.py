"""One change of many posts: what becomes of each, done once, taken back until the first leaves."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from content.models import PieceVersion
from organisation.models import AuditEntry
from posting.approvals import approve
from posting.deciding import NotPossible
from posting.holding import hold
from posting.models import Post
from posting.states import Hold, Status
from scheduling.editing.changing import edit_many, has_left, undo
from scheduling.editing.planning import Planner
from scheduling.editing.wishes import What, Wish, check
from scheduling.models import ManyEdit
from scheduling.timing import schedule
from tests.factories import AccountFactory, PieceFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SHIFT = Wish(What.SHIFT, days=1)


@pytest.fixture
def by():
    return UserFactory()


@pytest.fixture
def account():
    return AccountFactory(name="London")


def post_of(account, text="Peat smoke #harris", wall="2026-12-01 09:00", by=None, **more):
    piece = PieceFactory(brand=account.brand, text=text, **more)
    post = PostFactory(account=account, piece=piece)
    if wall:
        schedule(post, wall=wall, zone=account.timezone, by=by or "x", now=NOW)
    return rows([post.pk])[0]


def rows(ids):
    return list(Post.objects.for_rows().filter(pk__in=ids).order_by("pk"))


def change(posts, wish, by, key=None):
    return edit_many(key or uuid.uuid4(), rows([p.pk for p in posts]), wish, by=by, now=NOW)


def test_times_move_by_the_clock_on_the_wall_and_back(account, by):
    posts = [post_of(account, f"{day} of peat", f"2027-03-{day} 09:00") for day in (26, 27)]
    edit, outcome = change(posts, Wish(What.SHIFT, days=1, minutes=30), by)
    assert outcome.done == 2
    assert [post.wall_time for post in rows([p.pk for p in posts])] == [
        "2027-03-27T09:30:00", "2027-03-28T09:30:00"]  # fmt: skip
    assert rows([posts[1].pk])[0].due_at == datetime(2027, 3, 28, 8, 30, tzinfo=UTC)
    assert AuditEntry.objects.filter(verb="edit many", user=by).count() == 1
    assert undo(edit, by=by, now=NOW).done == 2
    assert [post.wall_time for post in rows([p.pk for p in posts])] == [
        "2027-03-26T09:00:00", "2027-03-27T09:00:00"]  # fmt: skip
    assert undo(edit, by=by, now=NOW).done == 0


def test_a_time_that_cannot_be_stays_and_is_told(account, by):
    skipped = post_of(account, "A", "2027-03-27 01:30")  # 28 March: the clocks go forward
    ready = post_of(account, "B", "")
    past = post_of(account, "C", "2026-11-23 10:00")
    plan = Planner(SHIFT, NOW).plan([skipped, ready])
    reasons = {posts[0].pk: why for why, posts in plan.staying.items()}
    assert "does not exist" in reasons[skipped.pk]
    assert reasons[ready.pk] == "without a time"
    back = Planner(Wish(What.SHIFT, days=-1), NOW).plan([past])
    assert "in the past" in next(iter(back.staying))


def test_words_change_in_every_channels_text_and_only_for_the_chosen(account, by):
    variants = {
        "facebook/feed-post": {"text": "Own #Harris"},
        "mastodon/status": {"text": "#HARRIS!"},
    }
    post = post_of(account, "Peat #harris #harristweed", variants=variants)
    other = PostFactory(account=AccountFactory(brand=account.brand), piece=post.piece)
    wish = Wish(What.HASHTAG, find="#harris", instead="lewis")
    plan = Planner(wish, NOW).plan([post])
    assert (plan.going[0].before.text, plan.going[0].after.text) == ("Own #Harris", "Own #lewis")
    edit, outcome = change([post], wish, by)
    assert outcome.done == 1
    changed, kept = rows([post.pk, other.pk])
    assert changed.piece_version.text == "Peat #lewis #harristweed"
    assert changed.piece_version.variants == {
        "facebook/feed-post": {"text": "Own #lewis"},
        "mastodon/status": {"text": "#lewis!"},
    }
    assert kept.piece_version.text == "Peat #harris #harristweed"
    assert changed.piece.current_id == changed.piece_version_id
    undo(edit, by=by, now=NOW)
    back = rows([post.pk])[0]
    assert back.piece_version.text == "Peat #harris #harristweed"
    assert back.piece_version.variants == variants
    assert back.piece.current_id == back.piece_version_id


def test_posts_that_say_the_same_share_their_new_version(account, by):
    first = post_of(account, "Visit https://a.example/x now")
    second = PostFactory(account=AccountFactory(brand=account.brand), piece=first.piece)
    before = PieceVersion.objects.count()
    wish = Wish(What.LINK, find="https://a.example/x", instead="https://b.example/y")
    edit, _ = change([first, second], wish, by)
    assert PieceVersion.objects.count() == before + 1
    assert len({post.piece_version_id for post in rows([first.pk, second.pk])}) == 1
    undo(edit, by=by, now=NOW)
    assert PieceVersion.objects.count() == before + 2
    assert {p.piece_version.text for p in rows([first.pk, second.pk])} == {
        "Visit https://a.example/x now"}  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "text", "becomes"),
    [
        (Wish(What.TEXT, find="peat", instead="wool"), "Peat peat", "Peat wool"),
        (Wish(What.TEXT, find="peat", instead="wool", any_case=True), "Peat peat", "wool wool"),
        (Wish(What.TEXT, find="a.c", instead=r"\1\g<0>"), "abc a.c", r"abc \1\g<0>"),
        (Wish(What.LINK, find="https://a.example", instead="https://b.example"),
         "https://a.example/x https://a.example.", "https://a.example/x https://b.example."),
        (Wish(What.HASHTAG, find="one"), "A #one #onetwo x#one", "A #onetwo x#one"),
        (Wish(What.HASHTAG, find="ONE", instead="two"), "#one,#One", "#two,#two"),
    ],
)  # fmt: skip
def test_what_a_text_becomes(wish, text, becomes):
    assert check(wish).text(text) == becomes


@pytest.mark.parametrize(
    "wish",
    [
        Wish(What.SHIFT), Wish(What.SHIFT, days=999), Wish(What.TEXT), Wish(What.ACCOUNT),
        Wish(What.TEXT, find="a", instead="a"), Wish(What.TEXT, find="a\x00"),
        Wish(What.LINK, find="https://a.example"), Wish(What.HASHTAG, find="two words"),
        Wish(What.LINK, find="https://a.example", instead="javascript:alert(1)"),
    ],
)  # fmt: skip
def test_a_wish_that_makes_no_sense_is_refused(wish):
    with pytest.raises(ValidationError):
        check(wish)


def test_what_the_platform_would_refuse_stays(account, by):
    page = AccountFactory(brand=account.brand, platform="mastodon")
    post = post_of(page, "a" * 400)
    wish = Wish(What.TEXT, find="a", instead="bb")
    edit, outcome = change([post], wish, by)
    assert outcome.done == 0
    assert "500" in next(iter(outcome.refused))
    assert rows([post.pk])[0].piece_version.text == "a" * 400
    assert PieceVersion.objects.filter(piece=post.piece).count() == 1
    assert not edit.rows.exists()


def test_posts_move_to_another_account_and_back(account, by):
    other = AccountFactory(brand=account.brand, name="Glasgow")
    posts = [post_of(account), post_of(account, "Wool", "")]
    edit, outcome = change(posts, Wish(What.ACCOUNT, account=other), by)
    assert outcome.done == 2
    made = list(Post.objects.filter(account=other).order_by("pk"))
    assert [(p.status, p.wall_time) for p in made] == [
        (Status.SCHEDULED, "2026-12-01T09:00:00"), (Status.READY, "")]  # fmt: skip
    assert {p.status for p in rows([p.pk for p in posts])} == {Status.CANCELLED}
    _, outcome = change([post_of(account, "Third")], Wish(What.ACCOUNT, account=account), by)
    assert (outcome.done, list(outcome.refused)) == (0, ["on this account already"])
    assert undo(edit, by=by, now=NOW).done == 2
    assert [p.status for p in rows([p.pk for p in posts])] == [Status.SCHEDULED, Status.READY]
    assert {p.status for p in Post.objects.filter(account=other)} == {Status.CANCELLED}


def test_no_piece_goes_to_an_account_twice_and_no_hold_is_lost(account, by):
    other = AccountFactory(brand=account.brand)
    there, held = post_of(account), post_of(account, "Held")
    PostFactory(account=other, piece=there.piece)
    hold(held, by=by, now=NOW)
    elsewhere = post_of(AccountFactory(brand=account.brand, platform="mastodon"), "Far")
    _, outcome = change([there, held, elsewhere], Wish(What.ACCOUNT, account=other), by)
    assert outcome.done == 0
    assert set(outcome.refused) == {
        f"{other.name} has a post of its piece already", "on hold; release it first",
        "not for Facebook"}  # fmt: skip


def test_an_approval_does_not_outlive_the_change(account, by):
    account.approval_rule = "always"
    account.save()
    other = AccountFactory(brand=account.brand)
    worded, moved = post_of(account), post_of(account, "Wool")
    for post in (worded, moved):
        approve(post, by=by, now=NOW)
    change([worded], Wish(What.TEXT, find="Peat", instead="Turf"), by)
    change([moved], Wish(What.ACCOUNT, account=other), by)
    assert Hold.APPROVAL in rows([worded.pk])[0].held_by
    assert Hold.APPROVAL in Post.objects.get(account=other).held_by


def test_the_same_form_twice_changes_once(account, by):
    post, key = post_of(account), uuid.uuid4()
    change([post], SHIFT, by, key)
    _, again = change([post], SHIFT, by, key)
    assert again is None
    assert rows([post.pk])[0].wall_time == "2026-12-02T09:00:00"
    assert ManyEdit.objects.count() == 1


def test_undo_ends_when_the_first_leaves(account, by):
    posts = [post_of(account), post_of(account, "Wool")]
    edit, _ = change(posts, SHIFT, by)
    Post.objects.filter(pk=posts[0].pk).update(
        status=Status.PUBLISHING, lease_until=NOW + timedelta(minutes=1)
    )
    assert has_left(edit)
    with pytest.raises(NotPossible, match="too late"):
        undo(edit, by=by, now=NOW)
    assert rows([posts[1].pk])[0].wall_time == "2026-12-02T09:00:00"


def test_what_somebody_changed_since_is_not_put_back(account, by):
    posts = [post_of(account), post_of(account, "Wool")]
    edit, _ = change(posts, SHIFT, by)
    schedule(rows([posts[0].pk])[0], wall="2026-12-24 10:00", zone="UTC", by=by, now=NOW)
    outcome = undo(edit, by=by, now=NOW)
    assert (outcome.done, list(outcome.refused)) == (1, ["changed by somebody since"])
    assert rows([posts[0].pk])[0].wall_time == "2026-12-24T10:00:00"


@pytest.mark.parametrize(
    "wish",
    [SHIFT, Wish(What.TEXT, find="Peat", instead="Turf"), Wish(What.ACCOUNT)],
    ids=lambda wish: wish.what.value,
)
def test_a_preview_asks_as_often_for_many_as_for_few(account, wish):
    if wish.what is What.ACCOUNT:
        wish = Wish(What.ACCOUNT, account=AccountFactory(brand=account.brand))

    def queries():
        with CaptureQueriesContext(connection) as caught:
            plan = Planner(wish, NOW).plan(rows(Post.objects.values_list("pk", flat=True)))
        assert len(plan.going) == Post.objects.count()
        return len(caught)

    for day in (1, 2):
        post_of(account, f"{day} Peat {'smoke ' * 20}", f"2026-12-0{day} 09:00")
    few = queries()
    for day in range(10, 22):
        post_of(account, f"{day} Peat {'smoke ' * 20}", f"2026-12-{day} 09:00")
    assert queries() == few
