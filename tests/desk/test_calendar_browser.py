"""The calendar in a browser: dragged with a mouse, moved with a keyboard, refused, undone."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Route, expect

from organisation.models import Role
from posting.models import Post
from posting.states import Hold, Status
from tests.desk.test_browser import (
    DESKTOP,
    PHONE,
    assert_no_sideways_scroll,
    shoot,
    use_theme,
)
from tests.desk.test_every_page import look_closely, violations
from tests.factories import (
    PASSWORD,
    AccountFactory,
    BrandFactory,
    DayNoteFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]
LONDON = ZoneInfo("Europe/London")


def next_wednesday():
    """A day in the middle of a week that lies ahead, whatever today is."""
    today = timezone.localdate()
    return today + timedelta(days=(2 - today.weekday()) % 7 + 7)


def at(day, hour, minute=0):
    return datetime.combine(day, time(hour, minute), tzinfo=LONDON)


@pytest.fixture
def planned(db):
    """Two posts on a Wednesday, one without a time, a note, and an account in New York."""
    brand, day = BrandFactory(name="Glen & Loom"), next_wednesday()
    people = {
        name: MembershipFactory(brand=brand, role=role, user=UserFactory(username=name)).user
        for name, role in (("callum", Role.PUBLISHER), ("ewan", Role.AUTHOR))
    }
    page = AccountFactory(brand=brand, name="Glen & Loom")
    there = AccountFactory(brand=brand, platform="mastodon", timezone="America/New_York")

    def piece(title):
        return PieceFactory(brand=brand, title=title)

    tweed = PostFactory(account=page, piece=piece("Tweed"), scheduled=True, due=at(day, 10))
    skink = PostFactory(
        account=there, piece=piece("Skink"), scheduled=True, due=at(day, 14),
        holds=int(Hold.PERSON),
    )  # fmt: skip
    out = PostFactory(account=page, piece=piece("Out"), published=True, due=at(day, 8))
    ready = PostFactory(account=page, piece=piece("Hogmanay"))
    nowhere = piece("Burns")
    note = DayNoteFactory(brand=brand, day=day, text="St Andrew’s Day")
    return {
        "day": day, "tweed": tweed, "skink": skink, "ready": ready, "note": note, "out": out,
        "nowhere": nowhere, **people,
    }  # fmt: skip


@pytest.fixture
def sign_in(page, live_server, planned):
    """Open the calendar as somebody; what a script does wrong fails the test."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda m: (
            m.type == "error" and "Failed to load resource" not in m.text and faults.append(m.text)
        ),
    )
    page.set_viewport_size({**DESKTOP, "height": 1200})

    def open_as(name, view="week", **asked):
        page.goto(f"{live_server.url}/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/syndication")
        show(page, live_server, planned, view, **asked)
        return page

    yield open_as
    assert not faults


def show(page, live_server, planned, view="week", settled=True, **asked):
    query = "&".join(f"{k}={v}" for k, v in {"date": planned["day"], **asked}.items() if v)
    page.goto(f"{live_server.url}{reverse('desk:calendar')}?{query}{f'&view={view}' * bool(view)}")
    page.locator(f"[data-event=post-{planned['tweed'].pk}]:visible").first.wait_for()
    if settled:  # conflicts have been drawn too, and nothing else is
        page.wait_for_load_state("networkidle")


def event(page, post):
    return page.locator(f"[data-event=post-{post.pk}]:visible")


def hour(page, day, when):
    """The middle of a half hour in the grid of hours."""
    slot = page.locator(f".fc-timegrid-slot-lane[data-time='{when}:00']")
    slot.scroll_into_view_if_needed()
    across, down = (
        page.locator(f".fc-timegrid-col[data-date='{day}']").bounding_box(),
        (slot.bounding_box()),
    )
    return across["x"] + across["width"] / 2, down["y"] + 4


