"""`manage.py queue`: what needs a person first, then what leaves, then what is ready."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from posting.states import Hold
from tests.factories import AccountFactory, PostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts(page, profile):
    soon = timezone.now() + timedelta(hours=1)
    return {
        "ready": PostFactory(account=page),
        "later": PostFactory(account=page, scheduled=True, due=soon + timedelta(hours=1)),
        "soon": PostFactory(account=profile, scheduled=True, due=soon),
        "unconfirmed": PostFactory(account=page, unconfirmed=True),
        "published": PostFactory(account=page, published=True),
        "cancelled": PostFactory(account=page, cancelled=True),
    }


def ids(said: str) -> list[int]:
    return [post["id"] for post in json.loads(said)]


def test_the_order_is_needs_a_person_then_by_time_then_ready(run, posts):
    expected = [posts[name].pk for name in ("unconfirmed", "soon", "later", "ready")]
    assert ids(run("queue", "--json")) == expected


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--status", "scheduled"), ["soon", "later"]),
        (("--status", "needs-a-person"), ["unconfirmed"]),
        (("--status", "ready", "--status", "needs-a-person"), ["unconfirmed", "ready"]),
        (("--account", "mastodon:The Profile"), ["soon"]),
        (("--brand", "glen-and-loom"), ["unconfirmed", "soon", "later", "ready"]),
        (("--limit", "2"), ["unconfirmed", "soon"]),
    ],
)
def test_filters(run, posts, arguments, names):
    assert ids(run("queue", "--json", *arguments)) == [posts[name].pk for name in names]


def test_another_brands_posts_are_left_out_by_brand(run, posts):
    other = PostFactory(account=AccountFactory())
    assert other.pk not in ids(run("queue", "--json", "--brand", "glen-and-loom"))


def test_the_table_shows_each_time_with_its_zone(run, posts):
    lines = run("queue").splitlines()
    assert lines[0].split() == ["POST", "STATE", "TIME", "ACCOUNT", "PIECE"]
    soon = posts["soon"]
    assert f"{soon.wall_time.replace('T', ' ')} UTC" in lines[2]
    assert "Mastodon, The Profile" in lines[2]
    assert "no time yet" in lines[4]


def test_a_held_post_says_what_it_waits_for(run, page):
    PostFactory(account=page, scheduled=True, holds=Hold.APPROVAL)
    assert "scheduled, waits for approval" in run("queue")


def test_more_than_the_limit_is_told(run, posts):
    assert run("queue", "--limit", "1").endswith("There are more; --limit 10 shows them.\n")


def test_an_empty_queue_says_so(run):
    assert run("queue") == "Nothing waits.\n"
    assert json.loads(run("queue", "--json")) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--brand", "nobody"), "There is no brand nobody. Brands: glen-and-loom."),
        (("--account", "facebook:Nobody"), "There is no account facebook:Nobody."),
        (("--limit", "0"), "--limit is at least 1."),
    ],
)
def test_a_filter_that_fits_nothing_is_refused(refused, page, arguments, words):
    assert words in refused("queue", *arguments)


def test_a_long_queue_costs_the_same_few_queries(run, page, django_assert_num_queries):
    PostFactory.create_batch(5, account=page)
    with django_assert_num_queries(1):
        run("queue")
