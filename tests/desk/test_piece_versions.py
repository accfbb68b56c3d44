"""Versions of a piece: comparing two of them, and saving an earlier one again."""

import pytest
from django.urls import reverse

from content.models import VersionMedia
from content.writing import TEXT_MAX, save_version
from desk import following
from desk.pieces.comparing import compare
from organisation.models import AuditEntry
from posting.models import Post
from posting.states import Hold
from tests.desk.walking import page_of
from tests.factories import (
    AccountFactory,
    ApprovalFactory,
    MediaAssetFactory,
    PieceFactory,
    PostFactory,
)


@pytest.fixture
def piece(people, data_dir):
    return PieceFactory(
        brand=people.brand, by=people.ewan, title="Kettle", text="The kettle is on."
    )


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return client


def again(piece, by, text, **more):
    piece.refresh_from_db()
    return save_version(piece, text=text, by=by, expected_edits=piece.edits, **more)


def compared(client, piece, one, other):
    address = reverse("desk:compare_versions", args=[piece.pk])
    return client.get(address, {"one": one, "other": other})


def restoring(piece, number):
    return reverse("desk:restore_version", args=[piece.pk, number])


def restore(client, piece, number, *, edits, follow=()):
    sent = {"edits": edits, "follow": [post.pk for post in follow]}
    return client.post(restoring(piece, number), sent, follow=True)


# Comparing


def test_two_versions_are_shown_as_one_text(mairi, piece, people):
    again(piece, people.ewan, "The kettle was on.")
    for pair in ((1, 2), (2, 1)):
        page = compared(mairi, piece, *pair).content.decode()
        assert '<del><span class="visually-hidden">[taken out:</span> is' in page
        assert '<ins><span class="visually-hidden">[put in:</span> was' in page


def test_link_pictures_and_channels_are_compared_too(piece, people):
    kept, gone, new = MediaAssetFactory.create_batch(3, brand=people.brand, alt="A loom")
    status = "mastodon/status"
    one = again(piece, people.ewan, "So.", link="https://example.org/a", media=[gone, kept],
                variants={status: {"text": "Own words", "pictures": 1}})  # fmt: skip
    kept.alt, kept.focus_x = "A hand loom", 0.2
    own = {"text": "Own worlds", "options": {"visibility": "unlisted"}}
    two = again(piece, people.ewan, "So.", link="https://example.org/b", media=[kept, new],
                variants={status: own})  # fmt: skip
    found = compare(one, two)
    assert [change.name for change in found.words] == [
        "Link", "Mastodon, post: text", "Mastodon, post: pictures",
        "Mastodon, post: who sees it",
    ]  # fmt: skip
    told = {change.use.asset_id: change for change in found.pictures}
    assert told[gone.pk].sentences == ["Taken out."]
    assert told[new.pk].sentences == ["Put in as picture 2."]
    assert told[kept.pk].sentences == [
        "Picture 1, was picture 2.",
        "What matters most in it was set to 20% from the left and 50% from the top, was 50% from "
        "the left and 50% from the top.",
    ]
    assert "".join(one.text for one in told[kept.pk].description if one.kind == "in") == " hand"


def test_the_same_picture_twice_and_one_of_a_channel_are_told_apart(piece, people):
    asset = MediaAssetFactory(brand=people.brand)
    one = again(piece, people.ewan, "So.", media=[asset, asset])
    two = again(piece, people.ewan, "So.", media=[asset, asset])
    assert compare(one, two).same
    VersionMedia.objects.create(version=two, channel="mastodon/status", position=1, asset=asset)
    two.refresh_from_db()
    [change] = compare(one, two).pictures
    assert change.sentences == ["Put in as picture 1 for Mastodon, post."]


def test_a_version_is_the_same_as_itself(mairi, piece):
    assert "Both say and show the same" in page_of(compared(mairi, piece, 1, 1))