def drag(page, what, where):
    box = what.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 20, steps=4)
    page.mouse.move(*where, steps=12)
    page.mouse.up()


def spoken(page, words):
    page.locator("#cal-said", has_text=words).wait_for(state="attached")


def focused(page, post):
    page.locator(f"[data-event=post-{post.pk}]:focus").wait_for()


def warned(page, post):
    """Wait until its conflict is drawn, and nothing is drawn any more."""
    page.locator(f"[data-event=post-{post.pk}].warned:visible").wait_for()


def drawn_anew(drawn, seen_after=None):
    """Put what has the focus there anew and out of sight for some milliseconds, as FullCalendar
    does, or for good."""
    drawn.focus()
    drawn.evaluate(
        """(drawn, after) => {
          const again = drawn.cloneNode(true);
          again.id = "again";
          again.style.visibility = "hidden";
          drawn.replaceWith(again);
          if (after) setTimeout(() => { again.style.visibility = "visible"; }, after);
        }""",
        seen_after,
    )


def drawn_after_a_move(page):
    """Wait for the list of ready posts, which is asked for once the calendar is drawn anew and the
    focus is back on the post."""
    ready = reverse("desk:calendar_ready")
    return page.expect_response(lambda answer: ready in answer.url)


def wall_of(post):
    return Post.objects.get(pk=post.pk).wall_time


def toast(page, words):
    found = page.locator(".toast-x", has_text=words)
    found.wait_for()
    return found


# With the mouse


def test_a_post_is_dragged_to_another_time_and_the_move_is_undone(sign_in, planned):
    page, tweed = sign_in("callum"), planned["tweed"]
    there = planned["day"] + timedelta(days=1)
    drag(page, event(page, tweed), hour(page, there, "12:30"))
    told = toast(page, "12:30, London")
    spoken(page, "12:30, London")
    assert wall_of(tweed) == f"{there}T12:30:00"
    page.locator(f"td[data-date='{there}'] [data-event=post-{tweed.pk}]").wait_for()
    shoot(page, "calendar-moved")
    told.get_by_role("button", name="Undo").click()
    toast(page, "is back")
    assert Post.objects.get(pk=tweed.pk).due_at == tweed.due_at


def test_a_move_is_undone_until_the_post_leaves_and_then_it_says_so(sign_in, planned):
    page, tweed = sign_in("callum"), planned["tweed"]
    drag(page, event(page, tweed), hour(page, planned["day"], "16:00"))
    toast(page, "16:00, London")
    Post.objects.filter(pk=tweed.pk).update(
        status=Status.PUBLISHED, remote_id="1", published_at=timezone.now()
    )
    page.get_by_role("button", name="Undo last move").click()
    toast(page, "It is too late to undo the move: the post is published.")


def test_a_refused_move_snaps_back_and_says_why(sign_in, planned):
    page, tweed = sign_in("callum"), planned["tweed"]
    Post.objects.filter(pk=tweed.pk).update(version=F("version") + 1)
    drag(page, event(page, tweed), hour(page, planned["day"] + timedelta(days=1), "12:30"))
    toast(page, "changed this post meanwhile. Your move was not saved.")
    page.locator(f"td[data-date='{planned['day']}'] [data-event=post-{tweed.pk}]").wait_for()
    assert Post.objects.get(pk=tweed.pk).due_at == tweed.due_at


def test_nothing_moves_while_the_server_is_away_or_the_session_is_over(sign_in, planned):
    page, tweed = sign_in("callum"), planned["tweed"]
    page.route("**/move?**", lambda route: route.abort())
    drag(page, event(page, tweed), hour(page, planned["day"], "16:00"))
    page.get_by_role("alert").get_by_text("The server does not answer.").first.wait_for()
    page.locator(f"td[data-date='{planned['day']}'] [data-event=post-{tweed.pk}]").wait_for()
    page.unroute("**/move?**")
    page.context.clear_cookies(name="sessionid")
    drag(page, event(page, tweed), hour(page, planned["day"], "17:00"))
    page.get_by_role("link", name="Sign in again").wait_for()
    assert Post.objects.get(pk=tweed.pk).due_at == tweed.due_at


