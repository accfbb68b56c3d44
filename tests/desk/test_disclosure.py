"""What has to be disclosed is chosen with the post, and seen wherever the post is."""

import pytest
from django.urls import reverse

from tests.desk.composing import COMPOSE, form
from tests.factories import AccountFactory, PieceFactory, PostFactory

KEY = "facebook/feed-post"
TAG = '<span class="tag push">Paid partnership</span>'


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, name="Glen & Loom page")


def test_the_composer_offers_it_and_shows_the_label(client, people, account):
    client.force_login(people.mairi)
    page = client.get(COMPOSE, follow=True).content.decode()
    assert "Paid partnership with" in page
    sponsor = {f"own-option-sponsor_id:{KEY}": "5005"}
    checked = client.post(reverse("desk:compose_check"), form(account, **sponsor))
    assert TAG in checked.content.decode()
    plain = client.post(reverse("desk:compose_check"), form(account))
    assert TAG not in plain.content.decode()


def test_a_label_that_the_platform_has_not_there_is_said_while_writing(client, people, account):
    client.force_login(people.mairi)
    flag = {f"own-option-ai_generated:{KEY}": "1"}
    checked = client.post(reverse("desk:compose_check"), form(account, **flag))
    assert "for videos only, and here is none" in checked.content.decode()


def test_the_posts_page_shows_what_readers_are_told(client, people, account):
    paid = {KEY: {"options": {"sponsor_id": "5005"}}}
    piece = PieceFactory(brand=people.brand, variants=paid)
    client.force_login(people.ewan)
    for copy, state in enumerate(("scheduled", "published"), start=1):
        post = PostFactory(account=account, piece=piece, copy=copy, **{state: True})
        assert TAG in client.get(reverse("desk:post", args=[post.pk])).content.decode()
    plain = PostFactory(account=account, scheduled=True)
    assert TAG not in client.get(reverse("desk:post", args=[plain.pk])).content.decode()
