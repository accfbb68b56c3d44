"""Conflicts where people meet them: in lists, on pages, in the composer, with their buttons."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import AuditEntry
from platforms.models import Account
from posting.models import Batch, Post
from posting.states import Status
from scheduling.models import Slot
from tests.desk.composing import CHECK, COMPOSE, form
from tests.factories import AccountFactory, PieceFactory, PostFactory

pytestmark = pytest.mark.django_db
TWEED = "Harris Tweed smells of peat for a reason: crottle, the lichen of Hebridean rocks."


@pytest.fixture
def account(people) -> Account:
    return AccountFactory(brand=people.brand, name="Glen & Loom", minimum_gap=timedelta(minutes=30))


@pytest.fixture
def page(client, people):
    client.force_login(people.mairi)
    return client


def post(account: Account, minutes: float = 0, text: str = "", **more: Any) -> Post:
    at = timezone.now().replace(second=0, microsecond=0) + timedelta(days=2, minutes=minutes)
    words = (
        text
        or ("The loom is warped for Monday.", "Our ferry leaves at nine.", "Peat burns!")[
            Post.objects.count() % 3
        ]
    )
    piece = PieceFactory(brand=account.brand, text=words)
    made = PostFactory(account=account, piece=piece, **({"scheduled": True, "due": at} | more))
    return Post.objects.for_rows().get(pk=made.pk)


def press(page: Any, one: Post, verb: str, **more: Any) -> str:
    address = reverse("desk:fix_conflict", args=[one.pk, verb])
    answer = page.post(address, {"kind": "gap", **more}, follow=True)
    return answer.content.decode()


def shown(page: Any, one: Post) -> str:
    return page.get(reverse("desk:post", args=[one.pk])).content.decode()


def test_the_page_of_a_post_tells_each_and_offers_what_mends_it(page, account) -> None:
    one, _ = post(account), post(account, 10)
    told = shown(page, one)
    assert "It is only 10 min from another post of Glen &amp; Loom" in told
    assert all(words in told for words in ("Next free time", "Spread out", "Leave it"))


def test_an_author_sees_them_without_buttons(client, people, account) -> None:
    one, _ = post(account), post(account, 10)
    client.force_login(people.ewan)
    told = shown(client, one)
    assert "It is only 10 min" in told
    assert "Spread out" not in told


def test_the_next_free_time_is_one_press(page, account) -> None:
    one, other = post(account), post(account, 10)
    assert "It goes out at the next free time" in press(page, one, "next-free")
    one.refresh_from_db()
    assert other.due_at
    assert one.due_at == other.due_at + timedelta(minutes=30)


def test_leaving_it_asks_for_a_note_and_keeps_it(page, account) -> None:
    one, _ = post(account), post(account, 10)
    assert "Say why" in press(page, one, "ignore")
    told = press(page, one, "ignore", note="Two parts of one story")
    assert "Left as it is" in told
    assert "Mairi Fraser left it: Two parts of one story" in told
    assert "Spread out" not in told
    assert AuditEntry.objects.filter(verb="ignore conflict").count() == 1


def test_a_button_of_a_conflict_that_is_over_changes_nothing(page, account) -> None:
    one = post(account)
    assert "over, or a different one" in press(page, one, "next-free", facts="0" * 16)
    assert Post.objects.get(pk=one.pk).version == one.version


def test_nobody_is_sent_to_another_site(page, account) -> None:
    address = reverse("desk:fix_conflict", args=[post(account).pk, "spread"])
    answer = page.post(address, {"kind": "gap", "next": "https://evil.example/"})
    assert answer["Location"].startswith("/syndication/posting/posts/")
    answer = page.post(address, {"kind": "gap", "next": "/syndication/posting?q=x"})
    assert answer["Location"] == "/syndication/posting?q=x"


def test_lists_and_batches_say_the_first_and_how_many_more(page, account, people) -> None:
    batch = Batch.objects.create(brand=people.brand, by=people.mairi)
    one, _ = post(account, 0, TWEED, batch=batch), post(account, 10, TWEED)
    for address in (reverse("desk:posting_hub"), reverse("desk:batch", args=[batch.pk])):
        told = page.get(address).content.decode()
        assert "It is only 10 min from another post" in told
        assert "And 1 more." in told
        assert f"{reverse('desk:post', args=[one.pk])}#conflicts" in told


def test_more_conflicts_cost_a_list_no_more_queries(
    page, account, django_assert_max_num_queries
) -> None:
    def asked() -> int:
        with django_assert_max_num_queries(80) as seen:
            page.get(reverse("desk:posting_hub"))
        return len(seen)

    post(account), post(account, 10)
    few = asked()
    for minutes in range(20, 80, 5):
        post(account, minutes, TWEED)
    assert asked() <= few + 1  # the texts that are worth comparing


def test_the_composer_warns_beside_the_time_and_lets_it_go(page, account) -> None:
    filled = form(account, text=TWEED)
    page.post(COMPOSE, filled)
    first = Post.objects.get()
    second = form(account, text=f"{TWEED}!", time="09:40")
    told = page.post(CHECK, second).content.decode()
    assert "It is only 10 min from another post of Glen &amp; Loom" in told
    assert "has the same text on" in told
    assert "2 to know." in told
    assert 'value="at:' in told
    page.post(COMPOSE, second)
    assert Post.objects.exclude(pk=first.pk).get().status == Status.SCHEDULED


def x_accounts(people: Any) -> list[Account]:
    return [
        AccountFactory(brand=people.brand, platform="twitter", server="", name=name)
        for name in ("Loom", "Outlet")
    ]


def test_the_same_text_to_two_accounts_of_x_stops_until_somebody_says_why(page, people) -> None:
    filled = form(*x_accounts(people), text=TWEED)
    told = page.post(CHECK, filled).content.decode()
    assert "X forbids that on several accounts" in told
    assert "2 to fix first." in told
    refused = page.post(COMPOSE, filled).content.decode()
    assert "Nothing was scheduled." in refused
    assert not Post.objects.exists()
    filled["note"] = "Both shops sell it"
    assert "to fix first" not in page.post(CHECK, filled).content.decode()
    page.post(COMPOSE, filled)
    assert Post.objects.filter(status=Status.SCHEDULED).count() == 2
    assert AuditEntry.objects.filter(verb="allow alike", sentence__contains="Both shops").exists()


def test_the_same_text_to_two_accounts_of_mastodon_only_warns(page, people) -> None:
    two = [AccountFactory(brand=people.brand, platform="mastodon") for _ in range(2)]
    told = page.post(CHECK, form(*two, text=TWEED)).content.decode()
    assert "The same text goes to" in told
    assert "to fix first" not in told


def test_the_next_free_slot_is_a_choice_of_time(page, account) -> None:
    Slot.objects.create(account=account, days=127, at="09:00", queue="news")
    filled = form(account, when="slot", queue=" News ")
    told = page.post(CHECK, filled).content.decode()
    assert "Glen &amp; Loom: " in told
    assert " at 09:00 " in told
    page.post(COMPOSE, filled)
    assert Post.objects.get().wall_time.endswith("T09:00:00")


def test_without_a_slot_the_composer_says_so_and_keeps_what_was_written(page, account) -> None:
    filled = form(account, when="slot")
    assert "has no slots for any post" in page.post(CHECK, filled).content.decode()
    told = page.post(COMPOSE, filled).content.decode()
    assert "has no slots for any post" in told
    assert "The kettle is on." in told
    assert not Post.objects.exists()


def test_many_posts_take_the_next_slots_the_oldest_first(page, account) -> None:
    Slot.objects.create(account=account, days=127, at="09:00")
    posts = [post(account, scheduled=False, text=f"{n} {TWEED}") for n in range(3)]
    chosen = {"list": "queue", "post": [p.pk for p in posts], "sure": "yes"}
    page.post(reverse("desk:decide_chosen", args=["next-slot"]), chosen)
    times = [Post.objects.get(pk=p.pk).due_at for p in posts]
    assert [b - a for a, b in pairwise(times)] == [timedelta(days=1)] * 2


def test_what_the_engine_stopped_is_allowed_and_sent_from_its_page(page, people) -> None:
    one = post(x_accounts(people)[0], scheduled=False, failed=True, snapshot=None,
               error_class="TooAlike", error_sentence="Nothing was sent.")  # fmt: skip
    assert "Allow nearly the same text" in shown(page, one)
    page.post(reverse("desk:decide", args=[one.pk, "allow-alike"]), {"note": "Both shops"})
    assert one.overrides.get().note == "Both shops"
