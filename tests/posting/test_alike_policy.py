"""X forbids nearly the same text on several accounts; a person may allow it, with a note."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from organisation.models import AuditEntry
from platforms.models import Account
from posting import policy
from posting.claiming import claim_next
from posting.deciding import NotPossible, publish_now
from posting.editing import edit_post
from posting.models import Post
from posting.states import Status
from scheduling.timing import schedule
from tests.factories import AccountFactory, PieceFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db
TWEED = "Harris Tweed smells of peat for a reason: crottle, the lichen of Hebridean rocks."
NEARLY = "Harris Tweed smells of peat for a reason: crottle, the lichen of the Hebridean rocks!"


@pytest.fixture
def two() -> tuple[Account, Account]:
    first = AccountFactory(platform="twitter", server="", name="Glen & Loom")
    return first, AccountFactory(platform="twitter", server="", name="Outlet", brand=first.brand)


def post(account: Account, text: str = TWEED, **more: Any) -> Post:
    return PostFactory(account=account, piece=PieceFactory(brand=account.brand, text=text), **more)


def at(hours: float) -> str:
    return f"{timezone.now() + timedelta(hours=hours):%Y-%m-%d %H:%M}"


def give_time(one: Post, hours: float) -> None:
    schedule(one, wall=at(hours), zone="UTC", by=UserFactory(), now=timezone.now())


def test_it_gets_no_time_within_a_day_of_its_twin_and_gets_one_later(two) -> None:
    give_time(post(two[0]), 1)
    second = post(two[1], NEARLY)
    with pytest.raises(ValidationError, match="Nearly the same text goes to Glen & Loom, and X"):
        give_time(second, 20)
    second.refresh_from_db()
    assert second.status == Status.READY
    give_time(second, 26)


def test_other_words_other_brands_and_other_platforms_are_none_of_its_business(two) -> None:
    give_time(post(two[0]), 1)
    give_time(post(two[1], "The mill is closed today, for the loom is being mended."), 1)
    give_time(post(AccountFactory(platform="twitter", server="")), 1)
    pages = [AccountFactory(brand=two[0].brand) for _ in range(2)]
    for page in pages:
        give_time(post(page), 1)


def test_publish_now_is_refused_as_well(two) -> None:
    give_time(post(two[0]), 1)
    with pytest.raises(NotPossible, match=r"forbids that on several accounts.*Nothing was changed"):
        publish_now(post(two[1]), by=UserFactory(), now=timezone.now())


def test_a_note_allows_it_for_these_words_and_is_kept(two) -> None:
    give_time(post(two[0]), 1)
    second, by = post(two[1]), UserFactory(first_name="Mairi", last_name="Fraser")
    policy.allow(second, by=by, now=timezone.now(), note="  Both ask us to say it. ")
    give_time(second, 1)
    assert second.overrides.get().note == "Both ask us to say it."
    kept = AuditEntry.objects.get(verb="allow alike")
    assert "Mairi Fraser lets it go out" in kept.sentence
    assert "Both ask us to say it." in kept.sentence
    edit_post(second, text=NEARLY, version=second.version, by=by, now=timezone.now())
    assert policy.why_not_at(second, timezone.now())


def test_without_a_note_nothing_is_allowed(two) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        policy.allow(post(two[0]), by=UserFactory(), now=timezone.now(), note=" \n ")


def claims() -> list[int]:
    taken = []
    while claim := claim_next("worker"):
        taken.append(claim.pk)
    return taken


def test_of_two_that_are_due_the_engine_sends_one_and_says_why_not_the_other(two) -> None:
    due = timezone.now() - timedelta(seconds=10)
    later = post(two[0], NEARLY, scheduled=True, due=due + timedelta(seconds=1))
    earlier = post(two[1], scheduled=True, due=due)
    assert claims() == [earlier.pk]
    later.refresh_from_db()
    assert (later.status, later.error_class) == (Status.FAILED, "TooAlike")
    assert later.error_sentence.startswith("Nothing was sent. Nearly the same text")
    assert "Outlet" in later.error_sentence


def test_what_is_out_stops_it_for_a_day_and_no_longer(two) -> None:
    out = post(two[0], published=True, due=timezone.now() - timedelta(hours=23))
    second = post(two[1], scheduled=True, due=timezone.now() - timedelta(seconds=10))
    assert policy.why_not_now(second, timezone.now())
    out.published_at = timezone.now() - timedelta(hours=25)
    out.save()
    assert claims() == [second.pk]


def test_what_was_allowed_goes(two) -> None:
    post(two[0], published=True, due=timezone.now() - timedelta(hours=2))
    second = post(two[1], scheduled=True, due=timezone.now() - timedelta(seconds=10))
    policy.allow(second, by=UserFactory(), now=timezone.now(), note="A reply to both lists")
    assert claims() == [second.pk]


def test_a_thread_that_is_partly_out_goes_on(two) -> None:
    post(two[0], published=True, due=timezone.now() - timedelta(hours=2))
    begun = post(two[1], scheduled=True, due=timezone.now(), irrevocable=True, snapshot={})
    assert policy.why_not_now(begun, timezone.now()) == ""


def test_a_platform_without_the_rule_is_asked_nothing(django_assert_num_queries: Any) -> None:
    one = post(AccountFactory())
    with django_assert_num_queries(0):
        assert policy.why_not_at(one, timezone.now()) == ""
