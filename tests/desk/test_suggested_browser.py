"""Suggested times in a browser: switched on, walked to, taken; in light, dark and on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from analytics.learning import learn
from posting.models import Post
from posting.states import Status
from scheduling.models import TimeRules
from tests.analytics.planting import OFFICE, outcomes
from tests.analytics.test_best_times import plant
from tests.desk.test_browser import DESKTOP, PHONE, assert_no_sideways_scroll, shoot
from tests.desk.test_calendar_browser import planned, sign_in  # noqa: F401
from tests.desk.test_every_page import look_closely
from tests.desk.test_suggested import THEN
from tests.factories import AccountFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


def press_suggestions(page):
    page.get_by_role("button", name="Suggestions").click()
    page.locator(".ev.suggestion:visible").first.wait_for()


def test_suggestions_are_switched_on_and_off_and_stay_after_a_reload(sign_in, planned):  # noqa: F811
    page = sign_in("callum")
    assert page.locator(".ev.suggestion").count() == 0
    press_suggestions(page)
    assert page.get_by_text("Dashed: a suggested time").is_visible()
    page.locator("#cal-said", has_text="suggested times shown").wait_for(state="attached")
    one = page.locator(".ev.suggestion:visible").first
    assert "Low confidence" in one.get_attribute("aria-label")
    assert one.evaluate("el => getComputedStyle(el).borderTopStyle") == "dashed"
    assert "suggested=1" in page.url
    page.reload()
    page.locator(".ev.suggestion:visible").first.wait_for()
    page.get_by_role("button", name="Suggestions").click()
    page.locator(".ev.suggestion").first.wait_for(state="detached")
    assert "suggested" not in page.url


def test_what_is_there_stands_before_what_is_suggested(sign_in, planned):  # noqa: F811
    for _ in range(4):  # so that a day has more suggestions than room
        AccountFactory(brand=planned["ready"].brand)
    page = sign_in("callum", view="month")
    press_suggestions(page)
    day = page.locator(f"td[data-date='{planned['day']}'] [data-event]")
    drawn = {one.get_attribute("data-event") for one in day.all() if one.is_visible()}
    assert {f"post-{planned[name].pk}" for name in ("out", "tweed", "skink")} <= drawn


def test_one_is_reached_and_taken_with_the_keyboard(sign_in, planned):  # noqa: F811
    page = sign_in("callum", view="list")
    press_suggestions(page)
    rows = page.locator(".cal-line")
    rows.first.focus()
    for _ in range(rows.count()):
        if "Suggested:" in (
            page.evaluate("document.activeElement.getAttribute('aria-label')") or ""
        ):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")  # nothing is there to pick up
    page.keyboard.press("Enter")
    page.wait_for_url("**/syndication/posting/compose?**")
    assert page.locator("#time").input_value().endswith(":00")
    assert page.locator("[name=to]:checked").count() == 1


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_the_calendar_with_suggestions_stands_up_to_axe_and_fits(sign_in, planned, view):  # noqa: F811
    page = sign_in("callum", view=view)
    press_suggestions(page)
    assert not look_closely(page, f"suggestions-{view}")


def test_the_composers_suggestion_is_taken_with_one_press(sign_in, planned, live_server):  # noqa: F811
    page = sign_in("callum")
    account = planned["ready"].account
    page.goto(f"{live_server.url}{reverse('desk:compose')}?account={account.pk}")
    page.locator(".suggested li").wait_for()
    assert page.locator(".suggested").is_visible()
    button = page.get_by_role("button", name="Take it")
    words = page.locator(".suggested .strong").inner_text()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#time")).to_have_value(words.split()[-2])
    assert not look_closely(page, "composer-suggestion")
    page.set_viewport_size(DESKTOP)
    page.get_by_label("Publish now").check()
    assert not page.locator(".suggested").is_visible()


def test_ready_posts_are_given_times_and_given_back(sign_in, planned, live_server):  # noqa: F811
    page = sign_in("callum")
    page.get_by_role("link", name="Suggest times").click()
    page.get_by_role("heading", name="Suggested times").wait_for()
    assert not look_closely(page, "suggested")
    page.set_viewport_size(PHONE)
    assert_no_sideways_scroll(page)
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="They have their times now").wait_for()
    assert not look_closely(page, "suggested-given")
    assert Post.objects.get(pk=planned["ready"].pk).status == Status.SCHEDULED
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Taken back: 1 post ready").first.wait_for()
    assert Post.objects.get(pk=planned["ready"].pk).status == Status.READY


def test_an_account_that_wants_no_question_has_its_button(sign_in, planned):  # noqa: F811
    TimeRules.objects.create(brand=planned["ready"].brand, takes_suggestions=True)
    page = sign_in("callum")
    page.get_by_role("button", name="Give suggested times").click()
    page.get_by_role("heading", name="They have their times now").wait_for()
    assert Post.objects.get(pk=planned["ready"].pk).status == Status.SCHEDULED


def test_the_week_of_an_account_stands_up_to_axe_and_fits(sign_in, planned, live_server):  # noqa: F811
    account = planned["ready"].account
    plant(account, outcomes(1, 300, OFFICE, lambda cell: 2.0 if cell[1] == 18 else 1), now=THEN)
    learn(account, THEN)
    page = sign_in("callum")
    page.goto(f"{live_server.url}{reverse('desk:account', args=[account.pk])}")
    page.get_by_text("Every hour of the week").click()
    cell = page.get_by_role("row", name="18:00").get_by_role("cell").first
    assert "times the usual" in cell.inner_text()
    assert not look_closely(page, "account-best-times")
    page.locator(".week-hours").scroll_into_view_if_needed()
    shoot(page, "account-best-times-open")
