"""The calendar's answers: what it draws, by whose clock, what it refuses, and how often it asks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from desk.calendar import events as calendar_events
from organisation.models import Role
from platforms.models import Account
from posting.models import Post
from posting.states import Hold, Status
from scheduling.models import DayNote
from scheduling.timing import schedule
from tests.factories import (
    AccountFactory,
    DayNoteFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PAGE = reverse("desk:calendar")
EVENTS = reverse("desk:calendar_events")
LOOM, FERRY = "The loom is warped for Monday.", "Our ferry leaves at nine, whatever blows."
MARKS = reverse("desk:calendar_marks")
NOTES = reverse("desk:day_note_new")
MONTH = {"first": "2026-11-01", "last": "2026-12-01"}


@pytest.fixture
def mairi(client, people, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(people.mairi)
    return client


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, name="Glen & Loom")


def window(client, **asked):
    answer = client.get(EVENTS, MONTH | asked)
    assert answer.status_code == 200
    return answer.json()


def drawn(client, **asked):
    return [post["id"] for post in window(client, **asked)["posts"]]


def moved(client, post, wall, **more):
    address = reverse("desk:calendar_move", args=[post.pk])
    return client.post(
        address, {"wall": wall, "zone": "Europe/London", "version": post.version} | more
    )


# What is drawn


def test_a_month_asks_as_often_for_200_posts_as_for_2(
    mairi, people, account, django_assert_max_num_queries
):
    other = AccountFactory(brand=people.brand, platform="mastodon")
    counts = []
    for number in (1, 100):
        for one in (account, other):
            piece = PieceFactory(brand=people.brand)
            like = PostFactory(account=one, piece=piece, scheduled=True, due=NOW)
            Post.objects.bulk_create(
                Post(
                    brand=people.brand, platform=like.platform, account=one, piece=piece,
                    channel_type=like.channel_type, piece_version=piece.current,
                    copy=n + 2, status=Status.SCHEDULED, due_at=NOW + timedelta(hours=n + 1),
                    wake_at=NOW + timedelta(hours=n + 1),
                )
                for n in range(number)
            )  # fmt: skip
        DayNoteFactory(brand=people.brand, day=NOW.date())
        with django_assert_max_num_queries(10) as asked:
            window(mairi)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_page_itself_asks_a_fixed_number_of_questions(
    mairi, people, account, django_assert_max_num_queries
):
    mairi.get(PAGE)
    for _ in range(5):
        PostFactory(account=account)
        PieceFactory(brand=people.brand)
    with django_assert_max_num_queries(26) as few:
        mairi.get(PAGE)
    for _ in range(5):
        PostFactory(account=account)
    with django_assert_max_num_queries(len(few)):
        mairi.get(PAGE)


def test_wall_times_are_the_servers_and_have_no_offset(mairi, account):
    PostFactory(account=account, scheduled=True, due=datetime(2026, 11, 25, 14, 30, tzinfo=UTC))
    assert window(mairi)["posts"][0]["at"] == "2026-11-25T14:30:00"
    assert window(mairi, zone="Asia/Kathmandu")["posts"][0]["at"] == "2026-11-25T20:15:00"


def test_each_account_may_be_read_by_its_own_clock(mairi, people, account):
    there = AccountFactory(brand=people.brand, timezone="America/New_York")
    due = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
    for one in (account, there):
        PostFactory(account=one, scheduled=True, due=due)
    found = window(mairi, zone="own")
    assert [p["at"][11:16] for p in found["posts"]] == ["14:30", "09:30"]
    assert found["accounts"][str(there.pk)]["zone"] == "America/New_York"
    assert [p.get("z") for p in found["posts"]] == [None, "EST"]


def test_two_posts_in_the_hour_that_comes_twice_are_told_apart(mairi, account):
    for hour in (0, 1):
        PostFactory(
            account=account, scheduled=True, due=datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        )
    found = window(mairi, first="2026-10-01", last="2026-11-01")["posts"]
    assert [(p["at"][11:16], p["z"]) for p in found] == [("01:30", "BST"), ("01:30", "GMT")]


def test_filters_of_the_hub_narrow_the_calendar(mairi, people, account):
    toot = AccountFactory(brand=people.brand, platform="mastodon")
    mine = PostFactory(account=account, scheduled=True, due=NOW + timedelta(days=1))
    other = PostFactory(account=toot, failed=True, due=NOW, author=people.ewan)
    gone = PostFactory(account=account, cancelled=True, due_at=NOW)
    assert set(drawn(mairi)) == {mine.pk, other.pk}
    assert drawn(mairi, status="cancelled") == [gone.pk]
    assert drawn(mairi, platform="mastodon") == [other.pk]
    assert drawn(mairi, account=account.pk) == [mine.pk]
    assert drawn(mairi, author=people.ewan.pk) == [other.pk]
    assert drawn(mairi, q="nothing like it") == []


def test_other_brands_stay_out_of_sight(mairi, people):
    stranger = PostFactory(account=AccountFactory(), scheduled=True, due=NOW + timedelta(days=1))
    DayNoteFactory(day=NOW.date())
    found = window(mairi)
    assert (found["posts"], found["notes"], found["accounts"]) == ([], [], {})
    for name in ("calendar_post", "calendar_move", "calendar_check"):
        assert mairi.get(reverse(f"desk:{name}", args=[stranger.pk])).status_code == 404
    assert moved(mairi, stranger, "2026-11-25T09:30").status_code == 404


def test_marks_say_what_keeps_a_post_from_going_out(mairi, people, account):
    lost = AccountFactory(brand=people.brand, state=Account.State.NEEDS_RECONNECT)
    until = AccountFactory(
        brand=people.brand, state=Account.State.PAUSED, paused_until=NOW + timedelta(hours=1)
    )
    planned = {"scheduled": True, "due": NOW + timedelta(days=1)}
    posts = {
        "held": PostFactory(account=account, holds=int(Hold.PERSON), **planned),
        "unapproved": PostFactory(account=account, holds=int(Hold.APPROVAL), **planned),
        "lost": PostFactory(account=lost, **planned),
        "resumed before": PostFactory(account=until, **planned),
        "fine": PostFactory(account=account, **planned),
    }
    found = {p["id"]: [m["brief"] for m in p.get("marks", [])] for p in window(mairi)["posts"]}
    assert {name: found[post.pk] for name, post in posts.items()} == {
        "held": ["On hold"], "unapproved": ["Not approved"], "lost": ["Reconnect"],
        "resumed before": [], "fine": [],
    }  # fmt: skip


def test_who_cannot_reschedule_gets_no_handles(client, people, account, time_machine):
    time_machine.move_to(NOW, tick=False)
    out = PostFactory(account=account, published=True, due=NOW)
    planned = PostFactory(account=account, scheduled=True, due=NOW + timedelta(days=1))
    for person, movable in ((people.mairi, {planned.pk}), (people.ewan, set())):
        client.force_login(person)
        posts = window(client)["posts"]
        assert {p["id"] for p in posts} == {out.pk, planned.pk}
        assert {p["id"] for p in posts if p["go"]} == movable


def test_an_unchanged_window_is_not_sent_again(mairi, account, time_machine):
    PostFactory(account=account, scheduled=True, due=NOW + timedelta(days=1))
    tag = mairi.get(EVENTS, MONTH).headers["ETag"]
    time_machine.move_to(NOW + timedelta(minutes=3), tick=False)
    assert mairi.get(EVENTS, MONTH, headers={"If-None-Match": tag}).status_code == 304
    PostFactory(account=account, scheduled=True, due=NOW + timedelta(days=1))
    assert mairi.get(EVENTS, MONTH, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "days",
    [{}, {"first": "x", "last": "y"}, {"first": "2026-11-01", "last": "2026-11-01"},
     {"first": "2020-01-01", "last": "2026-01-01"}, {"first": "0001-01-01", "last": "0001-01-09"},
     {"first": "9999-12-25", "last": "9999-12-31"}],
)  # fmt: skip
def test_days_that_cannot_be_shown_are_no_fault(mairi, days):
    answer = mairi.get(EVENTS, {"zone": "own"} | days)
    assert answer.status_code in (200, 400)
    assert answer.status_code == 400 or answer.json()["posts"] == []


def test_more_than_can_be_drawn_is_cut_and_said(mairi, account, monkeypatch):
    monkeypatch.setattr(calendar_events, "MOST", 2)
    for n in range(3):
        PostFactory(account=account, scheduled=True, due=NOW + timedelta(hours=n + 1))
    found = window(mairi)
    assert (len(found["posts"]), found["cut"]) == (2, 2)


def test_without_a_session_scripts_are_told_so(client, db):
    assert client.get(EVENTS, MONTH).status_code == 401
    assert client.post(reverse("desk:calendar_move", args=[1])).status_code == 401


def test_a_nonsense_zone_is_the_viewers_own(mairi, account):
    assert b"Times in London" in mairi.get(PAGE, {"zone": "../etc/passwd"}).content


# Conflicts


def close_together(account, number=2):
    """Posts ten minutes apart, of an account that keeps half an hour between them."""
    account.minimum_gap = timedelta(minutes=30)
    account.save()
    return [
        PostFactory(
            account=account, scheduled=True, due=NOW + timedelta(days=2, minutes=10 * n),
            piece=PieceFactory(brand=account.brand, text=(LOOM, FERRY)[n % 2]),
        )
        for n in range(number)
    ]  # fmt: skip


def marks(client, **asked):
    answer = client.get(MARKS, MONTH | asked)
    assert answer.status_code == 200
    return {int(pk): [mark["brief"] for mark in row] for pk, row in answer.json()["marks"].items()}


def test_conflicts_are_told_by_post_with_icon_words_and_sentence(mairi, account):
    one, other = close_together(account)
    alone = PostFactory(account=account, scheduled=True, due=NOW + timedelta(days=5))
    found = mairi.get(MARKS, MONTH).json()["marks"]
    assert set(found) == {f"{one.pk}", f"{other.pk}"}
    assert alone.pk not in marks(mairi)
    (mark,) = [mark for mark in found[f"{one.pk}"] if mark["brief"] == "Too close"]
    assert mark["icon"] == "arrows-left-right-to-line"
    assert "It is only 10 min from another post" in mark["sentence"]


def test_conflicts_follow_the_window_and_the_filters_of_the_page(mairi, account):
    close_together(account)
    assert marks(mairi, first="2026-11-01", last="2026-11-25") == {}
    assert marks(mairi, status="failed") == {}
    assert marks(mairi, platform="mastodon") == {}
    assert len(marks(mairi, status="scheduled", account=account.pk)) == 2
    assert mairi.get(MARKS, {"first": "x", "last": "y"}).status_code == 400


def test_conflicts_of_other_brands_are_not_told(mairi, people):
    close_together(AccountFactory())
    assert marks(mairi) == {}


def test_what_the_events_say_themselves_is_not_told_again(mairi, people):
    lost = AccountFactory(brand=people.brand, state=Account.State.NEEDS_RECONNECT)
    planned = {"scheduled": True, "due": NOW + timedelta(days=1)}
    PostFactory(account=lost, holds=int(Hold.APPROVAL), **planned)
    assert marks(mairi) == {}


def test_more_conflicts_cost_no_more_queries(mairi, account, django_assert_max_num_queries):
    close_together(account)
    with django_assert_max_num_queries(14) as few:
        marks(mairi)
    close_together(account, 20)
    with django_assert_max_num_queries(len(few)):
        assert len(marks(mairi)) == 22


def test_the_panel_tells_conflicts_with_what_mends_them_and_leads_back(mairi, people, account):
    one, _ = close_together(account)
    address = reverse("desk:calendar_post", args=[one.pk])
    back = "http://testserver/syndication/scheduling?view=week"
    told = mairi.get(address, headers={"Referer": back}).content.decode()
    assert "It is only 10 min from another post" in told
    assert f'name="next" value="{back}"' in told
    fix = reverse("desk:fix_conflict", args=[one.pk, "ignore"])
    answer = mairi.post(fix, {"kind": "gap", "note": "One story", "next": back})
    assert answer["Location"] == back
    assert "Mairi Fraser left it: One story" in mairi.get(address).content.decode()
    mairi.force_login(people.ewan)
    _, other = close_together(account)
    told = mairi.get(reverse("desk:calendar_post", args=[other.pk])).content.decode()
    assert "at the same time as another post" in told
    assert "Spread out" not in told


def test_the_panel_says_one_thing_once(mairi, people):
    lost = AccountFactory(brand=people.brand, state=Account.State.NEEDS_RECONNECT)
    post = PostFactory(account=lost, scheduled=True, due=NOW + timedelta(days=1))
    told = mairi.get(reverse("desk:calendar_post", args=[post.pk])).content.decode()
    assert "must be reconnected before then" not in told
    assert "See the account" in told


def test_a_move_into_a_conflict_stands_and_says_so(mairi, account):
    one, other = close_together(account)
    assert moved(mairi, one, "2026-11-25T13:00").json()["warned"] == []
    said = moved(mairi, other, "2026-11-25T13:10").json()
    assert "It is only 10 min from another post" in said["warned"][0]
    assert said["undo"]
    assert Post.objects.get(pk=other.pk).wall_time == "2026-11-25T13:10:00"


def test_the_check_tells_conflicts_and_the_next_free_time(mairi, account):
    one, _ = close_together(account)
    check = reverse("desk:calendar_check", args=[one.pk])
    page = mairi.get(check, {"wall": "2026-11-25T12:20", "zone": "Europe/London"}).content.decode()
    assert "It is only 10 min from another post" in page
    assert 'data-instead="2026-11-25T12:40"' in page
    page = mairi.get(check, {"wall": "2026-11-25T16:00", "zone": "Europe/London"}).content.decode()
    assert "data-instead" not in page


# Moving


def test_a_move_is_answered_with_the_time_as_it_is_spoken_and_can_be_undone(mairi, account):
    post = PostFactory(account=account)
    said = moved(mairi, post, "2026-11-25T14:30").json()
    assert said["said"] == "Wednesday 25 November, 14:30, London"
    answer = mairi.post(reverse("desk:calendar_undo", args=[post.pk]), said["undo"])
    assert answer.json()["said"] == "ready, without a time"
    assert Post.objects.get(pk=post.pk).due_at is None


def test_a_refused_move_says_why_and_changes_nothing(mairi, account, people):
    post = PostFactory(account=account, scheduled=True, due=NOW + timedelta(days=1))
    for wall, status, words in (
        ("2026-11-01T10:00", 422, "in the past"),
        ("soon", 422, "is not a date and time"),
        ("", 422, "a move needs a day"),
    ):
        answer = moved(mairi, post, wall)
        assert (answer.status_code, words in answer.json()["refused"]) == (status, True)
    answer = moved(mairi, post, "2026-11-25T10:00", version=99)
    assert answer.status_code == 409
    assert "changed this post meanwhile" in answer.json()["refused"]
    assert "which version" in moved(mairi, post, "2026-11-25T10:00", version="x").json()["refused"]
    assert Post.objects.get(pk=post.pk).due_at == post.due_at


def test_a_gap_is_answered_with_both_times_next_to_it(mairi, account):
    post = PostFactory(account=account)
    said = moved(mairi, post, "2027-03-28T01:30").json()
    assert said["code"] == "gap"
    assert [one["words"] for one in said["instead"]] == ["00:30", "02:30"]


def test_an_overlap_is_answered_with_both_hours_the_first_by_default(mairi, account):
    post = PostFactory(account=account)
    said = moved(mairi, post, "2027-10-31T01:30").json()
    assert said["code"] == "twice"
    assert [one["words"] for one in said["twice"]] == [
        "The first, 01:30 BST", "The second, 01:30 GMT",
    ]  # fmt: skip
    check = reverse("desk:calendar_check", args=[post.pk])
    page = mairi.get(check, {"wall": "2027-10-31T01:30", "zone": "Europe/London"}).content.decode()
    assert 'name="fold" value="0" checked' in page
    moved(mairi, post, "2027-10-31T01:30", fold="1")
    assert Post.objects.get(pk=post.pk).fold == 1


def test_the_check_says_the_time_by_the_accounts_clock_too(mairi, people):
    there = AccountFactory(brand=people.brand, timezone="America/New_York")
    check = reverse("desk:calendar_check", args=[PostFactory(account=there).pk])
    page = mairi.get(check, {"wall": "2026-11-25T14:30", "zone": "Europe/London"}).content.decode()
    assert "14:30 in London, GMT (UTC+0)" in page
    assert "09:30 in New York, EST (UTC-5), the account’s" in page


def test_the_panel_says_when_by_both_clocks_and_how_it_was_meant(mairi, people):
    there = AccountFactory(brand=people.brand, timezone="America/New_York")
    post = PostFactory(account=there)
    schedule(post, wall="2026-11-25 15:30", zone="Europe/Berlin", by=people.mairi, now=NOW)
    page = mairi.get(reverse("desk:calendar_post", args=[post.pk])).content.decode()
    for words in ("London, GMT (UTC+0), yours", "New York, EST (UTC-5), the account’s",
                  "Planned as 15:30 on 25 November in Berlin, CET (UTC+1)."):  # fmt: skip
        assert words in page
    assert "Move to…" in page


def test_the_panel_of_one_who_may_not_move_it_names_whom_to_ask(client, people, account):
    post = PostFactory(account=account, scheduled=True, due=NOW + timedelta(days=1))
    client.force_login(people.ewan)
    page = client.get(reverse("desk:calendar_post", args=[post.pk])).content.decode()
    assert "Move to…" not in page
    assert "Ask Mairi Fraser" in page


def test_a_verb_of_the_panel_leads_back_to_the_calendar(mairi, account):
    post = PostFactory(account=account, scheduled=True, due=NOW + timedelta(days=1))
    here = f"{PAGE}?view=week"
    for wanted, led in (
        (here, here),
        ("https://elsewhere.example/", reverse("desk:post", args=[post.pk])),
    ):
        answer = mairi.post(reverse("desk:decide", args=[post.pk, "hold"]), {"next": wanted})
        assert answer.url == led


def test_the_composer_takes_day_time_and_zone_from_the_calendar(mairi, people):
    address = reverse("desk:compose")
    answer = mairi.get(address, {"at": "2026-11-25T14:30", "zone": "Asia/Kathmandu"}, follow=True)
    page = answer.content.decode()
    assert 'name="day" value="2026-11-25"' in page
    assert 'name="time" value="14:30"' in page
    assert "<option selected>Asia/Kathmandu</option>" in page.replace(' value="Asia/Kathmandu"', "")


# The ready list


def test_the_ready_list_holds_what_has_no_time_and_pieces_that_went_nowhere(mairi, people, account):
    waiting = PostFactory(account=account, piece=PieceFactory(brand=people.brand, title="Waiting"))
    PostFactory(
        account=account,
        scheduled=True,
        due=NOW,
        piece=PieceFactory(brand=people.brand, title="Planned"),
    )
    PieceFactory(brand=people.brand, title="Nowhere yet")
    page = mairi.get(reverse("desk:calendar_ready")).content.decode()
    assert f'data-ready="{waiting.pk}"' in page
    assert "Nowhere yet" in page
    assert "Planned" not in page


def test_the_ready_list_of_one_who_may_not_schedule_offers_no_posts(client, people, account):
    PostFactory(account=account)
    client.force_login(people.ewan)
    assert "data-ready=" not in client.get(reverse("desk:calendar_ready")).content.decode()


# Notes


def test_a_note_is_written_changed_and_deleted(mairi, people):
    form = {"brand": people.brand.pk, "day": "2026-11-30", "text": "St Andrew’s Day"}
    assert mairi.post(NOTES, form).status_code == 302
    note = DayNote.objects.get()
    assert window(mairi)["notes"] == [
        {"id": note.pk, "day": "2026-11-30", "t": "St Andrew’s Day", "go": True}
    ]
    address = reverse("desk:day_note", args=[note.pk])
    mairi.post(address, {"day": "2026-12-01", "text": "Later", "version": 1})
    stale = mairi.post(address, {"day": "2026-12-02", "text": "Mine", "version": 1})
    assert b"Somebody changed this note meanwhile" in stale.content
    mairi.post(address, {"act": "delete", "version": 2})
    assert not DayNote.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "never"},
        {"day": "0001-01-01"},
        {"text": " "},
        {"text": "x" * 201},
        {"brand": "9999"},
    ],
)
def test_a_note_that_cannot_be_kept_is_told_with_what_was_typed(mairi, people, wrong):
    form = {"brand": people.brand.pk, "day": "2026-11-30", "text": "Sale"} | wrong
    answer = mairi.post(NOTES, form)
    assert answer.status_code == 200
    assert b'class="error"' in answer.content
    assert not DayNote.objects.exists()


def test_notes_are_not_written_for_a_brand_where_one_may_not(client, people):
    MembershipFactory(brand=people.brand, user=people.isla, role=Role.AUDITOR)
    client.force_login(people.isla)
    note = DayNoteFactory(brand=people.brand)
    client.post(NOTES, {"brand": people.brand.pk, "day": "2026-11-30", "text": "Sale"})
    assert (
        client.post(reverse("desk:day_note", args=[note.pk]), {"act": "delete"}).status_code == 403
    )
    assert DayNote.objects.get() == note
