"""PUT and DELETE /api/syndication/posts/<id>: other words, another time, or none of it any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from content.models import Piece, PieceVersion
from posting.models import FollowUp, Post, PublishStep
from posting.states import Status
from tests.api.conftest import POSTS, blamed, told
from tests.factories import MediaAssetFactory, PostFactory, PublishStepFactory

LATER = {"wall": "2027-03-29T12:00", "zone": "Europe/London"}


def one(post):
    return f"{POSTS}/{post.pk}"


def change(program, post, **asked):
    return program.ask("PUT", one(post), {"version": post.version, **asked})


def soon():
    return timezone.now() + timedelta(days=1)


def test_other_words_are_a_new_version(mairi, account):
    post = PostFactory(account=account)
    shown = change(mairi, post, text="Lichen", link="https://example.org/").json()
    assert (shown["text"], shown["link"], shown["version"]) == ("Lichen", "https://example.org/", 2)
    assert mairi.ask("GET", one(post)).json() == shown


def test_what_is_left_out_stays(mairi, account, people):
    picture = MediaAssetFactory(brand=people.brand)
    post = PostFactory(account=account)
    before = mairi.ask("GET", one(post)).json()
    shown = change(mairi, post, media=[picture.pk]).json()
    assert shown["media"] == [picture.pk]
    assert shown["text"] == before["text"]


def test_a_time_is_given_moved_and_taken_away(mairi, account):
    post = PostFactory(account=account)
    shown = change(mairi, post, time=LATER).json()
    assert (shown["status"], shown["due_at"]) == ("scheduled", "2027-03-29T11:00:00Z")
    post.refresh_from_db()
    shown = change(mairi, post, time={"wall": "2027-03-29T15:00"}).json()
    assert shown["due_at"] == "2027-03-29T14:00:00Z"
    post.refresh_from_db()
    shown = change(mairi, post, time=None).json()
    assert (shown["status"], shown["time"]) == ("ready", None)


def test_words_and_time_change_together_or_not_at_all(mairi, account):
    post = PostFactory(account=account)
    answer = change(mairi, post, text="Lichen", time={"wall": "2020-01-01T12:00"})
    assert "in the past" in told(answer, 400)
    assert blamed(answer) == ["/time/wall"]
    post.refresh_from_db()
    assert (post.version, post.piece_version.number) == (1, 1)
    shown = change(mairi, post, text="Lichen", time=LATER).json()
    assert (shown["text"], shown["status"]) == ("Lichen", "scheduled")


@pytest.mark.parametrize("asked", [{"text": "Mine"}, {"time": LATER}, {}])
def test_an_older_version_is_a_conflict_and_overwrites_nothing(mairi, account, asked):
    post = PostFactory(account=account)
    assert change(mairi, post, text="Theirs").status_code == 200
    answer = mairi.ask("PUT", one(post), {"version": 1, **asked})
    assert "it is version 2 now. Your change was not saved" in told(answer, 409)
    assert mairi.ask("GET", one(post)).json()["text"] == "Theirs"


def test_the_version_is_required(mairi, account):
    answer = mairi.ask("PUT", one(PostFactory(account=account)), {"text": "Mine"})
    assert "missing" in told(answer, 400)
    assert blamed(answer) == ["/version"]


@pytest.mark.parametrize(
    "state", ["publishing", "published", "unconfirmed", "cancelled", "removed"]
)
def test_what_is_out_or_on_its_way_stays_as_it_is(mairi, account, state):
    post = PostFactory(account=account, **{state: True})
    answer = change(mairi, post, text="Too late")
    assert "stays as it is" in told(answer, 409)
    assert PieceVersion.objects.filter(piece=post.piece).count() == 1


def test_words_the_platform_refuses_are_not_kept(mairi, second):
    post = PostFactory(account=second)
    answer = change(mairi, post, text="x" * 501)
    assert "The post stays as it was" in told(answer, 400)
    assert PieceVersion.objects.filter(piece=post.piece).count() == 1


def test_an_approved_post_asks_again_when_its_words_change(mairi, account):
    account.approval_rule = "anyone"
    account.save()
    post = PostFactory(account=account, scheduled=True, due=soon())
    assert change(mairi, post, text="Other").json()["holds"] == ["approval"]


@pytest.mark.parametrize("state", [{}, {"scheduled": True}, {"failed": True}, {"missed": True}])
def test_what_is_not_out_is_cancelled(mairi, account, state):
    post = PostFactory(account=account, **state)
    answer = mairi.ask("DELETE", one(post))
    assert (answer.status_code, answer.json()["outcome"]) == (200, "cancelled")
    assert answer.json()["post"]["status"] == "cancelled"
    assert Piece.objects.filter(pk=post.piece_id).exists()


def test_what_is_out_is_deleted_by_the_platform_and_asked_for_once(mairi, account):
    post = PostFactory(account=account, published=True)
    for _ in range(2):
        answer = mairi.ask("DELETE", one(post))
        assert (answer.status_code, answer.json()["outcome"]) == (202, "asked_to_delete")
    assert FollowUp.objects.filter(post=post, kind="delete").count() == 1


def test_ending_it_twice_says_the_same(mairi, account):
    post = PostFactory(account=account)
    outcomes = [mairi.ask("DELETE", one(post)).json()["outcome"] for _ in range(2)]
    assert outcomes == ["cancelled", "cancelled"]
    gone = PostFactory(account=account, removed=True)
    assert mairi.ask("DELETE", one(gone)).json()["outcome"] == "deleted"


@pytest.mark.parametrize("state", ["publishing", "unconfirmed"])
def test_what_may_be_out_is_neither_cancelled_nor_deleted(mairi, account, state):
    post = PostFactory(account=account, **{state: True})
    told(mairi.ask("DELETE", one(post)), 409)
    assert Post.objects.get(pk=post.pk).status == state


def test_a_failed_post_whose_request_may_have_arrived_is_not_touched(mairi, account):
    post = PostFactory(account=account, failed=True)
    PublishStepFactory(post=post, state=PublishStep.State.STARTED)
    assert "may be" in told(change(mairi, post, text="Other"), 409)
    assert "may be out" in told(mairi.ask("DELETE", one(post)), 409)
    assert Post.objects.get(pk=post.pk).status == Status.FAILED
