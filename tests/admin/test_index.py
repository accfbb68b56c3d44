"""The back office opens with the figures, the queue and the ways to the staff pages."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import AccountFactory, PostFactory

INDEX = reverse("admin:index")


@pytest.fixture
def account(staff):
    return AccountFactory(brand=staff["brand"])


def shown(client, person):
    client.force_login(person)
    return client.get(INDEX).content.decode()


def test_it_shows_figures_and_the_queue_of_ones_own_brands(client, staff, account):
    PostFactory(account=account, scheduled=True, due=timezone.now(), piece__title="Cullen skink")
    PostFactory(account=account, failed=True)
    text = shown(client, staff["una"])
    assert "Cullen skink" in text
    assert "Needs attention (1)" in text
    assert "Cullen skink" not in shown(client, staff["isla"])


def test_it_leads_to_the_staff_pages(client, staff):
    text = shown(client, staff["una"])
    for name in ("home", "compose", "posting_hub", "attention"):
        assert f'href="{reverse(f"desk:{name}")}"' in text


def test_a_stranger_sees_none_of_it(client, staff, account):
    PostFactory(account=account, failed=True)
    assert client.get(INDEX).status_code == 302


def test_it_asks_as_often_for_many_posts_as_for_few(
    client, staff, account, django_assert_max_num_queries
):
    client.force_login(staff["boss"])
    counts = []
    for _ in range(2):
        for _ in range(4):
            PostFactory(account=account, scheduled=True, due=timezone.now())
        with django_assert_max_num_queries(30) as seen:
            client.get(INDEX)
        counts.append(len(seen))
    assert counts[0] == counts[1]
