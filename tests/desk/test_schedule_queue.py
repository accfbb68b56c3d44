"""The schedule queue: what goes out next, in the order in which the claim takes it."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from desk.listing.kinds import GOING
from desk.listing.page import PostList
from organisation.models import Role
from platforms.pausing import stop_publishing
from posting.claiming import in_line
from posting.labels import hold_label
from posting.models import Post
from tests.desk.walking import page_of
from tests.factories import AccountFactory, LabelFactory, MembershipFactory, PostFactory

QUEUE = "/syndication/scheduling/queue"
FIRST = Post.Priority.FIRST
MINUTE = timedelta(minutes=1)


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, name="Glen & Loom page")


def listed(person, query="", size=50, now=None):
    return PostList(GOING, QueryDict(query), user=person, now=now or timezone.now(), size=size)


def ids(posts):
    return [row.post.pk for row in posts.rows]


def walked(person, now, query, size, way):
    """The pages from here to the end, following the links."""
    pages = []
    while True:
        posts = listed(person, query, size, now)
        pages.append(ids(posts))
        url = getattr(posts, way)
        if not url:
            return pages, query
        query = url.partition("?")[2]


# The order


def test_what_is_due_goes_by_priority_and_what_is_to_come_by_its_moment(people, account):
    now = timezone.now()

    def post(minutes, priority=0):
        return PostFactory(account=account, scheduled=True, due=now + minutes * MINUTE,
                           priority=priority).pk  # fmt: skip

    oldest, due = post(-9), post(-5)
    jumps = post(-1, FIRST)
    soon, later = post(3), post(9, FIRST)
    same, same_first = post(5), post(5, FIRST)
    assert ids(listed(people.mairi, now=now)) == [jumps, oldest, due, soon, same_first, same, later]


def test_what_is_due_stands_in_the_order_of_the_claim(people, account):
    now = timezone.now()
    account.last_served_at = now
    account.save()
    dice = random.Random(7)
    for _ in range(20):
        PostFactory(account=account, scheduled=True, due=now - dice.randrange(5) * MINUTE,
                    priority=dice.choice([0, FIRST]))  # fmt: skip
    taken = list(in_line(account, now).values_list("pk", flat=True))
    assert ids(listed(people.mairi, now=now)) == taken


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_forward_and_back_show_each_post_once_in_one_order(people, account, seed, size):
    dice, now = random.Random(seed), timezone.now()
    other = AccountFactory(brand=people.brand)
    for _ in range(18):
        PostFactory(
            account=dice.choice([account, other]),
            scheduled=True,
            due=now + dice.randrange(-3, 4) * MINUTE,
            priority=dice.choice([0, 0, FIRST]),
            holds=dice.choice([0, 0, 2]),
        )
    PostFactory(account=account, publishing=True)
    everything = ids(listed(people.mairi, now=now))
    there, last = walked(people.mairi, now, "", size, "later_url")
    back, _ = walked(people.mairi, now, last, size, "earlier_url")
    assert [pk for page in there for pk in page] == everything
    assert back[::-1] == there
    assert len(set(everything)) == 19 == listed(people.mairi).total.number


def test_only_what_goes_out_by_itself_is_listed(people, account):
    states = ("failed", "missed", "published", "unconfirmed", "cancelled", "removed")
    for state in states:
        PostFactory(account=account, **{state: True})
    PostFactory(account=account)
    PostFactory(scheduled=True)
    leaving = PostFactory(account=account, publishing=True)
    held = PostFactory(account=account, scheduled=True, holds=2)
    assert set(ids(listed(people.mairi))) == {leaving.pk, held.pk}
    assert ids(listed(people.mairi, "status=publishing")) == [leaving.pk]


def test_an_index_leads_to_the_page_however_many_posts_wait(people, account):
    for minutes in range(40):
        PostFactory(account=account, scheduled=True, due=timezone.now() + minutes * MINUTE)
    waiting = Post.objects.filter(brand=people.brand, priority=0).waiting_their_turn()
    plan = waiting.order_by("wake_at", "pk").values("pk")[:51].explain()
    if connection.vendor == "sqlite":
        assert "post_list_next" in plan
        assert "TEMP B-TREE" not in plan


# The page


def page(client, person, query=""):
    client.force_login(person)
    return page_of(client.get(QUEUE + query))


def test_posts_stand_under_the_day_on_which_they_go(client, people, account):
    now = timezone.now()
    PostFactory(account=account, scheduled=True, due=now - MINUTE, priority=FIRST)
    PostFactory(account=account, scheduled=True, due=now + timedelta(days=3), piece__title="Skink")
    text = page(client, people.mairi)
    day = timezone.localtime(now + timedelta(days=3))
    assert text.index("Due now") < text.index("Goes first") < text.index(f"{day:%A} {day.day}")
    assert text.index(f"{day:%A} {day.day}") < text.index("Skink")


def test_a_turn_among_the_late_ones_is_said(client, people, account):
    now = timezone.now()
    turn = now + 9 * MINUTE
    post = PostFactory(account=account, scheduled=True, due=now - 9 * MINUTE)
    Post.objects.filter(pk=post.pk).update(next_attempt_at=turn, wake_at=turn)
    assert "Late: its turn comes at" in page(client, people.mairi)


def test_one_press_sends_a_post_first_and_another_in_its_turn(client, people, account):
    post = PostFactory(account=account, scheduled=True, due=timezone.now() + 9 * MINUTE)
    client.force_login(people.mairi)
    for slug, priority in (("send-first", FIRST), ("in-turn", 0)):
        text = client.get(QUEUE).content.decode()
        address = reverse("desk:decide", args=[post.pk, slug])
        assert f'form="at-once" formaction="{address}" data-row-key="f"' in text
        assert client.post(address, {"next": QUEUE}).url == QUEUE
        assert Post.objects.get().priority == priority


def test_many_are_sent_first_at_once(client, people, account):
    posts = [PostFactory(account=account, scheduled=True) for _ in range(3)]
    client.force_login(people.mairi)
    address = reverse("desk:decide_chosen", args=["send-first"])
    asked = {"list": "going", "post": [post.pk for post in posts]}
    assert "3 posts" in page_of(client.post(address, asked, follow=True))
    assert set(Post.objects.values_list("priority", flat=True)) == {FIRST}


def test_a_post_is_held_until_a_time_that_is_to_come(client, people, account):
    post = PostFactory(account=account, scheduled=True, due=timezone.now() + 9 * MINUTE)
    client.force_login(people.mairi)
    address = reverse("desk:decide", args=[post.pk, "hold-until"])
    for until, said in (
        ("", "Choose a date and a time"),
        ("2020-01-01T09:00", "has passed"),
        ("x", "no date"),
    ):
        assert said in page_of(client.post(address, {"until": until, "next": QUEUE}))
    day = timezone.localtime() + timedelta(days=2)
    client.post(address, {"until": f"{day:%Y-%m-%dT%H:%M}", "next": QUEUE})
    post.refresh_from_db()
    assert post.held_until is not None
    assert "On hold until" in page(client, people.mairi)


def test_many_rows_ask_no_more_questions_than_few(
    client, people, account, django_assert_max_num_queries
):
    client.force_login(people.mairi)
    counts = []
    for number in (3, 40):
        for _ in range(number):
            own = AccountFactory(brand=people.brand)
            post = PostFactory(account=own, scheduled=True, due=timezone.now() + 9 * MINUTE)
            post.piece.labels.add(LabelFactory(brand=people.brand))
        with django_assert_max_num_queries(29) as seen:
            client.get(QUEUE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_another_brands_posts_accounts_and_labels_are_not_there(client, people, account):
    other = PostFactory(scheduled=True, account__name="Theirs", piece__title="Their piece")
    LabelFactory(brand=other.brand, name="Their label")
    text = page(client, people.mairi)
    assert "Their" not in text


# Pause and resume


@pytest.fixture
def boss(people):
    return MembershipFactory(brand=people.brand, role=Role.ADMINISTRATOR).user


def test_each_level_is_offered_to_those_who_may(client, people, account, boss):
    label = LabelFactory(brand=people.brand)
    mine = client.get(reverse("desk:account_act", args=[account.pk, "pause"]))
    assert mine.status_code == 302
    client.force_login(boss)
    text = client.get(QUEUE).content.decode()
    for address in (
        reverse("desk:stop_publishing") + f"?scope={people.brand.slug}",
        reverse("desk:account_act", args=[account.pk, "pause"]),
        reverse("desk:label_act", args=[label.pk, "hold"]),
    ):
        assert f'href="{address}"' in text
        assert client.get(address).status_code == 200
    client.force_login(people.mairi)
    text = client.get(QUEUE).content.decode()
    assert reverse("desk:label_act", args=[label.pk, "hold"]) in text
    assert reverse("desk:account_act", args=[account.pk, "pause"]) not in text
    assert reverse("desk:stop_publishing") + "?scope" not in text


def test_an_account_waits_until_a_time_with_a_reason(client, account, boss):
    client.force_login(boss)
    day = timezone.localtime() + timedelta(days=2)
    address = reverse("desk:account_act", args=[account.pk, "pause"])
    refused = client.post(address, {"reason": "Holidays", "until": "2020-01-01T09:00"})
    assert "has passed. Nothing was changed." in page_of(refused)
    account.refresh_from_db()
    assert account.state == "connected"
    answer = client.post(
        address, {"reason": "Holidays", "until": f"{day:%Y-%m-%dT%H:%M}", "next": QUEUE}
    )
    assert answer.url == QUEUE
    account.refresh_from_db()
    assert (account.state, account.state_reason) == ("paused", "Holidays")
    assert account.paused_until.date() == day.date()
    assert "paused until" in page_of(client.get(QUEUE))


def test_resuming_an_account_says_what_goes_out_and_when_and_asks(client, people, account, boss):
    account.minimum_gap, account.state = 10 * MINUTE, "paused"
    account.save()
    for minutes in (90, 60, 30):
        PostFactory(account=account, scheduled=True, due=timezone.now() - minutes * MINUTE)
    PostFactory(account=account, scheduled=True, due=timezone.now() - timedelta(hours=30))
    client.force_login(boss)
    address = reverse("desk:account_act", args=[account.pk, "resume"])
    text = page_of(client.get(address))
    assert "4 posts are due." in text
    assert "3 are late and go out one by one with the account’s least gap, the last at" in text
    assert "1 is later than the account allows: missed, to be decided under Late work." in text
    account.refresh_from_db()
    assert account.state == "paused"
    client.post(address)
    account.refresh_from_db()
    assert account.state == "connected"


def test_releasing_a_label_says_what_goes_out_and_asks(client, people, account):
    label, other = (LabelFactory(brand=people.brand) for _ in range(2))
    posts = [
        PostFactory(account=account, scheduled=True, due=timezone.now() - timedelta(seconds=5))
        for _ in range(2)
    ]
    for post in posts:
        post.piece.labels.add(label)
    posts[0].piece.labels.add(other)
    client.force_login(people.mairi)
    address = reverse("desk:label_act", args=[label.pk, "hold"])
    assert "Hold" in page_of(client.get(address))
    assert "2 more posts wait" in page_of(client.post(address, {"next": QUEUE}, follow=True))
    hold_label(other, by=people.mairi, now=timezone.now())
    address = reverse("desk:label_act", args=[label.pk, "release"])
    assert "1 post is due. 1 goes out at once." in page_of(client.get(address))
    assert Post.objects.filter(holds=0).count() == 0
    client.post(address)
    assert Post.objects.filter(holds=0).count() == 1


def test_releasing_posts_says_what_goes_out(client, people, account):
    posts = [
        PostFactory(account=account, scheduled=True, holds=2,
                    due=timezone.now() - timedelta(seconds=5))
        for _ in range(2)
    ]  # fmt: skip
    client.force_login(people.mairi)
    one = client.get(reverse("desk:decide", args=[posts[0].pk, "release"]))
    assert "1 post is due. 1 goes out at once." in page_of(one)
    many = client.post(
        reverse("desk:decide_chosen", args=["release"]),
        {"list": "going", "post": [post.pk for post in posts]},
    )
    assert "2 posts are due. 2 go out at once." in page_of(many)


def test_starting_a_brand_again_says_what_still_waits(client, people, account, boss):
    stop_publishing(by=boss, now=timezone.now(), brand=people.brand)
    account.state = "paused"
    account.save()
    PostFactory(account=account, scheduled=True, due=timezone.now() - MINUTE)
    client.force_login(boss)
    text = page_of(client.get(reverse("desk:start_publishing") + f"?scope={people.brand.slug}"))
    assert "1 still waits: Glen & Loom page: paused." in text


def test_what_needs_no_question_takes_no_get(client, account, boss):
    client.force_login(boss)
    address = reverse("desk:account_act", args=[account.pk, "check"])
    assert client.get(address).status_code == 405
