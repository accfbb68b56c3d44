"""POST /api/syndication/posts makes all the posts it was asked for, or none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from content.models import Piece
from posting.models import Post
from posting.states import Hold, Status
from tests.api.conftest import POSTS, blamed, told
from tests.factories import AccountFactory, MediaAssetFactory, PieceFactory

TOMORROW = f"{timezone.now() + timedelta(days=1):%Y-%m-%d}"


def test_a_text_becomes_a_piece_and_a_ready_post(mairi, account, people):
    answer = mairi.make(account, text="Peat  smoke\r\nagain ", link="https://example.org/peat")
    assert answer.status_code == 201, answer.content
    [shown] = answer.json()["posts"]
    post = Post.objects.get(pk=shown["id"])
    assert (shown["status"], shown["text"]) == ("ready", "Peat  smoke\nagain")
    assert shown["link"] == "https://example.org/peat"
    assert (shown["brand"], shown["platform"]) == (people.brand.slug, "facebook")
    assert (shown["time"], shown["due_at"], shown["error"]) == (None, None, None)
    assert post.author == people.mairi
    assert post.piece_id == answer.json()["piece"]


def test_several_accounts_get_a_post_each_in_the_order_asked_for(mairi, account, second):
    answer = mairi.make(second, account)
    assert [post["account"]["id"] for post in answer.json()["posts"]] == [second.pk, account.pk]
    assert Piece.objects.count() == 1


def test_a_variant_is_what_its_channel_says(mairi, account, second):
    variants = {"mastodon/status": {"text": "Peat!", "options": {"visibility": "unlisted"}}}
    answer = mairi.make(account, second, variants=variants)
    assert [post["text"] for post in answer.json()["posts"]] == ["Peat smoke", "Peat!"]


def test_a_piece_that_is_there_is_used(mairi, account, people):
    piece = PieceFactory(brand=people.brand)
    body = {"piece": piece.pk, "targets": [{"account": account.pk, "channel": "feed-post"}]}
    answer = mairi.ask("POST", POSTS, body)
    assert answer.json()["piece"] == piece.pk
    again = mairi.ask("POST", POSTS, body)
    assert "has a post to Glen & Loom page already" in told(again, 400)
    assert mairi.ask("POST", POSTS, {**body, "again": True}).status_code == 201


def test_pictures_keep_their_order(mairi, account, second, people):
    media = [MediaAssetFactory(brand=people.brand).pk for _ in range(2)]
    answer = mairi.make(second, media=media[::-1])
    assert answer.json()["posts"][0]["media"] == media[::-1]


def test_a_time_is_kept_as_it_was_meant(mairi, account):
    time = {"wall": f"{TOMORROW}T09:30", "zone": "America/New_York"}
    [shown] = mairi.make(account, time=time).json()["posts"]
    assert shown["status"] == "scheduled"
    assert shown["time"] == {
        "wall": f"{TOMORROW}T09:30:00", "zone": "America/New_York", "fold": 0,
        "happens_twice": False,
    }  # fmt: skip
    assert shown["due_at"].endswith("Z")


def test_without_a_zone_each_account_uses_its_own(mairi, account, people):
    tokyo = AccountFactory(brand=people.brand, timezone="Asia/Tokyo")
    posts = mairi.make(account, tokyo, time={"wall": f"{TOMORROW}T09:30"}).json()["posts"]
    assert [post["time"]["zone"] for post in posts] == ["Europe/London", "Asia/Tokyo"]


def test_publish_now_accepts_it_for_delivery(mairi, account):
    [shown] = mairi.make(account, publish_now=True).json()["posts"]
    assert shown["status"] == "scheduled"
    post = Post.objects.get(pk=shown["id"])
    assert post.wake_at <= timezone.now()


def test_what_is_published_now_can_be_taken_back_for_a_while(mairi, account):
    [shown] = mairi.make(account, publish_now=True, take_back=30).json()["posts"]
    assert Post.objects.get(pk=shown["id"]).wake_at > timezone.now() + timedelta(seconds=20)


def test_posts_can_be_held_for_approval(mairi, account):
    time = {"wall": f"{TOMORROW}T09:30"}
    [shown] = mairi.make(account, time=time, for_approval=True).json()["posts"]
    assert shown["holds"] == ["approval"]
    assert Post.objects.get(pk=shown["id"]).holds == Hold.APPROVAL


def test_one_account_that_cannot_take_it_means_no_post_at_all(mairi, account, second):
    second.state = "paused"
    second.save()
    answer = mairi.make(account, second)
    assert "@glen cannot send" in told(answer, 400)
    assert blamed(answer) == ["/targets/1"]
    assert (Post.objects.count(), Piece.objects.count()) == (0, 0)


def test_a_text_that_is_too_long_for_one_platform_is_refused_for_that_one(mairi, account, second):
    answer = mairi.make(account, second, text="x" * 501)
    assert "Shorten it by 1" in told(answer, 400)
    assert blamed(answer) == ["/targets/1"]


@pytest.mark.parametrize(
    ("time", "pointer", "words"),
    [
        ({"wall": "2027-03-28T01:30", "zone": "Europe/London"}, "wall", "Choose 00:30 or 02:30"),
        ({"wall": "2027-03-28T01:30:00+00:00"}, "wall", "Send the wall time alone"),
        ({"wall": "2027-03-28T12:30Z"}, "wall", "Send the wall time alone"),
        ({"wall": "2027-03-28T12:30-05"}, "wall", "Send the wall time alone"),
        ({"wall": "tomorrow"}, "wall", "is not a date and time"),
        ({"wall": "2020-01-01T12:00"}, "wall", "in the past"),
        ({"wall": "9999-12-31T23:59", "zone": "America/New_York"}, "wall", ""),
        ({"wall": "0001-01-01T00:00", "zone": "Asia/Tokyo"}, "wall", ""),
        ({"wall": "2027-03-29T12:00", "zone": "Mars/Olympus"}, "zone", "is not a time zone"),
        ({"wall": "2027-03-29T12:00", "zone": "../../etc/passwd"}, "zone", "is not a time zone"),
        ({"wall": "2027-03-29T12:00", "fold": 2}, "fold", "more than 1"),
        ({"zone": "Europe/London"}, "wall", "missing"),
        ({"wall": 20270329}, "wall", "not a string"),
    ],
)
def test_a_time_that_cannot_be_is_refused_at_its_field(mairi, account, time, pointer, words):
    answer = mairi.make(account, time=time)
    assert words in told(answer, 400)
    assert blamed(answer) == [f"/time/{pointer}"]
    assert not Post.objects.exists()


def test_a_time_that_comes_twice_is_the_first_and_the_answer_says_so(mairi, account):
    time = {"wall": "2027-10-31T01:30", "zone": "Europe/London"}
    [first] = mairi.make(account, time=time).json()["posts"]
    [later] = mairi.make(account, time={**time, "fold": 1}).json()["posts"]
    assert first["time"]["happens_twice"] is True
    assert (first["due_at"], later["due_at"]) == ("2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z")


def test_an_account_that_asks_for_approval_holds_the_post(mairi, account):
    account.approval_rule = "anyone"
    account.save()
    [shown] = mairi.make(account, time={"wall": f"{TOMORROW}T09:30"}).json()["posts"]
    assert (shown["status"], shown["holds"]) == (Status.SCHEDULED, ["approval"])
    assert "nobody has approved it" in told(mairi.make(account, publish_now=True), 400)


def test_accounts_of_two_brands_are_refused_together(program, people, account):
    boss = people.mairi
    boss.is_superuser = True
    boss.save()
    answer = program(boss).make(account, AccountFactory())
    assert "a piece belongs to one brand" in told(answer, 400)
    assert blamed(answer) == ["/targets"]
