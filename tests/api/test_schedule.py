"""/api/syndication/schedule: giving posts a time, moving it, taking it away, letting them go."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posting.models import Post
from posting.states import Hold, Status
from tests.api.conftest import Program, blamed
from tests.factories import PostFactory

SCHEDULE = "/api/syndication/schedule"
QUEUE, EXECUTE = f"{SCHEDULE}/queue", f"{SCHEDULE}/execute"


def later(days=2):
    return f"{timezone.now() + timedelta(days=days):%Y-%m-%dT09:30}"


def named(*posts):
    return [{"id": post.pk, "version": post.version} for post in posts]


def test_posts_get_a_time_each_in_its_accounts_zone(mairi, account, second):
    second.timezone = "America/New_York"
    second.save()
    posts = [PostFactory(account=account), PostFactory(account=second)]
    answer = mairi.ask("POST", SCHEDULE, {"posts": named(*posts), "time": {"wall": later()}})
    assert answer.status_code == 200, answer.content
    shown = answer.json()["posts"]
    assert {post["status"] for post in shown} == {"scheduled"}
    assert [post["time"]["zone"] for post in shown] == ["Europe/London", "America/New_York"]


def test_all_get_it_or_none(mairi, account):
    good, gone = PostFactory(account=account), PostFactory(account=account, published=True)
    body = {"posts": named(good, gone), "time": {"wall": later()}}
    assert mairi.ask("POST", SCHEDULE, body).status_code == 409
    assert Post.objects.get(pk=good.pk).status == Status.READY


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"posts": [], "time": {"wall": "2027-01-01T09:00"}}, "/posts"),
        ({"posts": [{"id": 1}], "time": {"wall": "2027-01-01T09:00"}}, "/posts/0/version"),
        ({"posts": [{"id": 1, "version": 1}] * 2, "time": {"wall": "2027-01-01T09:00"}}, "/posts"),
        ({"posts": [{"id": 1, "version": 1}]}, "/time"),
        ({"posts": [{"id": 1, "version": 1}], "time": {"wall": "2027-01-01T09:00Z"}}, "/time/wall"),
        ({"posts": [{"id": 1, "version": 1}], "time": {"wall": "x"}, "when": 1}, "/when"),
    ],
)
def test_a_body_that_is_wrong_is_blamed_by_its_field(mairi, body, pointer):
    answer = mairi.ask("POST", SCHEDULE, body)
    assert answer.status_code == 400
    assert pointer in blamed(answer)


def test_a_time_that_the_clocks_skip_is_refused_with_its_neighbours(mairi, account):
    post = PostFactory(account=account)
    body = {"posts": named(post), "time": {"wall": "2027-03-28T01:30", "zone": "Europe/London"}}
    answer = mairi.ask("POST", SCHEDULE, body)
    assert answer.status_code == 400
    assert "Choose 00:30 or 02:30" in answer.content.decode()


def test_a_key_that_is_repeated_acts_once(mairi, account):
    post = PostFactory(account=account)
    body = {"posts": named(post), "time": {"wall": later()}}
    first = mairi.ask("POST", SCHEDULE, body, Idempotency_Key="once")
    again = mairi.ask("POST", SCHEDULE, body, Idempotency_Key="once")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replay"] == "true"
    assert Post.objects.get(pk=post.pk).version == post.version + 1


def test_a_post_is_moved_and_made_ready_again(mairi, account):
    post = PostFactory(account=account, scheduled=True)
    body = {"version": post.version, "time": {"wall": later(3)}}
    moved = mairi.ask("PUT", f"{SCHEDULE}/{post.pk}", body).json()
    assert moved["time"]["wall"].startswith(later(3))
    assert mairi.ask("PUT", f"{SCHEDULE}/{post.pk}", body).status_code == 409
    for _ in range(2):  # the second finds what it wanted
        taken = mairi.ask("DELETE", f"{SCHEDULE}/{post.pk}")
        assert (taken.status_code, taken.json()["status"]) == (200, "ready")
    assert Post.objects.filter(pk=post.pk).exists()


def test_what_is_out_keeps_its_time(mairi, account):
    post = PostFactory(account=account, published=True)
    assert mairi.ask("DELETE", f"{SCHEDULE}/{post.pk}").status_code == 409


def test_the_queue_has_the_next_first_and_its_pages_follow_each_other(mairi, account):
    now = timezone.now()
    posts = [
        PostFactory(account=account, scheduled=True, due_at=now + timedelta(hours=hours))
        for hours in (5, 1, 3, 3, 2)
    ]
    PostFactory(account=account)
    held = PostFactory(account=account, scheduled=True, due_at=now + timedelta(hours=9),
                       holds=int(Hold.PERSON))  # fmt: skip
    page, seen = mairi.ask("GET", f"{QUEUE}?limit=2"), []
    for _ in range(3):
        seen += [post["id"] for post in page.json()["results"]]
        if page.json()["next"]:
            page = mairi.ask("GET", page.json()["next"])
    assert seen == [posts[n].pk for n in (1, 4, 2, 3, 0)] + [held.pk]
    assert page.json()["next"] is None


@pytest.mark.parametrize("cursor", ["x", "MjAyNi0xMS0yMw", "MTI", "2026-11-23 5"])
def test_a_cursor_that_no_page_gave_is_refused(mairi, cursor):
    assert mairi.ask("GET", f"{QUEUE}?cursor={cursor}").status_code == 400


def test_the_queue_asks_as_often_however_many_there_are(mairi, account):
    counts = []
    mairi.ask("GET", QUEUE)  # notes that the token is used
    for more in (1, 20):
        for _ in range(more):
            PostFactory(account=account, scheduled=True)
        with CaptureQueriesContext(connection) as queries:
            mairi.ask("GET", QUEUE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_released_a_post_is_due_and_what_is_held_waits_with_its_reason(mairi, account):
    future = {"due_at": timezone.now() + timedelta(days=1), "scheduled": True}
    free = PostFactory(account=account, **future)
    held = PostFactory(account=account, holds=int(Hold.PERSON), **future)
    unapproved = PostFactory(account=account, holds=int(Hold.APPROVAL), **future)
    ready = PostFactory(account=account)
    posts = [post.pk for post in (free, held, unapproved, ready)]
    answer = mairi.ask("POST", EXECUTE, {"posts": posts})
    assert answer.status_code == 202
    told = answer.json()["posts"]
    assert [one["outcome"] for one in told] == ["released", "waits", "waits", "waits"]
    for one, word in zip(told, ("worker", "on hold", "nobody has approved", "ready"), strict=True):
        assert word in one["sentence"]
    assert Post.objects.get(pk=free.pk).due_at <= timezone.now()
    assert Post.objects.get(pk=held.pk).due_at > timezone.now()


def test_without_names_workers_are_woken_for_what_is_due(mairi, account, monkeypatch):
    woken = []
    monkeypatch.setattr("scheduling.api.schedule.wake_soon", lambda: woken.append(1))
    post = PostFactory(account=account, scheduled=True)
    answer = mairi.ask("POST", EXECUTE, {})
    assert (answer.status_code, answer.json()) == (202, {"posts": []})
    assert woken == [1]
    assert Post.objects.get(pk=post.pk).due_at == post.due_at


def test_what_is_not_there_or_belongs_to_others_is_not_there(mairi, people, account):
    isla = Program(people.isla)
    post = PostFactory(account=account, scheduled=True)
    body = {"version": 1, "time": {"wall": later()}}
    assert isla.ask("PUT", f"{SCHEDULE}/{post.pk}", body).status_code == 404
    assert isla.ask("POST", EXECUTE, {"posts": [post.pk]}).status_code == 404
    assert mairi.ask("DELETE", f"{SCHEDULE}/{post.pk + 99}").status_code == 404
