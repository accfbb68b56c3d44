"""`manage.py schedule`: all of it or nothing, and every refusal a sentence."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from content.models import MediaAsset, Piece
from organisation.models import AuditEntry, Role
from platforms.models import Account
from posting.models import Post
from posting.states import Status
from tests.content.pictures import picture
from tests.factories import (
    AccountFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("boss", "data_dir")]
YEAR = datetime.now(UTC).year + 1
AT = f"{YEAR}-11-24 09:30"
TEXT = ("--text", "Smells of peat.")
TO_PAGE = ("--account", "facebook:The Page")
TO_PROFILE = ("--account", "mastodon:2002")
ARGUMENTS = ("schedule", *TEXT, *TO_PAGE, "--at", AT)


def test_a_text_to_two_accounts_is_one_piece_and_two_scheduled_posts(run, page, profile, boss):
    said = run("schedule", *TEXT, *TO_PAGE, *TO_PROFILE, "--at", AT, "--zone", "Europe/Paris")
    first, second = Post.objects.order_by("pk")
    assert (first.account, second.account) == (page, profile)
    assert first.piece == second.piece == Piece.objects.get()
    assert {post.status for post in (first, second)} == {Status.SCHEDULED}
    assert first.due_at == second.due_at == datetime(YEAR, 11, 24, 8, 30, tzinfo=UTC)
    assert f"Post {first.pk} to Facebook, The Page is scheduled for {AT}:00 Europe/Paris" in said
    assert set(AuditEntry.objects.values_list("user", flat=True)) == {boss.pk}


def test_without_a_zone_each_account_uses_its_own(run, brand):
    for zone in ("Asia/Tokyo", "America/New_York"):
        AccountFactory(brand=brand, name=zone, timezone=zone)
    run("schedule", *TEXT, "--account", "facebook:Asia/Tokyo",
        "--account", "facebook:America/New_York", "--at", AT)  # fmt: skip
    assert set(Post.objects.values_list("zone", "due_at__hour")) == {
        ("Asia/Tokyo", 0),
        ("America/New_York", 14),
    }


def test_a_picture_goes_along_with_its_description(run, page, tmp_path):
    path = tmp_path / "loom.jpg"
    path.write_bytes(picture())
    run(*ARGUMENTS, "--image", str(path), "--alt", "A loom")
    [use] = Post.objects.get().piece_version.media.all()
    assert use.alt == use.asset.alt == "A loom"
    assert use.asset.original_name == "loom.jpg"


def test_title_and_link_are_kept(run, page):
    run(*ARGUMENTS, "--title", "Peat", "--link", "https://example.org/peat")
    piece = Piece.objects.get()
    assert (piece.title, piece.current.link) == ("Peat", "https://example.org/peat")


def test_a_dash_reads_the_text_from_standard_input(run, page, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("From a file.\n"))
    run("schedule", "--text", "-", *TO_PAGE, "--at", AT)
    assert Piece.objects.get().current.text == "From a file."


def test_a_piece_that_is_there_gets_a_post(run, page, brand):
    piece = PieceFactory(brand=brand)
    run("schedule", "--piece", str(piece.pk), *TO_PAGE, "--at", AT)
    assert Post.objects.get().piece == piece


def test_a_ready_post_of_the_piece_is_used_and_not_doubled(run, page, brand):
    post = PostFactory(account=page, piece=PieceFactory(brand=brand))
    run("schedule", "--piece", str(post.piece_id), *TO_PAGE, "--at", AT)
    assert Post.objects.get().status == Status.SCHEDULED


def test_a_scheduled_post_is_moved(run, page):
    post = PostFactory(account=page, scheduled=True)
    run("schedule", "--post", str(post.pk), "--at", AT, "--zone", "UTC")
    post.refresh_from_db()
    assert post.wall_time == f"{YEAR}-11-24T09:30:00"


def test_a_time_that_comes_twice_means_the_first_and_says_so(run, page):
    said = run("schedule", *TEXT, *TO_PAGE, "--at", "2027-10-31 01:30", "--zone", "Europe/London")
    assert "That time comes twice" in said
    assert Post.objects.get().due_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_fold_1_means_the_second_of_two_equal_times(run, page):
    said = run("schedule", *TEXT, *TO_PAGE, "--at", "2027-10-31 01:30", "--zone", "Europe/London",
               "--fold", "1")  # fmt: skip
    assert "twice" not in said
    assert Post.objects.get().due_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_a_post_that_needs_approval_is_scheduled_and_says_that_it_waits(run, page):
    Account.objects.update(approval_rule=Account.ApprovalRule.ANYONE)
    assert "It waits for approval first." in run(*ARGUMENTS)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (("--at", "2020-01-01 10:00"), "is in the past"),
        (("--at", "2027-03-28 01:30", "--zone", "Europe/London"), "does not exist on 28 March"),
        (("--at", "tomorrow"), "Write it as 2026-11-24 09:30"),
        (("--zone", "Europe/Londn"), "Europe/Londn is not a time zone"),
        (("--fold", "3"), "The fold of a time is 0"),
        (("--text", ""), "There is nothing to send to Facebook"),
        (("--text", "a\x00b"), "a character no platform can take"),
        (("--text", "x" * 100_001), "100,001 characters and 100,000 is the most"),
        (("--link", "nowhere"), "nowhere is not a web address"),
        (("--account", "mastodon:Nobody"), "There is no account mastodon:Nobody. There is"),
        (("--account", "The Page"), "There is no account The Page"),
        (("--by", "nobody"), "There is no active person named nobody"),
        (("--alt", "A loom"), "1 descriptions for 0 images"),
        (("--image", "nowhere.jpg"), "nowhere.jpg cannot be read: No such file"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(refused, page, changes, words):
    assert words in refused(*ARGUMENTS, *changes)


def test_a_text_too_long_for_one_account_makes_no_post_to_the_other(refused, page, profile):
    said = refused("schedule", "--text", "x" * 501, *TO_PAGE, *TO_PROFILE, "--at", AT)
    assert said == (
        "The text has 501 characters and Mastodon takes 500. Shorten it by 1. Nothing was made."
    )


def test_every_reason_is_told_at_once(refused, page, profile):
    Account.objects.filter(pk=page.pk).update(state="paused", state_reason="Paused by Mairi.")
    said = refused("schedule", "--text", "x" * 501, *TO_PAGE, *TO_PROFILE, "--at", AT)
    assert "The Page cannot send: paused. Paused by Mairi." in said
    assert "Mastodon takes 500" in said


def test_a_file_that_is_no_picture_is_refused(refused, page, tmp_path):
    path = tmp_path / "loom.jpg"
    path.write_bytes(b"<html>not a loom</html>")
    assert "loom.jpg is not a picture" in refused(*ARGUMENTS, "--image", str(path))


def test_a_picture_is_not_kept_when_the_post_is_refused_later(run, page, tmp_path, monkeypatch):
    path = tmp_path / "loom.jpg"
    path.write_bytes(picture())
    monkeypatch.setattr("posting.drafting.queue_post", _fails)
    with pytest.raises(RuntimeError):
        run(*ARGUMENTS, "--image", str(path))
    assert not MediaAsset.objects.exists()
    assert not Piece.objects.exists()


def _fails(*_: object, **__: object) -> None:
    raise RuntimeError("after the piece and before the post")


def test_accounts_of_two_brands_are_refused(refused, page):
    AccountFactory(name="Elsewhere", platform="mastodon")
    said = refused("schedule", *TEXT, *TO_PAGE, "--account", "mastodon:Elsewhere", "--at", AT)
    assert "a piece belongs to one brand" in said


def test_a_name_that_two_brands_use_asks_for_the_number(refused, run, page):
    other = AccountFactory(name="The Page")
    assert f"{page.pk} (Glen & Loom)" in refused(*ARGUMENTS)
    run("schedule", *TEXT, "--account", str(other.pk), "--at", AT)
    assert Post.objects.get().account == other


def test_an_author_may_not_schedule(refused, page, brand):
    UserFactory(username="mairi", first_name="Mairi", last_name="Fraser")
    author = UserFactory(username="una")
    MembershipFactory(user=author, brand=brand, role=Role.AUTHOR)
    assert "may not publish for Glen & Loom" in refused(*ARGUMENTS, "--by", "una")
    assert "There is no account" in refused(*ARGUMENTS, "--by", "mairi")


def test_a_publisher_acts_in_their_own_name(run, page, brand):
    mairi = UserFactory(username="mairi")
    MembershipFactory(user=mairi, brand=brand, role=Role.PUBLISHER)
    run(*ARGUMENTS, "--by", "mairi")
    assert Post.objects.get().author == mairi


def test_with_two_administrators_one_has_to_be_named(refused, page):
    UserFactory(boss=True)
    assert "Name that person with --by" in refused(*ARGUMENTS)


def test_without_an_administrator_a_person_has_to_be_named(refused, page, boss):
    boss.is_superuser = False
    boss.save()
    assert "There is no administrator" in refused(*ARGUMENTS)


@pytest.mark.parametrize("missing", ["what", "where"])
def test_what_and_where_have_to_be_said(refused, page, missing):
    arguments = TO_PAGE if missing == "what" else TEXT
    assert "Nothing was done." in refused("schedule", *arguments, "--at", AT)


def test_a_post_with_a_text_beside_it_is_refused(refused, page):
    post = PostFactory(account=page)
    assert "Leave out --text" in refused(*ARGUMENTS, "--post", str(post.pk))


@pytest.mark.parametrize("option", ["--post", "--piece"])
def test_a_number_that_is_not_there_is_refused(refused, page, option):
    arguments = (option, "999", *(TO_PAGE if option == "--piece" else ()))
    said = refused("schedule", *arguments, "--at", AT)
    assert re.match(r"There is no (post|piece) 999", said)


def test_a_piece_the_account_has_already_is_refused_with_the_other_post_left_alone(
    refused, page, brand
):
    post = PostFactory(account=page, piece=PieceFactory(brand=brand), published=True)
    said = refused("schedule", "--piece", str(post.piece_id), *TO_PAGE, "--at", AT)
    assert "has a post to The Page already" in said


def test_a_post_on_its_way_is_refused(refused, page):
    post = PostFactory(account=page, publishing=True, due=datetime.now(UTC) - timedelta(minutes=1))
    assert "publishing" in refused("schedule", "--post", str(post.pk), "--at", AT)
