"""From the composer's form to posts: as a whole, once, and only by those who may."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from content.models import Draft, Piece
from content.writing import save_version
from organisation.models import Role
from platforms.models import Account
from posting.models import Batch, Post
from posting.states import Hold, Status
from tests.desk.composing import CHECK, COMPOSE, form, place_of
from tests.factories import (
    AccountFactory,
    ApprovalFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
)


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand)


@pytest.fixture
def toot(people):
    return AccountFactory(brand=people.brand, platform="mastodon")


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return client


def opened(client, **asked):
    return client.get(COMPOSE, asked, follow=True)


def statuses():
    return sorted(Post.objects.values_list("status", flat=True))


def sentences(answer, name):
    return answer.context["errors"].get(name, [])


def test_at_a_time_makes_scheduled_posts_and_leads_to_their_batch(mairi, account, toot):
    filled = form(account, toot)
    answer = mairi.post(COMPOSE, filled)
    assert answer.url == reverse("desk:batch", args=[filled["key"]])
    assert statuses() == [Status.SCHEDULED, Status.SCHEDULED]
    assert {post.wall_time[11:16] for post in Post.objects.all()} == {"09:30"}


def test_publish_now_is_due_at_once(mairi, account):
    mairi.post(COMPOSE, form(account, when="now"))
    assert Post.objects.get().due_at <= timezone.now()


def test_publish_now_with_a_hold_waits_that_long(mairi, account):
    mairi.post(COMPOSE, form(account, when="now", hold="30"))
    left = Post.objects.get().due_at - timezone.now()
    assert timedelta(seconds=25) < left <= timedelta(seconds=30)


def test_for_approval_holds_the_post(mairi, account):
    mairi.post(COMPOSE, form(account, when="approval", time=""))
    post = Post.objects.get()
    assert (post.status, post.held_by) == (Status.READY, Hold.APPROVAL)


def test_for_approval_with_a_time_keeps_the_time(mairi, account):
    mairi.post(COMPOSE, form(account, when="approval"))
    post = Post.objects.get()
    assert (post.status, post.held_by) == (Status.SCHEDULED, Hold.APPROVAL)


def test_ready_makes_posts_without_a_time(mairi, account):
    mairi.post(COMPOSE, form(account, when="ready"))
    assert statuses() == [Status.READY]


def test_ready_without_an_account_saves_the_piece_once(mairi, people):
    filled = form(brand=people.brand, when="ready")
    for _ in range(2):
        answer = mairi.post(COMPOSE, filled)
        assert answer.url.startswith(f"{COMPOSE}?piece={Piece.objects.get().pk}")
    assert not Batch.objects.exists()


def test_sending_forgets_the_draft(mairi, people, account):
    filled = form(account)
    Draft.objects.create(id=filled["key"], brand=people.brand, by=people.mairi, edits=1)
    mairi.post(COMPOSE, filled | {"draft_edits": "1"})
    assert not Draft.objects.exists()


def test_each_accounts_own_zone(mairi, account, people):
    far = AccountFactory(brand=people.brand, timezone="America/New_York")
    mairi.post(COMPOSE, form(account, far, zone="own"))
    assert set(Post.objects.values_list("zone", flat=True)) == {"Europe/London", "America/New_York"}


def test_a_channel_may_have_a_text_of_its_own(mairi, account, toot):
    own = {"own-text:mastodon/status": "Kettle's on!", "own-pictures:mastodon/status": "0"}
    mairi.post(COMPOSE, form(account, toot, **own))
    variants = Piece.objects.get().current.variants
    assert variants == {"mastodon/status": {"text": "Kettle's on!", "pictures": 0}}


# Who may


@pytest.mark.parametrize("when", ["now", "at"])
def test_who_may_only_write_cannot_publish(client, people, account, when):
    client.force_login(people.ewan)
    assert client.post(COMPOSE, form(account, when=when)).status_code == 403
    assert not Piece.objects.exists()


@pytest.mark.parametrize("when", ["approval", "ready"])
def test_who_may_write_can_ask_for_approval(client, people, account, when):
    client.force_login(people.ewan)
    assert client.post(COMPOSE, form(account, when=when)).status_code == 302
    assert Post.objects.get().author == people.ewan


def test_the_ways_one_may_not_use_are_not_shown(client, people, account):
    client.force_login(people.ewan)
    page = client.get(COMPOSE, follow=True).content.decode()
    assert 'value="now"' not in page
    assert 'value="at"' not in page
    assert 'value="approval" checked' in page


def test_who_works_elsewhere_finds_nothing(client, people, account):
    client.force_login(people.isla)
    assert client.post(COMPOSE, form(account)).status_code == 404
    assert opened(client, account=account.pk).status_code == 404
    piece = PieceFactory(brand=people.brand)
    assert opened(client, piece=piece.pk).status_code == 404
    assert not Post.objects.exists()


def test_who_may_not_write_is_told(client, people, account):
    auditor = MembershipFactory(brand=people.brand, role=Role.AUDITOR).user
    client.force_login(auditor)
    assert opened(client).status_code == 403
    assert opened(client, account=account.pk).status_code == 403
    assert client.post(COMPOSE, form(account)).status_code == 404


def test_strangers_are_asked_to_sign_in(client, account):
    assert client.get(COMPOSE).url.startswith(reverse("desk:sign_in"))
    assert client.post(COMPOSE, form(account)).status_code == 403
    assert not Post.objects.exists()


def test_ids_of_another_brand_are_not_found(mairi, people, account):
    other = AccountFactory()
    foreign = PieceFactory(brand=other.brand)
    for wrong in (
        {"to": [place_of(other)]},
        {"piece": foreign.pk},
        {"brand": other.brand_id},
        {"picture": ["987654"]},
        {"brand": "x"},
        {"key": "none"},
        {"piece": "-1"},
    ):
        assert mairi.post(COMPOSE, form(account) | wrong).status_code == 404
    assert not Piece.objects.filter(brand=people.brand).exists()


def test_the_key_of_someone_elses_batch_is_not_found(client, people, account):
    filled = form(account)
    client.force_login(people.mairi)
    client.post(COMPOSE, filled)
    client.force_login(people.ewan)
    assert client.post(COMPOSE, filled | {"when": "ready"}).status_code == 404


def test_a_form_without_its_token_is_refused(people, account):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.mairi)
    assert strict.post(COMPOSE, form(account)).status_code == 403
    assert not Post.objects.exists()


# What is wrong is said beside its field, and nothing is lost


WRONG = [
    ({"text": ""}, "text", "There is nothing to send"),
    ({"text": "broken \x00 here"}, "text", "character no platform can take"),
    ({"text": "x" * 100_001}, "text", "100,001 characters"),
    ({"title": "broken \x00 here"}, "title", "character no platform can take"),
    ({"own-text:mastodon/status": "y" * 100_001}, "own-text:mastodon/status", "100,001"),
    ({"link": "javascript:alert(1)"}, "link", "not a web address"),
    ({"to": []}, "to", "No account is chosen"),
    ({"when": "whenever"}, "when", "Choose what"),
    ({"time": ""}, "time", "A time needs both"),
    ({"day": "the first"}, "time", "is not a date and time"),
    ({"day": "2020-01-01"}, "time", "in the past"),
    ({"day": "9999-01-01"}, "time", "more than five years"),
    ({"zone": "Europe/Atlantis"}, "time", "is not a time zone"),
    ({"zone": ""}, "time", "is not a time zone"),
    ({"day": "2027-03-28", "time": "01:30"}, "time", "does not exist on 28 March 2027"),
    ({"day": "2027-10-31", "time": "01:30"}, "time", "comes twice"),
]


@pytest.mark.parametrize(("wrong", "field", "words"), WRONG, ids=[f"{w}"[:40] for w, *_ in WRONG])
def test_what_is_wrong_stands_at_its_field(mairi, account, wrong, field, words):
    filled = form(account, **wrong)
    answer = mairi.post(COMPOSE, filled)
    assert answer.status_code == 200
    assert words in " ".join(sentences(answer, field))
    assert answer.context["filled"].text == filled["text"]
    assert not Post.objects.exists()
    assert not Piece.objects.exists()


def test_five_megabytes_of_text_are_refused_in_words_and_come_back(mairi, account):
    answer = mairi.post(COMPOSE, form(account, text="æ" * 2_500_000))
    assert "2,500,000 characters" in sentences(answer, "text")[0]
    assert answer.context["filled"].text.count("æ") == 2_500_000


def test_a_text_nobody_can_see_is_none(mairi, account):
    answer = mairi.post(COMPOSE, form(account, text="\u200b\u2060\u200f"))
    assert "nothing to send" in sentences(answer, f"to:{place_of(account)}")[0]


def test_the_second_of_two_equal_times_can_be_meant(mairi, account):
    mairi.post(COMPOSE, form(account, day="2027-10-31", time="01:30", fold="1"))
    assert Post.objects.get().due_at.isoformat() == "2027-10-31T01:30:00+00:00"


def test_a_text_that_is_too_long_for_one_account_stops_all(mairi, account, toot):
    answer = mairi.post(COMPOSE, form(account, toot, text="x" * 600))
    [reason] = sentences(answer, f"to:{place_of(toot)}")
    assert "600 characters and Mastodon takes 500" in reason
    assert not Piece.objects.exists()


def test_a_paused_account_is_named(mairi, account, toot):
    Account.objects.filter(pk=toot.pk).update(state=Account.State.PAUSED)
    answer = mairi.post(COMPOSE, form(account, toot))
    assert "cannot send: paused" in sentences(answer, f"to:{place_of(toot)}")[0]
    assert "It cannot send now" in answer.content.decode()
    assert not Post.objects.exists()


def test_script_in_every_field_is_only_text(mairi, account):
    bad = "<script>alert(1)</script>"
    fields = ("title", "text", "link", "day", "time", "zone", "own-text:mastodon/status")
    page = mairi.post(COMPOSE, form(account, **dict.fromkeys(fields, bad))).content.decode()
    assert bad not in page
    assert "&lt;script&gt;" in page


def test_right_to_left_text_goes_through_as_it_is(mairi, account):
    text = "שלום \u202eabc\u202c العربية"
    mairi.post(COMPOSE, form(account, text=text))
    assert Piece.objects.get().current.text == text


def test_the_broker_being_down_fails_nothing(mairi, account, settings, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr("posting.tasks.drain.apply_async", refuse)
    assert mairi.post(COMPOSE, form(account, when="now")).status_code == 302
    assert statuses() == [Status.SCHEDULED]


# Editing a piece


@pytest.fixture
def piece(people):
    return PieceFactory(brand=people.brand, text="As it was.", by=people.mairi)


def edit(piece, *accounts, **more):
    known = {"piece": piece.pk, "piece_edits": piece.edits, "title": piece.title}
    return form(*accounts, brand=piece.brand, **{"text": "Better now.", **known, **more})


def test_editing_saves_a_new_version(mairi, piece):
    mairi.post(COMPOSE, edit(piece, when="ready"))
    piece.refresh_from_db()
    assert (piece.edits, piece.current.text) == (2, "Better now.")


def test_sending_an_unchanged_piece_makes_no_version(mairi, piece, account):
    mairi.post(COMPOSE, edit(piece, account, text="As it was."))
    piece.refresh_from_db()
    assert (piece.edits, Post.objects.get().piece_version) == (1, piece.current)


def test_two_editors_see_both_texts_and_nothing_is_lost(mairi, piece, account):
    mairi.post(COMPOSE, edit(piece, when="ready", text="Theirs."))
    late = edit(piece, account, text="Mine.")
    answer = mairi.post(COMPOSE, late)
    page = answer.content.decode()
    assert "Theirs." in page
    assert "Mine." in page
    assert not Post.objects.exists()
    kept = mairi.post(COMPOSE, late | {"fix": "keep-mine"})
    assert kept.context["filled"].piece_edits == 2
    mairi.post(COMPOSE, late | {"piece_edits": "2"})
    piece.refresh_from_db()
    assert (piece.edits, piece.current.text) == (3, "Mine.")
    assert set(piece.versions.values_list("text", flat=True)) == {"As it was.", "Theirs.", "Mine."}


def test_a_piece_goes_to_an_account_again_only_when_asked(mairi, piece, account):
    PostFactory(account=account, piece=piece)
    answer = mairi.post(COMPOSE, edit(piece, account))
    assert "has a post to" in sentences(answer, f"to:{place_of(account)}")[0]
    mairi.post(COMPOSE, edit(piece, account, again="on", key=str(uuid.uuid4())))
    assert sorted(Post.objects.values_list("copy", flat=True)) == [1, 2]


def test_a_change_takes_along_the_posts_that_are_ticked(mairi, people, piece, account, toot):
    one, other = (PostFactory(account=a, piece=piece, scheduled=True) for a in (account, toot))
    ApprovalFactory(post=one, by=people.mairi)
    page = opened(mairi, piece=piece.pk).content.decode()
    assert "changes 2 posts that are not out yet, 1 of them approved" in " ".join(page.split())
    mairi.post(COMPOSE, edit(piece, when="ready", follow=[one.pk]))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.piece_version.number, one.held_by) == (2, Hold.APPROVAL)
    assert (other.piece_version.number, other.held_by) == (1, Hold.NONE)


def test_a_post_that_cannot_follow_keeps_all_as_it_was(mairi, piece, toot):
    post = PostFactory(account=toot, piece=piece, scheduled=True)
    answer = mairi.post(COMPOSE, edit(piece, when="ready", follow=[post.pk], text="x" * 501))
    assert "The post stays as it was" in sentences(answer, f"follow:{post.pk}")[0]
    piece.refresh_from_db()
    assert piece.edits == 1


def test_words_saved_by_another_are_told_while_one_still_writes(mairi, piece):
    filled = edit(piece, when="ready", text="Mine.")
    assert "saved this piece meanwhile" not in mairi.post(CHECK, filled).content.decode()
    save_version(piece, text="Theirs.", by=piece.author, expected_edits=1)
    later = filled | {"draft_edits": "1"}
    assert "saved this piece meanwhile" in mairi.post(CHECK, later).content.decode()
    page = mairi.post(COMPOSE, later | {"fix": "check"}).content.decode()
    assert "Both texts stand here" in page


def test_the_same_words_saved_by_another_are_no_conflict(mairi, piece):
    filled = edit(piece, when="ready", text="The same.")
    save_version(piece, text="The same.", by=piece.author, expected_edits=1)
    assert "saved this piece meanwhile" not in mairi.post(CHECK, filled).content.decode()
    assert mairi.post(COMPOSE, filled).status_code == 302