def test_a_ready_post_is_dragged_onto_its_time(sign_in, planned):
    page, ready = sign_in("callum"), planned["ready"]
    card = page.locator(f"[data-ready='{ready.pk}']")
    drag(page, card, hour(page, planned["day"], "12:00"))
    toast(page, "12:00, London")
    assert wall_of(ready) == f"{planned['day']}T12:00:00"
    card.wait_for(state="detached")
    event(page, ready).wait_for()


def test_a_piece_that_went_nowhere_is_dragged_into_the_composer(sign_in, planned):
    page = sign_in("callum")
    card = page.locator(f"[data-piece='{planned['nowhere'].pk}']")
    drag(page, card, hour(page, planned["day"], "12:00"))
    page.wait_for_url(re.compile("posting/compose"))
    assert page.get_by_label("Date").input_value() == f"{planned['day']}"
    assert page.get_by_label("Time", exact=True).input_value() == "12:00"


def test_a_press_on_a_free_time_opens_the_composer_with_it(sign_in, planned):
    page = sign_in("callum")
    page.mouse.click(*hour(page, planned["day"], "12:00"))
    page.wait_for_url(re.compile("posting/compose"))
    assert page.get_by_label("Time", exact=True).input_value() == "12:00"
    assert page.get_by_label("Time zone").input_value() == "Europe/London"


def test_the_panel_tells_the_time_by_both_clocks_and_closes_to_where_one_was(sign_in, planned):
    page = sign_in("callum")
    event(page, planned["skink"]).click()
    panel = page.get_by_role("complementary", name="Skink")
    panel.get_by_text("14:00", exact=True).wait_for()
    panel.get_by_text("09:00", exact=True).wait_for()
    panel.get_by_text("It waits to be released.").wait_for()
    assert violations(page) == []
    shoot(page, "calendar-panel")
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    focused(page, planned["skink"])


def test_who_may_not_reschedule_sees_no_handles(sign_in, planned):
    page, tweed = sign_in("ewan"), planned["tweed"]
    assert "fc-event-draggable" not in event(page, tweed).get_attribute("class")
    assert page.locator("[data-ready]").count() == 0
    event(page, tweed).click()
    page.get_by_text("Your role at Glen & Loom does not give posts a time.").wait_for()
    assert page.get_by_role("button", name="Move to").count() == 0


# With the keyboard


def test_a_post_is_moved_with_the_keyboard_alone(sign_in, planned):
    page, tweed = sign_in("callum"), planned["tweed"]
    assert page.locator("#calendar [tabindex='0']").count() == 1
    page.locator("#cal-zone").focus()
    for _stop in range(20):
        if page.locator("#calendar :focus").count():
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Home")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    focused(page, tweed)
    page.keyboard.press(" ")
    spoken(page, "Picked up Tweed, ")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    spoken(page, "10:15, London.")
    with drawn_after_a_move(page):
        page.keyboard.press(" ")
    spoken(page, "Moved to")
    there = planned["day"] + timedelta(days=1)
    assert wall_of(tweed) == f"{there}T10:15:00"
    focused(page, tweed)
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('#calendar')")


def test_while_a_post_is_drawn_anew_its_keys_reach_no_other_post(sign_in, planned):
    page, tweed = sign_in("callum"), planned["tweed"]
    drawn_anew(event(page, tweed))
    page.locator(f"td[data-date='{planned['day']}']:focus").wait_for()
    page.keyboard.press("m")
    page.wait_for_timeout(300)
    assert page.get_by_role("dialog").count() == 0


