"""GET /api/syndication/schedule/suggestions: free times that do well, and why that is believed."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scheduling.models import TimeRules
from tests.api.conftest import Program, blamed, told
from tests.factories import AccountFactory, PostFactory

WHERE = "/api/syndication/schedule/suggestions"


def suggested(program, account, **more):
    query = "&".join(f"{name}={value}" for name, value in {"account": account.pk, **more}.items())
    answer = program.ask("GET", f"{WHERE}?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_new_account_is_told_what_is_believed(mairi, account):
    said = suggested(mairi, account)
    assert (said["posts"], said["learnt_at"], said["zone"]) == (0, None, account.timezone)
    assert len(said["suggestions"]) == 10
    first = said["suggestions"][0]
    assert first["confidence"] == "low"
    assert first["reason"].startswith("No posts of this account at that time yet.")
    assert first["low"] < first["score"] < first["high"]
    scores = [one["score"] for one in said["suggestions"]]
    assert scores == sorted(scores, reverse=True)


def test_its_time_can_be_given_to_a_post_as_it_is(mairi, account):
    first = suggested(mairi, account, limit=1)["suggestions"][0]
    post = PostFactory(account=account)
    time = {name: first["time"][name] for name in ("wall", "zone", "fold")}
    body = {"posts": [{"id": post.pk, "version": post.version}], "time": time}
    answer = mairi.ask("POST", "/api/syndication/schedule", body)
    assert answer.status_code == 200, answer.content
    post.refresh_from_db()
    assert post.due_at == datetime.fromisoformat(first["at"])


def test_what_is_taken_or_against_the_rules_is_not_told(mairi, account):
    first, second = suggested(mairi, account, limit=2)["suggestions"]
    PostFactory(account=account, scheduled=True, due=datetime.fromisoformat(first["at"]))
    assert suggested(mairi, account, limit=1)["suggestions"] == [second]
    hours = [{"days": 127, "opens": "20:00", "closes": "22:00"}]
    TimeRules.objects.create(brand=account.brand, account=account, hours=hours)
    assert {one["hour"] for one in suggested(mairi, account)["suggestions"]} == {20, 21}


def test_it_looks_as_far_as_it_is_asked_to(mairi, account):
    found = suggested(mairi, account, days=2, limit=100)["suggestions"]
    end = timezone.now() + timedelta(days=2)
    assert found
    assert all(datetime.fromisoformat(one["at"]) < end for one in found)


@pytest.mark.parametrize(
    "query", ["", "account=x", "account=1&days=63", "account=1&days=0", "account=1&limit=101"]
)
def test_what_is_wrong_is_named(mairi, query):
    answer = mairi.ask("GET", f"{WHERE}?{query}")
    assert answer.status_code == 400
    assert blamed(answer)


def test_another_brands_account_is_not_there(mairi, people, account):
    answer = mairi.ask("GET", f"{WHERE}?account={AccountFactory().pk}")
    assert answer.status_code == 404
    writer = Program(people.mairi, "posts:write")
    assert "posts:read" in told(writer.ask("GET", f"{WHERE}?account={account.pk}"), 403)


def test_it_takes_as_many_queries_with_many_posts(mairi, account):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            suggested(mairi, account)
        return len(queries)

    counted()  # the token notes its first use
    few = counted()
    for number in range(15):
        due = timezone.now() + timedelta(hours=7 * number + 1)
        PostFactory(account=account, scheduled=True, due=due)
    assert counted() == few
