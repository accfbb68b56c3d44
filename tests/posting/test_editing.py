"""A post that is not out says something else, and nobody's words get lost over it."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from content.models import VersionMedia
from content.writing import EditConflict, save_version
from organisation.clock import database_now
from organisation.models import AuditEntry
from posting.approvals import approve
from posting.claiming import claim_next
from posting.deciding import NotPossible
from posting.editing import edit_post, pictures_of, words_of
from posting.models import Post, PublishStep
from posting.states import Hold
from tests.factories import (
    AccountFactory,
    MediaAssetFactory,
    PieceFactory,
    PostFactory,
    PublishStepFactory,
    UserFactory,
)


@pytest.fixture
def by(db):
    return UserFactory()


def edit(post, by, **said):
    edit_post(post, version=post.version, by=by, now=database_now(), **said)


def test_the_post_moves_to_a_new_version_and_the_old_one_stays(by):
    post = PostFactory()
    before = post.piece_version
    edit(post, by, text="Lichen\r\nand peat ")
    assert (words_of(post, "text"), post.version) == ("Lichen\nand peat", 2)
    assert (before.number, post.piece_version.number) == (1, 2)
    assert post.piece.versions.get(number=1).text == before.text
    assert post.events.get().sentence == f"{by} changed what it says."
    assert AuditEntry.objects.filter(verb="edit post", subject_id=post.pk).exists()


def test_the_piece_says_it_too_unless_it_has_moved_on(by):
    post = PostFactory()
    edit(post, by, text="First")
    post.piece.refresh_from_db()
    assert post.piece.current == post.piece_version
    newer = save_version(post.piece, text="The piece's own", by=by, expected_edits=2)
    edit(post, by, text="Only here")
    post.piece.refresh_from_db()
    assert post.piece.current == newer
    assert words_of(post, "text") == "Only here"


def test_other_posts_of_the_piece_keep_their_words(by):
    post = PostFactory()
    other = PostFactory(piece=post.piece, account=AccountFactory(brand=post.brand))
    edit(post, by, text="Only here")
    other.refresh_from_db()
    assert other.piece_version.number == 1


def test_a_channel_with_words_of_its_own_changes_only_those(by):
    piece = PieceFactory(text="Shared", variants={"facebook/feed-post": {"text": "Own"}})
    post = PostFactory(piece=piece, account=AccountFactory(brand=piece.brand))
    edit(post, by, text="New", link="https://example.org/")
    version = post.piece_version
    assert version.variants["facebook/feed-post"] == {"text": "New"}
    assert (version.text, version.link) == ("Shared", "https://example.org/")


def test_pictures_stay_with_their_descriptions_and_are_replaced_on_demand(by):
    post = PostFactory()
    VersionMedia.objects.create(
        version=post.piece_version, position=1, alt="As said here",
        asset=MediaAssetFactory(brand=post.brand),
    )  # fmt: skip
    edit(post, by, text="Other")
    assert [use.alt for use in pictures_of(post)] == ["As said here"]
    new = MediaAssetFactory(brand=post.brand)
    edit(post, by, media=[new])
    assert [use.asset for use in pictures_of(post)] == [new]
    edit(post, by, media=[])
    assert pictures_of(post) == []


def test_pictures_of_a_channels_own_leave_the_others_alone(by):
    post = PostFactory()
    shared, own, new = (MediaAssetFactory(brand=post.brand) for _ in range(3))
    rows = VersionMedia.objects
    rows.create(version=post.piece_version, position=1, asset=shared)
    rows.create(version=post.piece_version, position=1, asset=own, channel="facebook/feed-post")
    edit(post, by, media=[new])
    kept = {(use.channel, use.asset) for use in post.piece_version.media.all()}
    assert kept == {("", shared), ("facebook/feed-post", new)}


def test_saying_the_same_again_changes_nothing(by):
    post = PostFactory()
    edit(post, by, text=words_of(post, "text"), link="", media=[])
    assert (post.version, post.piece.versions.count()) == (1, 1)


def test_an_account_that_asks_for_approval_asks_again(by):
    post = PostFactory(account=AccountFactory(approval_rule="anyone"), scheduled=True)
    approve(post, by=by, now=database_now())
    edit(post, by, text="Other")
    assert post.holds == Hold.APPROVAL
    assert claim_next("worker") is None


def test_what_a_person_once_approved_is_asked_for_again_whatever_the_account_says(by):
    post = PostFactory(scheduled=True, holds=Hold.APPROVAL)
    approve(post, by=by, now=database_now())
    post.refresh_from_db()
    assert post.holds == 0
    edit(post, by, text="Other")
    assert post.holds == Hold.APPROVAL


def test_other_holds_stay(by):
    post = PostFactory(account=AccountFactory(approval_rule="anyone"), holds=Hold.PERSON)
    edit(post, by, text="Other")
    assert post.held_by == Hold.PERSON | Hold.APPROVAL


@pytest.mark.parametrize(
    "state", ["publishing", "published", "unconfirmed", "cancelled", "removed"]
)
def test_what_is_out_or_on_its_way_is_not_edited(by, state):
    post = PostFactory(**{state: True})
    with pytest.raises(NotPossible, match="stays as it is"):
        edit(post, by, text="Other")
    assert post.piece.versions.count() == 1


def test_a_step_whose_answer_is_not_known_keeps_the_words(by):
    post = PostFactory(scheduled=True)
    PublishStepFactory(post=post, state=PublishStep.State.STARTED)
    with pytest.raises(NotPossible, match="may be"):
        edit(post, by, text="Other")


def test_an_older_version_is_a_conflict(by):
    post = PostFactory()
    edit(post, by, text="Theirs")
    with pytest.raises(EditConflict, match="version 2 now"):
        edit_post(post, version=1, by=by, now=database_now(), text="Mine")


def test_a_worker_that_was_faster_wins_and_no_version_is_left(by):
    post = PostFactory(scheduled=True)
    assert claim_next("worker").pk == post.pk
    with pytest.raises(EditConflict):
        edit(post, by, text="Too late")
    assert post.piece.versions.count() == 1


def test_what_the_platform_refuses_leaves_no_version(by):
    post = PostFactory(account=AccountFactory(platform="mastodon"))
    with pytest.raises(ValidationError, match="The post stays as it was"):
        edit(post, by, text="x" * 501)
    assert post.piece.versions.count() == 1
    with pytest.raises(ValidationError):
        edit(post, by, text="")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_edit_at_once_one_is_told(by):
    post, told, start = PostFactory(), [], threading.Barrier(2)

    def change(text):
        mine = Post.objects.for_list().get(pk=post.pk)
        start.wait(10)
        try:
            edit(mine, by, text=text)
            told.append("saved")
        except EditConflict:
            told.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(text,)) for text in ("Mine", "Yours")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["conflict", "saved"]
    post.refresh_from_db()
    assert (post.version, post.piece.versions.count()) == (2, 2)