def test_the_focus_comes_back_to_a_post_that_is_drawn_anew(sign_in, planned):
    page = sign_in("callum")
    drawn_anew(event(page, planned["tweed"]), seen_after=100)
    page.locator("#again:focus").wait_for()


def test_who_leaves_the_calendar_is_not_called_back_to_what_is_drawn_late(sign_in, planned):
    page = sign_in("callum")
    drawn_anew(event(page, planned["tweed"]))
    page.locator(f"td[data-date='{planned['day']}']:focus").wait_for()
    page.keyboard.press("Tab")
    expect(page.locator("#calendar :focus")).to_have_count(0)
    page.locator("#again").evaluate(
        "(drawn) => { drawn.style.visibility = 'visible'; drawn.append(' '); }"
    )
    page.wait_for_timeout(300)
    assert page.locator("#calendar :focus").count() == 0


def test_escape_puts_a_carried_post_back(sign_in, planned):
    page, tweed = sign_in("callum"), planned["tweed"]
    event(page, tweed).focus()
    for key in (" ", "ArrowLeft", "ArrowLeft", "ArrowLeft", "Escape"):  # out of the week and back
        page.keyboard.press(key)
    spoken(page, "is back at")
    focused(page, tweed)
    page.locator(f"td[data-date='{planned['day']}'] [data-event=post-{tweed.pk}]").wait_for()
    assert Post.objects.get(pk=tweed.pk).version == tweed.version


def test_a_week_that_is_answered_late_does_not_stand_in_for_the_one_that_is_shown(sign_in, planned):
    page, tweed, held = sign_in("callum"), planned["tweed"], []
    page.wait_for_load_state("networkidle")
    page.route(re.compile(reverse("desk:calendar_events")), lambda route: held.append(route))
    event(page, tweed).focus()
    for key in (" ", "ArrowLeft", "ArrowLeft", "ArrowLeft", "Escape"):
        page.keyboard.press(key)
    for _ in range(100):
        if len(held) > 1:
            break
        page.wait_for_timeout(50)
    other, *shown = held  # the week before, then the one that is known already
    assert all("if-none-match" in route.request.headers for route in shown)
    with page.expect_response(other.request.url):
        other.continue_()
    for route in shown:
        route.continue_()
    page.unroute_all()
    page.wait_for_load_state("networkidle")
    focused(page, tweed)


def test_a_post_is_moved_to_a_time_that_is_typed(sign_in, planned):
    page, skink = sign_in("callum"), planned["skink"]
    event(page, skink).focus()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog", name="Move to…")
    dialog.get_by_label("Time").fill("15:00")
    dialog.get_by_text("That is 10:00 in New York").wait_for()
    page.keyboard.press("PageDown")
    dialog.get_by_text("15:15 in London").wait_for()
    assert violations(page) == []
    shoot(page, "calendar-move-dialog")
    page.keyboard.press("Enter")
    dialog.wait_for(state="hidden")
    toast(page, "15:15, London")
    assert wall_of(skink) == f"{planned['day']}T15:15:00"
    focused(page, skink)


def test_a_time_that_does_not_exist_is_answered_with_two_that_do(sign_in, planned):
    page, tweed = sign_in("callum"), planned["tweed"]
    event(page, tweed).focus()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog", name="Move to…")
    dialog.get_by_label("Day").fill("2027-03-28")
    dialog.get_by_label("Time").fill("01:30")
    dialog.get_by_role("button", name="02:30").click()
    assert dialog.get_by_label("Time").input_value() == "02:30"
    dialog.get_by_label("Day").fill("2027-10-31")
    dialog.get_by_label("Time").fill("01:30")
    first = dialog.get_by_label("The first, 01:30 BST")
    first.wait_for()
    assert first.is_checked()
    dialog.get_by_label("The second, 01:30 GMT").check()
    dialog.get_by_role("button", name="Move", exact=True).click()
    toast(page, "Sunday 31 October, 01:30")
    assert Post.objects.get(pk=tweed.pk).fold == 1


