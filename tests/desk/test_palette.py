"""Search and jump: what one may see, in a fixed number of questions."""

import pytest
from django.urls import reverse

from organisation.models import Role
from tests.factories import (
    AccountFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
    UserFactory,
)

SEARCH = reverse("desk:search")


def found(client, person, words="", **headers):
    client.force_login(person)
    answer = client.get(SEARCH, {"q": words}, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def kinds(client, person, words):
    client.force_login(person)
    return [hit.kind for hit in client.get(SEARCH, {"q": words}).context["hits"]]


@pytest.fixture
def post(people):
    return PostFactory(
        account=AccountFactory(brand=people.brand, name="Oban shop"), piece__title="Cullen skink"
    )


def test_a_stranger_is_asked_to_sign_in(client, db):
    assert client.get(SEARCH).url.startswith(reverse("desk:sign_in"))


def test_a_post_is_found_by_the_title_of_its_piece(client, people, post):
    assert "Post, ready" in kinds(client, people.ewan, "cullen")
    assert reverse("desk:post", args=[post.pk]) in found(client, people.ewan, "SKINK")


@pytest.mark.parametrize("words", ["{pk}", "post {pk}", "#{pk}", "Post #{pk}"])
def test_a_post_is_found_by_its_number(client, people, post, words):
    text = found(client, people.ewan, words.format(pk=post.pk))
    assert reverse("desk:post", args=[post.pk]) in text


@pytest.mark.parametrize("words", ["cullen", "oban", "{pk}"])
def test_nothing_of_another_brand_is_found(client, people, post, words):
    people.isla.is_staff = True
    people.isla.save()
    text = found(client, people.isla, words.format(pk=post.pk))
    assert "Cullen" not in text
    assert "Oban" not in text


def test_accounts_are_found_by_those_who_may_open_them(client, people, post):
    assert "Oban shop" not in found(client, people.ewan, "oban")
    people.ewan.is_staff = True
    people.ewan.save()
    assert reverse("desk:account", args=[post.account_id]) in found(client, people.ewan, "oban")


def test_actions_are_offered_to_those_who_may_take_them(client, people):
    assert "Stop publishing" not in found(client, people.mairi)
    boss = UserFactory(boss=True)
    assert "Stop publishing" in found(client, boss)
    assert kinds(client, boss, "kill") == ["Action", "Action"]


def test_pages_that_do_not_exist_are_not_offered(client, people):
    text = found(client, people.mairi)
    assert "Home" in text
    assert "Analytics" not in text
    assert "Admin" not in text


@pytest.mark.parametrize(
    "words", ["\x00", "%", "_", "'; drop table", "9" * 40, "x" * 5000, "\u202eأ", "<script>"]
)
def test_anything_may_be_typed(client, people, post, words):
    text = found(client, people.ewan, words)
    assert "Cullen" not in text or not words.strip("\x00")
    assert "<script>" not in text.partition('class="page-head"')[2]


def test_within_a_chosen_brand_only_that_is_searched(client, people, post):
    other = MembershipFactory(user=people.mairi, role=Role.AUTHOR).brand
    PieceFactory(brand=other, title="Cullen elsewhere")
    client.force_login(people.mairi)
    client.post(reverse("desk:choose_brand"), {"brand": other.pk})
    assert "skink" not in client.get(SEARCH, {"q": "cullen"}).content.decode()


def test_the_palette_gets_the_lines_alone(client, people, post):
    text = found(client, people.ewan, "cullen", x_part="hits")
    assert 'role="option"' in text
    assert "<html" not in text


def test_results_are_capped_and_asked_for_in_a_fixed_number_of_questions(
    client, people, django_assert_max_num_queries
):
    people.mairi.is_staff = True
    people.mairi.save()
    client.force_login(people.mairi)
    counts = []
    for _ in range(2):
        for _ in range(8):
            account = AccountFactory(brand=people.brand, name="Tweed shop")
            PostFactory(account=account, piece__title="Tweed")
        with django_assert_max_num_queries(10) as seen:
            answer = client.get(SEARCH, {"q": "tweed"}, headers={"X-Part": "hits"})
        counts.append(len(seen))
        assert len(answer.context["hits"]) <= 18
    assert counts[0] == counts[1]
