"""A new time for a post, and a further post of the same words, from the post's own page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from posting.models import Post
from posting.states import Status
from tests.factories import AccountFactory, PostFactory


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand)


@pytest.fixture(autouse=True)
def _mairi_is_signed_in(client, people):
    client.force_login(people.mairi)


def ask(client, post, slug, **sent):
    return client.post(reverse("desk:decide", args=[post.pk, slug]), sent, follow=True)


def test_a_missed_post_takes_a_new_time_by_the_clock_of_its_zone(client, account):
    post = PostFactory(account=account, missed=True)
    tomorrow = timezone.now() + timedelta(days=1)
    ask(client, post, "schedule", wall=f"{tomorrow:%Y-%m-%dT09:30}", zone="London", fold="0")
    post.refresh_from_db()
    assert (post.status, post.zone) == (Status.SCHEDULED, "Europe/London")
    assert post.wall_time == f"{tomorrow:%Y-%m-%d}T09:30:00"


@pytest.mark.parametrize(
    ("wall", "zone", "words"),
    [
        ("2027-03-28T01:30", "Europe/London", "does not exist"),
        ("2020-01-01T09:00", "UTC", "in the past"),
        ("soon", "UTC", "not a date and time"),
        ("2027-01-01T09:00", "Atlantis", "time zone"),
    ],
)
def test_a_time_that_cannot_be_is_said_beside_what_was_typed(client, account, wall, zone, words):
    post = PostFactory(account=account, missed=True)
    answer = ask(client, post, "schedule", wall=wall, zone=zone)
    page = answer.content.decode()
    assert words in page
    assert wall in page
    assert Post.objects.get(pk=post.pk).status == Status.MISSED


def test_a_post_that_is_out_can_be_posted_again_as_a_new_post(client, account):
    post = PostFactory(account=account, published=True)
    answer = ask(client, post, "post-again")
    again = Post.objects.exclude(pk=post.pk).get()
    assert (again.status, again.copy, again.piece) == (Status.READY, 2, post.piece)
    assert answer.redirect_chain[-1][0] == reverse("desk:post", args=[again.pk])


def test_what_is_out_takes_no_new_time(client, account):
    post = PostFactory(account=account, published=True)
    tomorrow = timezone.now() + timedelta(days=1)
    ask(client, post, "schedule", wall=f"{tomorrow:%Y-%m-%dT09:30}", zone="UTC")
    assert Post.objects.get(pk=post.pk).status == Status.PUBLISHED


@pytest.mark.parametrize(
    ("state", "shown"), [({"failed": True}, True), ({"published": True}, False)]
)
def test_the_words_of_what_is_not_out_can_be_changed(client, account, state, shown):
    post = PostFactory(account=account, **state)
    page = client.get(reverse("desk:post", args=[post.pk])).content.decode()
    link = f"{reverse('desk:compose')}?piece={post.piece_id}"
    assert (link in page) is shown
    if shown:
        assert client.get(link, follow=True).status_code == 200