def test_days_are_walked_in_the_month_and_enter_opens(sign_in, planned):
    page = sign_in("callum", "month")
    day = planned["day"]
    page.locator(f"td.fc-daygrid-day[data-date='{day}']").focus()
    for key in ("ArrowDown", "ArrowDown"):  # past the note
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.get_by_role("complementary", name="Out").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("PageDown")
    page.locator(f"td[data-date]:focus:not([data-date='{day}'])").wait_for()


# Notes, zones, looks


def test_a_note_is_written_and_deleted_on_its_day(sign_in, planned):
    page, day = sign_in("callum", "month"), planned["day"]
    page.locator(f"td.fc-daygrid-day[data-date='{day}']").focus()
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_label("Day").input_value() == f"{day}"
    dialog.get_by_label("Note").fill("Winter sale")
    dialog.get_by_role("button", name="Keep the note").click()
    page.locator(".day-note", has_text="Winter sale").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the note").click()
    page.locator(".toast-x", has_text="is deleted").wait_for()
    expect(page.locator(".day-note")).to_have_count(1)


def test_the_zone_is_switched_and_always_printed(sign_in, planned):
    page = sign_in("callum")
    page.get_by_text("Times in London").wait_for()
    page.get_by_label("Times of the calendar are in").select_option("America/New_York")
    page.get_by_text("Times in New York, EST (UTC-5)").wait_for()
    event(page, planned["tweed"]).get_by_text("05:00").wait_for()
    page.get_by_label("Times of the calendar are in").select_option("own")
    page.get_by_text("Times in each account’s own zone").wait_for()
    event(page, planned["tweed"]).get_by_text("10:00").wait_for()
    event(page, planned["skink"]).get_by_text("09:00 EST").wait_for()


def test_a_phone_begins_with_the_list(sign_in, planned, live_server, page):
    page.set_viewport_size(PHONE)
    sign_in("callum", view="")
    assert (
        page.get_by_role("button", name="List", exact=True).get_attribute("aria-pressed") == "true"
    )
    assert_no_sideways_scroll(page)
    event(page, planned["tweed"]).get_by_role("button").click()
    page.get_by_role("button", name="Move to…").click()
    dialog = page.get_by_role("dialog", name="Move to…")
    dialog.get_by_label("Time").fill("18:00")
    dialog.get_by_role("button", name="Move", exact=True).click()
    toast(page, "18:00, London")
    assert wall_of(planned["tweed"]) == f"{planned['day']}T18:00:00"


@pytest.mark.parametrize("view", ["month", "week", "day", "list"])
def test_each_view_stands_up_to_axe_and_fits(sign_in, live_server, planned, view):
    page = sign_in("callum", view)
    assert look_closely(page, f"calendar-{view}") == []


def test_days_without_anything_say_so(sign_in, planned, live_server):
    page = sign_in("callum")
    page.goto(f"{live_server.url}{reverse('desk:calendar')}?view=month&date=2030-01-15")
    page.get_by_text("Nothing is planned here").wait_for()
    use_theme(page, "dark")
    assert violations(page) == []


# Conflicts


@pytest.fixture
def crowded(planned):
    """A post that is ten minutes from another of its account, which keeps half an hour between."""
    account = planned["tweed"].account
    account.minimum_gap = timedelta(minutes=30)
    account.save()
    piece = PieceFactory(brand=account.brand, title="Peat", text="Peat burns slowly.")
    return PostFactory(account=account, piece=piece, scheduled=True, due=at(planned["day"], 10, 10))


