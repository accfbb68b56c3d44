"""Tables become pieces and posts: read, judged row by row, made once and whole, and taken back."""

import threading

import pytest
from django.db import connection
from django.db.models import F

from content.hashtags import ban
from content.models import Label, Piece, TextPrint
from organisation.models import AuditEntry
from posting.deciding import NotPossible
from posting.models import Batch, Post
from posting.search import matching_pieces
from posting.states import Hold, Status
from scheduling.importing import bringing, working
from scheduling.importing.confirming import has_left, undo
from scheduling.models import Import
from scheduling.timing import schedule
from tests.scheduling.importing.conftest import NOW, checked, confirmed

State = Import.State


def bad(imported):
    return {row: (column, sentence) for row, column, sentence in imported.report["bad"]}


def test_rows_become_pieces_with_all_that_pieces_have(shop):
    imported = checked(shop, "title,text,link,labels,text: mastodon/status\n"
                             "Peat,Peat smoke,https://example.org/peat,\"Winter, Craft\",Short\n"
                             ",Second row,,craft,\n")  # fmt: skip
    assert imported.state == State.CHECKED
    assert (imported.report["pieces"], imported.report["posts"]) == (2, 0)
    assert imported.report["new_labels"] == ["Craft", "Winter"]
    assert not Piece.objects.exists()
    done = confirmed(imported, shop.mairi)
    assert done.state == State.DONE
    peat, second = Piece.objects.order_by("pk")
    assert (peat.title, second.title) == ("Peat", "Second row")
    assert (peat.status, peat.origin, peat.edits, peat.author) == (
        "ready", "imported", 1, shop.mairi)  # fmt: skip
    assert peat.current.text == "Peat smoke"
    assert peat.current.link == "https://example.org/peat"
    assert peat.current.variants == {"mastodon/status": {"text": "Short"}}
    assert sorted(label.name for label in peat.labels.all()) == ["Craft", "Winter"]
    assert Label.objects.count() == 2
    assert TextPrint.objects.filter(version=peat.current).count() == 2
    found = matching_pieces("smoke", [shop.brand.pk])
    assert found is not None
    assert Piece.objects.filter(pk__in=found).get() == peat
    assert list(done.pieces.values_list("piece", "row")) == [(peat.pk, 2), (second.pk, 3)]
    assert AuditEntry.objects.filter(verb="import", user=shop.mairi).count() == 1
    assert not done.file


def test_rows_with_times_become_scheduled_posts_by_the_clock_that_is_meant(shop):
    done = confirmed(checked(shop,
        "text,account,channel,time,zone\n"
        "One,Glen & Loom,,2026-12-01 09:30,\n"
        "Two,loom of the glen,status,2026-12-01 09:30,\n"
        "Three,Glen & Loom,,2026-12-02 09:30,Asia/Tokyo\n"), shop.mairi)  # fmt: skip
    posts = {post.piece_version.text: post for post in Post.objects.all()}
    assert {post.status for post in posts.values()} == {Status.SCHEDULED}
    assert posts["One"].due_at.isoformat() == "2026-12-01T09:30:00+00:00"
    assert posts["Two"].due_at.isoformat() == "2026-12-01T14:30:00+00:00"
    assert posts["Three"].due_at.isoformat() == "2026-12-02T00:30:00+00:00"
    assert (posts["Three"].wall_time, posts["Three"].zone) == ("2026-12-02T09:30:00", "Asia/Tokyo")
    assert done.batch == Batch.objects.get(pk=done.pk)
    assert done.batch.posts.count() == 3


