"""One look for accounts with work serves many claims, and never hides work for long."""

import pytest

from posting import hints as module
from posting.claiming import claim_next
from posting.hints import AGE_MAX, Hints
from tests.factories import AccountFactory, PostFactory


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(module, "boottime", lambda: now[0])
    return now


def test_accounts_that_had_work_come_again_without_a_second_look(clock):
    hints, looks = Hints(), []

    def look():
        looks.append(1)
        return [(1, 9), (2, 9)]

    for expected in (1, 2, 1):
        hint = next(hints.each(look))
        assert hint[0] == expected
        hints.served(hint)
    assert len(looks) == 1


def test_an_old_look_is_not_used(clock):
    hints = Hints()
    assert next(hints.each(lambda: [(1, 9), (2, 9)])) == (1, 9)
    clock[0] += AGE_MAX
    assert next(hints.each(lambda: [(3, 9)])) == (3, 9)


def test_nothing_to_do_is_said_only_after_a_new_look(clock):
    hints = Hints()
    list(hints.each(lambda: [(1, 9)]))
    assert list(hints.each(lambda: [(2, 9)])) == [(2, 9)]


@pytest.mark.django_db
def test_a_post_that_became_due_after_the_look_is_found_by_the_same_worker(clock):
    hints, account = Hints(), AccountFactory()
    first = PostFactory(scheduled=True, account=account)
    assert claim_next("worker", None, hints).pk == first.pk
    second = PostFactory(scheduled=True)
    assert claim_next("worker", None, hints).pk == second.pk
    assert claim_next("worker", None, hints) is None


@pytest.mark.django_db
def test_claims_share_one_look(clock, django_assert_max_num_queries):
    account = AccountFactory(max_in_flight=10)
    for _ in range(3):
        PostFactory(scheduled=True, account=account)
    hints = Hints()
    claim_next("worker", None, hints)
    with django_assert_max_num_queries(14) as seen:
        claim_next("worker", None, hints)
    assert not any("max_in_flight" in query["sql"] and "EXISTS" in query["sql"] for query in seen)