def test_conflicts_come_after_the_posts_and_leave_the_focus(sign_in, planned, crowded, page):
    held: list[Route] = []
    page.route("**/marks?**", lambda route: held.append(route))
    sign_in("callum", "list", settled=False)
    line = event(page, planned["tweed"]).get_by_role("button")
    line.focus()
    page.wait_for_timeout(300)
    assert page.locator(".cf", has_text="Too close").count() == 0
    assert len(held) == 1
    held.pop().continue_()
    event(page, planned["tweed"]).get_by_text("Too close").wait_for()
    focused_line = page.locator(f"[data-event=post-{planned['tweed'].pk}] .cal-line:focus")
    focused_line.wait_for()
    assert "only 10 min from" in focused_line.get_attribute("aria-label")
    page.get_by_role("button", name="Week", exact=True).click()
    page.locator(f"[data-event=post-{crowded.pk}].warned").wait_for()
    assert not held  # the same days are not asked for again
    assert "only 10 min from" in event(page, crowded).get_attribute("aria-label")
    looks = page.get_by_role("region", name="Needs a look")
    looks.get_by_text("It is only 10 min from another post").first.wait_for()
    assert violations(page) == []
    page.unroute("**/marks?**")
    use_theme(page, "dark")
    page.locator(f"[data-event=post-{crowded.pk}].warned").wait_for()
    assert violations(page) == []
    shoot(page, "calendar-conflicts")


def test_without_an_answer_about_conflicts_the_calendar_works_and_says_so(
    sign_in, planned, crowded, page
):
    page.route("**/marks?**", lambda route: route.abort())
    sign_in("callum")
    page.get_by_text("Conflicts are not known just now").wait_for()
    there = planned["day"] + timedelta(days=1)
    drag(page, event(page, planned["tweed"]), hour(page, there, "12:30"))
    toast(page, "12:30, London")


def test_the_panel_mends_a_conflict_and_leads_back_to_the_calendar(sign_in, planned, crowded):
    page = sign_in("callum")
    warned(page, crowded)
    event(page, crowded).click()
    panel = page.get_by_role("complementary", name="Peat")
    panel.get_by_text("To know: It is only 10 min from another post").wait_for()
    panel.locator("summary", has_text="Leave it").click()
    assert violations(page) == []
    shoot(page, "calendar-panel-conflicts")
    panel.get_by_role("button", name="Next free time").click()
    toast(page, "It goes out at the next free time")
    assert f"date={planned['day']}" in page.url
    assert Post.objects.get(pk=crowded.pk).due_at == at(planned["day"], 10, 30)


def test_a_move_into_a_conflict_stands_and_is_warned_of(sign_in, planned, crowded):
    page, tweed = sign_in("callum"), planned["tweed"]
    there = planned["day"] + timedelta(days=1)
    with drawn_after_a_move(page):
        drag(page, event(page, tweed), hour(page, there, "12:30"))
    toast(page, "12:30, London").locator("[data-dismiss]").click()
    event(page, crowded).focus()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog", name="Move to…")
    dialog.get_by_label("Day").fill(f"{there}")
    dialog.get_by_label("Time").fill("12:40")
    dialog.get_by_text("It is only 10 min from another post").wait_for()
    dialog.get_by_role("button", name="Next free: ").wait_for()
    assert violations(page) == []
    shoot(page, "calendar-move-conflict")
    dialog.get_by_role("button", name="Move", exact=True).click()
    told = toast(page, "To know: It is only 10 min from another post")
    told.get_by_role("button", name="Undo").click()
    toast(page, "is back")
    assert Post.objects.get(pk=crowded.pk).due_at == crowded.due_at


def test_the_dialog_takes_the_next_free_time(sign_in, planned, crowded):
    page = sign_in("callum")
    warned(page, planned["tweed"])
    event(page, planned["tweed"]).focus()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog", name="Move to…")
    dialog.get_by_label("Time").fill("10:20")
    dialog.get_by_role("button", name="Next free: ").click()
    assert dialog.get_by_label("Time").input_value() == "10:40"
    dialog.get_by_text("10:40 in London").wait_for()
    assert dialog.get_by_text("It is only").count() == 0