def test_hostile_words_stay_words(mairi, piece, people):
    again(piece, people.ewan, "<script>alert(1)</script> </del> on.")
    page = compared(mairi, piece, 1, 2).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_longest_texts_are_compared_on_one_page(mairi, piece, people):
    again(piece, people.ewan, "wool " * (TEXT_MAX // 5))
    again(piece, people.ewan, "peat " * (TEXT_MAX // 5))
    assert compared(mairi, piece, 2, 3).status_code == 200


def test_a_comparison_asks_a_fixed_number_of_questions(
    mairi, piece, people, django_assert_max_num_queries
):
    for _ in range(2):
        media = MediaAssetFactory.create_batch(5, brand=people.brand)
        again(piece, people.ewan, "So.", media=media)
        with django_assert_max_num_queries(20):
            compared(mairi, piece, 1, piece.edits)


@pytest.mark.parametrize("number", [0, 99])
def test_a_version_that_is_not_there_is_not_found(mairi, piece, number):
    assert compared(mairi, piece, 1, number).status_code == 404
    assert mairi.get(restoring(piece, number)).status_code == 404


def test_a_version_of_another_piece_is_not_found(mairi, piece, people):
    other = PieceFactory(brand=people.brand)
    again(other, people.ewan, "Two.")
    assert compared(mairi, piece, 1, 2).status_code == 404


# Restoring


def test_restoring_saves_a_new_version_that_says_and_shows_the_same(mairi, piece, people):
    asset = MediaAssetFactory(brand=people.brand, alt="As it was")
    old = again(piece, people.ewan, "Second.", link="https://example.org/", media=[asset],
                variants={"mastodon/status": {"text": "Toot"}})  # fmt: skip
    type(asset).objects.update(alt="Changed since")
    again(piece, people.ewan, "Third.")
    answer = restore(mairi, piece, 2, edits=3)
    assert "Version 4 says again what version 2 says." in page_of(answer)
    piece.refresh_from_db()
    assert (piece.current.number, piece.current.author) == (4, people.mairi)
    assert compare(old, piece.current).same
    assert piece.current.media.get().alt == "As it was"
    assert piece.versions.count() == 4
    assert AuditEntry.objects.filter(verb="restore version").count() == 1


def test_it_is_asked_first_with_what_it_changes(mairi, piece, people):
    one, two = (
        PostFactory(account=AccountFactory(brand=people.brand), piece=piece, scheduled=True)
        for _ in range(2)
    )
    ApprovalFactory(post=two, by=people.mairi)
    again(piece, people.ewan, "Second.")
    answer = mairi.get(restoring(piece, 1))
    assert "changes 2 posts that are not out yet, 1 of them approved" in page_of(answer)
    assert answer.context["follow"] == [one.pk, two.pk]
    assert piece.versions.count() == 2


def test_the_ticked_posts_say_it_too_and_the_others_keep_their_words(mairi, piece, people):
    accounts = AccountFactory.create_batch(2, brand=people.brand)
    second = again(piece, people.ewan, "Second.")
    one, other = (
        PostFactory(account=account, piece=piece, piece_version=second, scheduled=True)
        for account in accounts
    )
    ApprovalFactory(post=one, by=people.mairi)
    answer = restore(mairi, piece, 1, edits=2, follow=[one])
    assert "1 post says so too." in page_of(answer)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.piece_version.number, one.held_by) == (3, Hold.APPROVAL)
    assert (other.piece_version.number, other.held_by) == (2, Hold.NONE)


def test_a_post_that_cannot_say_it_leaves_everything_as_it_was(mairi, piece, people):
    again(piece, people.ewan, "x" * 501)
    short = again(piece, people.ewan, "Short.")
    toot = AccountFactory(brand=people.brand, platform="mastodon")
    page = AccountFactory(brand=people.brand)
    posts = [
        PostFactory(account=account, piece=piece, piece_version=short, scheduled=True)
        for account in (page, toot)
    ]
    answer = restore(mairi, piece, 2, edits=3, follow=posts)
    assert answer.status_code == 422
    assert "The post stays as it was" in page_of(answer)
    piece.refresh_from_db()
    assert (piece.edits, piece.current.text) == (3, "Short.")
    assert set(Post.objects.values_list("piece_version", flat=True)) == {short.pk}
    assert answer.context["follow"] == [post.pk for post in posts]


def test_what_somebody_saved_meanwhile_is_not_covered_up(mairi, piece, people):
    again(piece, people.ewan, "Second.")
    again(piece, people.ewan, "Theirs.")
    answer = restore(mairi, piece, 1, edits=2)
    assert answer.status_code == 409
    assert "Ewan Bain saved this piece meanwhile" in page_of(answer)
    assert "Theirs." in page_of(answer)
    piece.refresh_from_db()
    assert (piece.edits, piece.current.text) == (3, "Theirs.")
    restore(mairi, piece, 1, edits=3)  # as the page that answered would send it
    piece.refresh_from_db()
    assert (piece.edits, piece.current.text) == (4, "The kettle is on.")


def test_a_second_press_saves_no_second_version(mairi, piece, people):
    again(piece, people.ewan, "Second.")
    for _ in range(2):
        answer = restore(mairi, piece, 1, edits=2)
    assert "Nothing was changed" in page_of(answer)
    assert piece.versions.count() == 3


def test_who_may_not_publish_restores_and_is_told_of_posts_that_stay(client, piece, people):
    post = PostFactory(account=AccountFactory(brand=people.brand), piece=piece, scheduled=True)
    second = again(piece, people.ewan, "Second.")
    Post.objects.update(piece_version=second)
    client.force_login(people.ewan)
    page = page_of(client.get(restoring(piece, 1)))
    assert "1 post of this piece is not out yet and keeps what it says." in page
    assert "Your role does not include changing it." in page
    restore(client, piece, 1, edits=2, follow=[post])
    post.refresh_from_db()
    piece.refresh_from_db()
    assert (piece.current.number, post.piece_version.number) == (3, 2)


def test_posts_beyond_the_most_that_are_offered_are_counted(mairi, piece, people, monkeypatch):
    monkeypatch.setattr(following, "FOLLOWERS_MAX", 2)
    for _ in range(3):
        PostFactory(account=AccountFactory(brand=people.brand), piece=piece, scheduled=True)
    again(piece, people.ewan, "Second.")
    page = page_of(mairi.get(restoring(piece, 1)))
    assert "1 more post of this piece is not out yet and keeps what it says." in page
