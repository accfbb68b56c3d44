"""GET /api/syndication/posts/queue: what is ready, on its way, or needs a person."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posting.states import Status
from tests.api.conftest import QUEUE, blamed, told
from tests.factories import AccountFactory, BrandFactory, MembershipFactory, PostFactory


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [post["id"] for post in answer.json()["results"]]


def test_it_lists_what_is_ready_on_its_way_or_needs_a_person(mairi, account):
    states = [{}, *({status.value: True} for status in Status if status != Status.READY)]
    for state in states:
        PostFactory(account=account, **state)
    listed = [post["status"] for post in mairi.ask("GET", QUEUE).json()["results"]]
    assert sorted(listed) == ["failed", "missed", "publishing", "ready", "unconfirmed"]


def test_filters_narrow_it(mairi, account, second, people):
    other = BrandFactory()
    MembershipFactory(user=people.mairi, brand=other)
    first = PostFactory(account=account)
    failed = PostFactory(account=second, failed=True)
    elsewhere = PostFactory(account=AccountFactory(brand=other))
    for query, expected in {
        f"account={account.pk}": [first],
        "platform=mastodon": [failed],
        "status=failed": [failed],
        f"brand={other.slug}": [elsewhere],
        f"brand={people.brand.slug}&status=ready": [first],
        "brand=nobody": [],
        "": [elsewhere, failed, first],
    }.items():
        assert ids(mairi.ask("GET", f"{QUEUE}?{query}")) == [post.pk for post in expected], query


def test_pages_follow_each_other_whatever_happens_meanwhile(mairi, account):
    posts = [PostFactory(account=account) for _ in range(5)]
    page = mairi.ask("GET", f"{QUEUE}?limit=2&status=ready")
    PostFactory(account=account)
    posts[0].save()  # edited, so touched most recently
    seen = ids(page)
    while address := page.json()["next"]:
        page = mairi.ask("GET", address)
        seen += ids(page)
    assert seen == [post.pk for post in posts[::-1]]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=x", "cursor=%00", "cursor=!!", "cursor=LTE",
        "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
        "account=0", "account=x", "account=99999999999999999999", "status=scheduled", "status=%00",
        "brand=%ED%A0%80", "brand=a%00b", "platform=no%20slug",
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_is_named(mairi, query):
    answer = mairi.ask("GET", f"{QUEUE}?{query}")
    told(answer, 400)
    assert set(blamed(answer)) == {query.partition("=")[0]}


def test_an_unknown_parameter_is_refused_rather_than_ignored(mairi):
    answer = mairi.ask("GET", f"{QUEUE}?statuz=failed")
    assert "There is no such parameter" in told(answer, 400)
    assert blamed(answer) == ["statuz"]


def test_the_number_of_queries_does_not_grow(mairi, people):
    mairi.ask("GET", QUEUE)  # the token's use is noted once a minute

    def queries(count):
        for _ in range(count):
            account = AccountFactory(brand=people.brand)
            PostFactory(account=account, unconfirmed=True, due=timezone.now() - timedelta(hours=1))
        with CaptureQueriesContext(connection) as caught:
            assert len(ids(mairi.ask("GET", QUEUE))) >= count
        return len(caught)

    few = queries(5)
    assert queries(20) == few <= 4  # the clock, the token, the posts, their pictures