def test_rows_that_name_the_same_piece_are_one_piece(shop):
    confirmed(checked(shop,
        "piece,text,platform,time\n"
        "a,One,facebook,2026-12-01 09:30\n"
        "a,,mastodon,2026-12-02 09:30\n"
        "a,One,facebook,2026-12-09 09:30\n"), shop.mairi)  # fmt: skip
    piece = Piece.objects.get()
    assert sorted(piece.posts.values_list("account", "copy")) == sorted([
        (shop.page.pk, 1), (shop.fedi.pk, 1), (shop.page.pk, 2)])  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (",,,", None, None),
        ("No text at all? " * 0 + ",https://,,", "link", "not a web address"),
        ("A\x00B,,,", "text", "no platform can take"),
        ("A,,Nobody,", "account", "has no account “Nobody”"),
        ("A,,Glen & Loom,2020-01-01 09:00", "time", "in the past"),
        ("A,,Glen & Loom,tomorrow", "time", "not a date and time"),
        ("A,,Glen & Loom,2027-03-28 01:30", "time", "does not exist on 28 March 2027"),
        ("A,,Glen & Loom,03/04/2027 10:00", "time", "may mean two days"),
        ("A,,,2026-12-01 09:00", "account", "names no account"),
        ("A,,Glen & Loom,2099-01-01 09:00", "time", "five years"),
        ("A,,,,one,too,many", "", "headings are 4"),
    ],
)
def test_a_row_that_cannot_be_says_where_and_why(shop, row, column, words):
    imported = checked(shop, f"text,link,account,time\nGood,,,\n{row}\n")
    if column is None:
        assert imported.report["bad"] == []  # a row without anything is no row
        return
    assert bad(imported)[3][0] == column
    assert words in bad(imported)[3][1]
    assert imported.report["pieces"] == 1


def test_nothing_is_half_imported_and_bad_rows_are_left_out_only_when_asked(shop):
    table = "text,link\nGood,\nBad,nowhere\n"
    refused = confirmed(checked(shop, table), shop.mairi)
    assert refused.state == State.CHECKED
    assert "Some rows cannot be imported" in refused.told
    assert not Piece.objects.exists()
    done = confirmed(refused, shop.mairi, without_bad=True)
    assert done.state == State.DONE
    assert Piece.objects.get().title == "Good"


def test_what_changed_since_somebody_looked_is_looked_at_again(shop):
    imported = checked(shop, "text,account,time\nOne,Glen & Loom,2026-12-01 09:30\n")
    shop.page.state = "paused"
    shop.page.save()
    again = confirmed(imported, shop.mairi)
    assert again.state == State.CHECKED
    assert "has changed since you looked" in again.told
    assert "cannot send" in bad(again)[2][1]
    assert not Post.objects.exists()


def test_conflicts_are_counted_before(shop):
    imported = checked(shop,
        "text,account,time\n"
        "One,Glen & Loom,2026-12-01 09:30\nTwo,Glen & Loom,2026-12-01 09:30\n")  # fmt: skip
    assert imported.report["in_conflict"] == 2
    assert imported.report["conflicts"][0] == ["too close to another post of the account", 2]


def test_a_time_that_comes_twice_is_told_and_can_be_said(shop):
    table = "text,account,time,which\nA,Loom of the Glen,2027-11-07 01:30,{}\n"
    told = checked(shop, table.format(""))
    assert told.report["twice"] == [2]
    first = confirmed(told, shop.mairi)
    second = confirmed(checked(shop, table.format("second")), shop.mairi)
    one, other = (found.batch.posts.get() for found in (first, second))
    assert (one.fold, other.fold) == (0, 1)
    assert [post.due_at.hour for post in (one, other) if post.due_at] == [5, 6]


def test_rows_without_an_account_go_where_the_form_says(shop):
    kind = shop.page.platform.channel_types.get(slug="feed-post")
    imported = checked(shop,
        "Text,Image URL,Tags,Posting Time\nHello,https://example.org/a.jpg,wool,2026-12-01 12:30\n",
        to=[f"{shop.page.pk}-{kind.pk}"])  # fmt: skip
    assert imported.report["addresses"] == 1
    confirmed(imported, shop.mairi)
    post = Post.objects.get()
    assert (post.account, post.wall_time) == (shop.page, "2026-12-01T12:30:00")
    assert post.piece.labels.get().name == "wool"


def test_an_author_imports_pieces_and_posts_that_wait_for_approval(shop):
    table = "text,account,time\nOne,Glen & Loom,2026-12-01 09:30\n"
    refused = confirmed(checked(shop, table), shop.ewan)
    assert refused.state == State.CHECKED
    assert "does not include scheduling" in refused.told
    done = confirmed(checked(shop, table, for_approval=True), shop.ewan)
    post = done.batch.posts.get()
    assert (post.status, Hold.APPROVAL in post.held_by) == (Status.SCHEDULED, True)


