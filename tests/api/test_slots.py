"""A program takes the next free slot, and says why nearly the same text may go out twice."""

import pytest

from organisation.models import AuditEntry
from posting.models import Post
from posting.states import Status
from scheduling.models import Slot
from tests.api.conftest import Program, told
from tests.api.test_changing import change
from tests.factories import AccountFactory, PostFactory


@pytest.fixture
def slots(account):
    Slot.objects.create(account=account, days=127, at="09:00")
    return Slot.objects.create(account=account, days=127, at="17:30", queue="evergreen")


def test_new_posts_take_the_next_free_slot_of_each_account(mairi, account, slots):
    [shown] = mairi.make(account, slot={}).json()["posts"]
    assert shown["status"] == "scheduled"
    assert shown["time"]["wall"].endswith("T09:00:00")
    assert shown["time"]["zone"] == account.timezone


def test_a_queue_gives_its_own_slots_and_two_posts_two_days(mairi, account, slots):
    made = [mairi.make(account, slot={"queue": "Evergreen"}, text=f"Peat {n}") for n in range(2)]
    walls = [answer.json()["posts"][0]["time"]["wall"] for answer in made]
    assert all(wall.endswith("T17:30:00") for wall in walls)
    assert walls[0] < walls[1]


def test_no_slot_is_refused_and_nothing_is_made(mairi, account):
    assert "has no slots for any post" in told(mairi.make(account, slot={}), 400)
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    "more", [{"publish_now": True}, {"time": {"wall": "2027-03-29T12:00"}}, {"slot": {"day": 1}}]
)
def test_a_slot_and_another_time_contradict_each_other(mairi, account, slots, more):
    assert mairi.make(account, **{"slot": {}, **more}).status_code == 400


def test_a_post_that_is_there_takes_a_slot(mairi, account, slots):
    post = PostFactory(account=account)
    shown = change(mairi, post, slot={}).json()
    assert shown["time"]["wall"].endswith("T09:00:00")


def test_an_author_takes_none(people, account, slots):
    ewan = Program(people.ewan)
    assert change(ewan, PostFactory(account=account), slot={}).status_code == 403


def test_the_same_text_to_two_accounts_of_x_takes_a_note(mairi, people):
    two = [AccountFactory(brand=people.brand, platform="twitter", server="") for _ in range(2)]
    refused = mairi.make(*two, publish_now=True)
    assert "forbids that on several accounts" in told(refused, 400)
    assert not Post.objects.exists()
    made = mairi.make(*two, publish_now=True, alike_note="Both shops sell it")
    assert made.status_code == 201, made.content
    assert Post.objects.filter(status=Status.SCHEDULED).count() == 2
    assert AuditEntry.objects.filter(verb="allow alike").count() == 2
