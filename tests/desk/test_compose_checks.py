"""What the composer says while it is filled in, and that it keeps what was written."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from content.models import Draft, MediaAsset
from tests.content.pictures import from_a_phone, picture, png_header
from tests.desk.composing import CHECK, COMPOSE, form, place_of
from tests.factories import AccountFactory

PICTURES = reverse("desk:compose_picture")
FORGET = reverse("desk:compose_forget")


@pytest.fixture
def toot(people):
    return AccountFactory(brand=people.brand, platform="mastodon")


@pytest.fixture
def wall(people):
    return AccountFactory(brand=people.brand)


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return client


def check(client, *accounts, **more):
    return client.post(CHECK, form(*accounts, **more))


def fixed(client, fix, *accounts, **more):
    return client.post(COMPOSE, form(*accounts, fix=fix, **more)).context["filled"]


def test_each_platform_counts_by_its_own_rule(mairi, wall, toot):
    link = "https://glenandloom.scot/" + "long/" * 20
    shown = check(mairi, wall, toot, text=f"Look: {link}").context["checks"].shown
    assert {one.place.account.platform.slug: one.length for one in shown} == {
        "facebook": len(f"Look: {link}"),
        "mastodon": len("Look: ") + 23,
    }


def test_line_ends_of_browsers_count_once(mairi, toot):
    [shown] = check(mairi, toot, text="one\r\ntwo").context["checks"].shown
    assert shown.length == 7


def test_what_is_too_much_is_marked(mairi, toot):
    answer = check(mairi, toot, text="x" * 500 + "SURPLUS")
    assert '<span class="over">SURPLUS</span>' in answer.content.decode()


def test_nothing_written_is_no_problem_yet(mairi, toot):
    answer = check(mairi, toot, text="")
    assert answer.context["checks"].problems == []
    assert not Draft.objects.exists()


def test_a_problem_of_many_accounts_is_said_once(mairi, people, toot):
    others = [AccountFactory(brand=people.brand, platform="mastodon") for _ in range(3)]
    [row] = check(mairi, toot, *others, text="x" * 501).context["checks"].problems
    assert (row.accounts, row.stops) == (4, True)


def test_shorten_ends_at_a_sentence(mairi, toot):
    text = "One sentence here. " * 30
    own = fixed(mairi, "shorten:mastodon/status", toot, text=text).own["mastodon/status"]
    assert len(own.text) <= 500
    assert own.text.endswith("here.")


def test_shorten_leaves_room_for_the_link(mairi, toot):
    more = {"text": "One sentence here. " * 30, "link": "https://glenandloom.scot/yarn"}
    own = fixed(mairi, "shorten:mastodon/status", toot, **more).own["mastodon/status"]
    assert len(own.text) <= 500 - 25


def test_a_fix_that_is_out_of_date_changes_nothing(mairi, toot):
    for fix in ("shorten:nowhere/post", "remove:99", "first:x", "earlier:", "unknown:1", "at:"):
        assert fixed(mairi, fix, toot, text="As it is.").text == "As it is."


def test_what_is_written_is_kept_and_taken_up(mairi, people, toot):
    filled = form(toot, text="Half a thought", title="Later")
    mairi.post(CHECK, filled)
    draft = Draft.objects.get(pk=filled["key"])
    assert (draft.by, draft.edits, draft.payload["text"]) == (people.mairi, 1, "Half a thought")
    mairi.post(CHECK, filled | {"text": "Half a thought more", "draft_edits": "1"})
    again = mairi.get(COMPOSE, {"draft": filled["key"]}).context
    assert again["filled"].text == "Half a thought more"
    assert again["filled"].to == [place_of(toot)]


def test_nobody_replaces_what_another_window_kept(mairi, toot):
    filled = form(toot, text="First")
    mairi.post(CHECK, filled)
    answer = mairi.post(CHECK, filled | {"text": "Second"})
    assert "Another window changed this draft" in answer.content.decode()
    assert Draft.objects.get().payload["text"] == "First"


def test_drafts_are_ones_own(client, people, toot):
    draft = Draft.objects.create(
        brand=people.brand, by=people.ewan, edits=1, payload={"brand": people.brand.pk, "text": "E"}
    )
    client.force_login(people.mairi)
    shown = client.get(COMPOSE, {"draft": str(draft.pk)}).context
    assert (shown["filled"].text, shown["left_open"]) == ("", [])
    client.post(FORGET, {"key": str(draft.pk)})
    client.post(CHECK, form(toot, key=str(draft.pk), draft_edits="1"))
    draft.refresh_from_db()
    assert draft.payload["text"] == "E"


def test_a_draft_can_be_thrown_away(mairi, toot):
    filled = form(toot)
    mairi.post(CHECK, filled)
    assert mairi.post(FORGET, {"key": filled["key"]}).status_code == 302
    assert not Draft.objects.exists()


def test_characters_no_database_takes_are_kept_as_good_as_they_can_be(mairi, toot):
    filled = form(toot, text="before\x00after")
    answer = mairi.post(CHECK, filled)
    assert "character no platform can take" in answer.content.decode()
    assert Draft.objects.get().payload["text"] == "before\ufffdafter"


def test_a_sent_form_keeps_no_draft(mairi, toot):
    filled = form(toot)
    mairi.post(COMPOSE, filled)
    assert "sent already" in mairi.post(CHECK, filled).content.decode()
    assert not Draft.objects.exists()


def test_strangers_get_a_401_and_others_a_404(client, people, toot):
    assert check(client, toot).status_code == 401
    assert client.post(PICTURES, {"brand": people.brand.pk}).status_code == 401
    client.force_login(people.isla)
    assert check(client, toot).status_code == 404
    assert client.post(PICTURES, {"brand": people.brand.pk}).status_code == 404


def upload(client, brand, name, data):
    file = SimpleUploadedFile(name, data, "image/jpeg")
    return client.post(PICTURES, {"brand": brand.pk, "upload": file}).json()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("page.jpg", b"<html><script>alert(1)</script></html>", "not a picture"),
        ("cut.jpg", picture(size=(400, 400))[:900], "not a picture"),
        ("huge.png", png_header(30_000, 30_000), "30,000 × 30,000 pixels"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(mairi, people, data_dir, name, data, words):
    assert words in upload(mairi, people.brand, name, data)["refused"]
    assert not MediaAsset.objects.exists()


def test_a_phones_picture_is_turned_and_says_no_longer_where_it_was(mairi, people, data_dir):
    answer = upload(mairi, people.brand, "IMG_1.jpg", from_a_phone())
    asset = MediaAsset.objects.get(pk=answer["id"])
    assert (asset.width, asset.height) == (20, 40)
    with asset.file.open("rb") as kept:
        assert b"GPS" not in kept.read()
    assert f'value="{asset.pk}"' in answer["row"]


def test_pictures_come_with_a_plain_form_too(mairi, people, toot, data_dir):
    good = SimpleUploadedFile("loom.jpg", picture(size=(40, 30)), "image/jpeg")
    bad = SimpleUploadedFile("page.jpg", b"<html>", "image/jpeg")
    answer = mairi.post(COMPOSE, form(toot, upload=[good, bad]))
    assert "page.jpg is not a picture" in answer.context["errors"]["pictures"][0]
    assert [p.id for p in answer.context["filled"].pictures] == [MediaAsset.objects.get().pk]


def test_the_last_set_is_offered(mairi, wall, toot):
    mairi.post(COMPOSE, form(wall, toot))
    assert fixed(mairi, "last-set", wall, to=[]).to == [place_of(wall), place_of(toot)]


def test_what_the_address_says_is_filled_in(mairi, wall):
    asked = {"account": wall.pk, "text": "Hello", "at": "2027-01-02T09:30"}
    filled = mairi.get(COMPOSE, asked, follow=True).context["filled"]
    assert (filled.text, filled.to) == ("Hello", [place_of(wall)])
    assert (filled.day, filled.time, filled.zone) == ("2027-01-02", "09:30", "Europe/London")


def test_the_page_asks_the_database_no_more_for_more_accounts(
    mairi, people, wall, django_assert_max_num_queries
):
    address = f"{COMPOSE}?draft={uuid.uuid4()}"
    for number in (1, 8):
        for _ in range(number):
            AccountFactory(brand=people.brand, platform="mastodon")
        with django_assert_max_num_queries(24):
            mairi.get(address)


# A window and its own keepings


def test_a_window_goes_on_where_an_answer_never_reached_it(mairi, toot):
    filled = form(toot, text="First", window="mine", turn="1")
    mairi.post(CHECK, filled)
    answer = mairi.post(CHECK, filled | {"text": "Second", "turn": "2"})
    assert "Another window" not in answer.content.decode()
    assert Draft.objects.get().payload["text"] == "Second"


def test_what_a_window_sent_earlier_and_came_late_replaces_nothing(mairi, toot):
    filled = form(toot, window="mine", turn="2", text="Second")
    mairi.post(CHECK, filled)
    mairi.post(CHECK, filled | {"text": "First", "turn": "1"})
    assert Draft.objects.get().payload["text"] == "Second"


def test_another_window_is_told_even_with_a_later_turn(mairi, toot):
    filled = form(toot, window="mine", turn="1", text="Mine")
    mairi.post(CHECK, filled)
    answer = mairi.post(CHECK, filled | {"text": "Theirs", "window": "theirs", "turn": "2"})
    assert "Another window changed this draft" in answer.content.decode()
    assert Draft.objects.get().payload["text"] == "Mine"


def test_each_opening_of_a_draft_is_a_window_of_its_own(mairi, toot):
    filled = form(toot)
    mairi.post(CHECK, filled)
    opened = [mairi.get(COMPOSE, {"draft": filled["key"]}).context["filled"] for _ in range(2)]
    assert len({one.window for one in opened} - {""}) == 2


def test_a_press_that_puts_something_right_is_kept_at_once(mairi, toot):
    mairi.post(COMPOSE, form(toot, fix="at:2027-03-28T02:30"))
    assert Draft.objects.get().payload["time"] == "02:30"


def test_pictures_move_up_and_down(mairi, people, toot, data_dir):
    ids = [
        upload(mairi, people.brand, f"{n}.jpg", picture(size=(40 + n, 30)))["id"] for n in range(3)
    ]
    one, two, three = ids
    moves = {
        f"earlier:{two}": [two, one, three],
        f"later:{two}": [one, three, two],
        f"earlier:{one}": ids,
        f"later:{three}": ids,
    }
    for fix, order in moves.items():
        filled = fixed(mairi, fix, toot, picture=ids, key=str(uuid.uuid4()))
        assert [picked.id for picked in filled.pictures] == order


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"text": "a\x00b"}, "The text cannot go as it is."),
        ({"link": "javascript:alert(1)"}, "The link cannot go as it is."),
    ],
)
def test_what_cannot_be_sent_stands_beside_the_button_too(mairi, toot, wrong, words):
    page = check(mairi, toot, **wrong).content.decode()
    assert words in page.partition('id="go"')[2]