def test_undo_takes_back_what_nobody_touched(shop):
    done = confirmed(checked(shop,
        "text,account,time\nOne,Glen & Loom,2026-12-01 09:30\nTwo,Glen & Loom,2026-12-03 09:30\n"
        "Three,,\n"), shop.mairi)  # fmt: skip
    moved = Post.objects.get(piece_version__text="Two")
    schedule(moved, wall="2026-12-05 10:00", zone="UTC", by=shop.mairi, now=NOW)
    outcome = undo(done, by=shop.mairi, now=NOW)
    assert (outcome.posts, outcome.kept_posts) == (1, 1)
    assert (outcome.pieces, outcome.kept_pieces) == (2, 1)
    assert dict(Post.objects.values_list("piece_version__text", "status")) == {
        "One": Status.CANCELLED, "Two": Status.SCHEDULED}  # fmt: skip
    assert dict(Piece.objects.values_list("title", "status")) == {
        "One": "archived", "Two": "ready", "Three": "archived"}  # fmt: skip
    again = undo(done, by=shop.mairi, now=NOW)
    assert (again.posts, again.pieces) == (0, 0)


def test_undo_ends_when_the_first_post_leaves(shop):
    done = confirmed(checked(shop, "text,account,time\nOne,Glen & Loom,2026-12-01 09:30\n"),
                     shop.mairi)  # fmt: skip
    Post.objects.update(status=Status.PUBLISHING, lease_until=NOW)
    assert has_left(done)
    with pytest.raises(NotPossible, match="too late"):
        undo(done, by=shop.mairi, now=NOW)
    assert Piece.objects.get().status == "ready"


def test_a_file_that_stops_its_worker_each_time_is_given_back(shop, monkeypatch):
    imported = checked(shop, "text\nOne\n")
    Import.objects.filter(pk=imported.pk).update(state=State.CHECKING, tries=working.TRIES)
    working.work(imported.pk, NOW)
    imported.refresh_from_db()
    assert imported.state == State.COLUMNS
    assert "stopped three times" in imported.told


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_make_one_set(shop):
    imported = checked(shop, "text,account,time\nOne,Glen & Loom,2026-12-01 09:30\nTwo,,\n")
    start, refused = threading.Barrier(2), []

    def press():
        try:
            start.wait(timeout=30)
            confirmed(Import.objects.get(pk=imported.pk), shop.mairi)
        except NotPossible as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    together(press)
    assert len(refused) == 1
    assert "in another window" in refused[0]
    assert (Piece.objects.count(), Post.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_import_make_one_set(shop):
    """One was thought dead, and a second took its work over while it went on."""
    imported = checked(shop, "text,account,time\nOne,Glen & Loom,2026-12-01 09:30\nTwo,,\n")
    bringing.ask_to_save(imported, digest=imported.digest, without_bad=False, by=shop.mairi,
                         version=imported.version, now=NOW)  # fmt: skip
    late = NOW + 2 * working.LEASE
    start = threading.Barrier(2)
    moments = iter((NOW, late))

    def take():
        try:
            now = next(moments)
            start.wait(timeout=30)
            working.work(imported.pk, now)
        finally:
            connection.close()

    together(take)
    assert (Piece.objects.count(), Post.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_overtaken_while_it_read_makes_nothing(shop, monkeypatch):
    """Its lease ended while it read, another began to save, and then it went on."""
    imported = checked(shop, "text\nOne\n")
    bringing.ask_to_save(imported, digest=imported.digest, without_bad=False, by=shop.mairi,
                         version=imported.version, now=NOW)  # fmt: skip
    save = working.save

    def overtaken(*args, **kwargs):
        Import.objects.filter(pk=imported.pk).update(lease_token=F("lease_token") + 1)
        return save(*args, **kwargs)

    monkeypatch.setattr(working, "save", overtaken)
    working.work(imported.pk, NOW)
    assert not Piece.objects.exists()


def together(act):
    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def test_hashtags_the_brand_does_not_use_are_told(shop):
    ban(shop.brand, "cheap", stops=True, why="", by=shop.mairi)
    imported = checked(shop, "text,account\nA #cheap,\nB #cheap,Glen & Loom\nC,\n")
    assert imported.report["banned"] == [2, 3]
    assert "does not use #cheap" in bad(imported)[3][1]
    assert imported.report["pieces"] == 2
