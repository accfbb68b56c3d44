"""The frame in a browser: search and jump, keys, questions over the page, toasts, first steps."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from organisation.models import Switch, User
from tests.desk.test_browser import (  # noqa: F401
    DESKTOP,
    PHONE,
    assert_no_sideways_scroll,
    browser_page,
    shoot,
    use_theme,
    world,
)
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_palette(page):
    page.keyboard.press("Control+k")
    page.get_by_role("option").first.wait_for()
    return page.get_by_role("combobox", name="Search or jump to")


def test_the_palette_is_used_with_the_keyboard_alone(browser_page, live_server, world):  # noqa: F811
    page, post = browser_page, world["missed"]
    box = open_palette(page)
    shoot(page, "palette-desktop-light")
    box.press_sequentially("cullen")
    page.get_by_role("option", name="Post, missed").wait_for()
    assert page.get_by_role("option").count() == 2
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "hit-2"
    box.press("Enter")
    page.wait_for_url(f"**{reverse('desk:post', args=[post.pk])}")


def test_the_palette_fits_a_phone_in_the_dark(browser_page):  # noqa: F811
    browser_page.set_viewport_size(PHONE)
    use_theme(browser_page, "dark")
    browser_page.get_by_role("button", name="Search or jump to").click()
    browser_page.get_by_role("option").first.wait_for()
    shoot(browser_page, "palette-phone-dark")
    assert_no_sideways_scroll(browser_page)


def test_the_palette_says_when_nothing_fits(browser_page):  # noqa: F811
    open_palette(browser_page).fill("zzzz")
    browser_page.get_by_text("Nothing that you may see is called that.").wait_for()
    browser_page.keyboard.press("Escape")
    assert not browser_page.get_by_role("dialog").is_visible()


def test_an_action_of_the_palette_asks_over_the_page(browser_page):  # noqa: F811
    open_palette(browser_page).fill("zone")  # and Enter before the results are there
    browser_page.keyboard.press("Enter")
    browser_page.get_by_role("dialog", name="In which time zone").wait_for()
    assert browser_page.url.endswith("/syndication")


def test_single_keys_lead_to_pages_and_open_the_sheet(browser_page, live_server):  # noqa: F811
    page = browser_page
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    shoot(page, "keys-desktop-light")
    page.keyboard.press("Escape")
    page.get_by_role("dialog", name="Keys").wait_for(state="hidden")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(reverse("desk:compose")))
    page.goto(live_server.url + reverse("desk:zone"))
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/syndication")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url(f"**{reverse('desk:posting_hub')}")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()


def test_single_keys_work_on_a_box_that_is_ticked_and_not_typed_into(browser_page, live_server):  # noqa: F811
    page = browser_page
    page.evaluate(
        "() => { const box = document.querySelector('#single-keys');"
        " document.querySelector('#main').append(box); box.focus(); }"
    )
    expect(page.locator("#single-keys")).to_be_focused()
    page.keyboard.press("c")
    page.wait_for_url(re.compile(reverse("desk:compose")))


def test_single_keys_are_letters_while_one_types(browser_page, live_server):  # noqa: F811
    page = browser_page
    page.goto(live_server.url + reverse("desk:search"))
    page.keyboard.press("/")
    page.keyboard.type("gh c?")
    assert page.get_by_label("Search for").input_value() == "gh c?"
    assert page.url.endswith("/search")


def test_single_keys_can_be_switched_off_in_this_browser(browser_page):  # noqa: F811
    page = browser_page
    page.keyboard.press("?")
    page.get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("c")
    assert not page.get_by_role("dialog").is_visible()
    assert page.url.endswith("/syndication")


def test_publishing_is_stopped_and_started_without_leaving_the_page(browser_page, world):  # noqa: F811
    page = browser_page
    page.get_by_role("button", name="Publishing on").click()
    dialog = page.get_by_role("dialog", name="Stop publishing")
    dialog.wait_for()
    shoot(page, "stop-desktop-light")
    dialog.get_by_label("Why").fill("A wrong price in the campaign.")
    dialog.get_by_role("button", name="Stop publishing").click()
    page.get_by_text("A wrong price in the campaign.").wait_for()
    assert Switch.objects.get().stopped
    shoot(page, "stopped-desktop-light")
    page.get_by_role("button", name=re.compile("^Stopped by Callum Reid")).click()
    dialog = page.get_by_role("dialog", name="Start publishing again?")
    dialog.wait_for()
    shoot(page, "start-desktop-light")
    dialog.get_by_role("button", name="Start publishing").click()
    page.get_by_role("button", name="Publishing on").wait_for()
    assert not Switch.objects.get().stopped


def test_the_safe_answer_changes_nothing(browser_page):  # noqa: F811
    browser_page.get_by_role("button", name="Publishing on").click()
    browser_page.get_by_role("dialog").get_by_role("button", name="Leave it on").click()
    assert not browser_page.get_by_role("dialog").is_visible()
    assert not Switch.objects.exists()


def test_the_zone_is_changed_over_the_page(browser_page, world):  # noqa: F811
    page = browser_page
    page.get_by_role("button", name="change your time zone").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Time zone", exact=True).fill("kathmandu")
    shoot(page, "zone-desktop-light")
    dialog.get_by_role("button", name="Use this zone").click()
    page.get_by_text("You read times in Kathmandu time now.").wait_for()
    assert User.objects.get(pk=world["callum"].pk).timezone == "Asia/Kathmandu"


def toast(page, level):
    page.evaluate(
        "detail => dispatchEvent(new CustomEvent('toast', { detail }))",
        {"level": level, "words": "<b>Moved"},
    )
    return page.locator("[data-toast]", has_text="<b>Moved")


def test_a_toast_goes_after_six_seconds_but_not_under_the_pointer(browser_page):  # noqa: F811
    page = browser_page
    page.clock.install()
    shown = toast(page, "success")
    shown.hover()
    page.clock.run_for(20_000)
    assert shown.is_visible()
    shoot(page, "toast-desktop-light")
    page.mouse.move(10, 10)
    page.clock.run_for(7_000)
    assert shown.count() == 0


def test_a_toast_stays_while_it_is_focused(browser_page):  # noqa: F811
    page = browser_page
    page.clock.install()
    shown = toast(page, "info")
    shown.get_by_role("button", name="Dismiss").focus()
    page.clock.run_for(20_000)
    assert shown.is_visible()
    page.keyboard.press("Enter")
    assert shown.count() == 0


def test_an_error_stays_until_it_is_dismissed(browser_page):  # noqa: F811
    page = browser_page
    page.clock.install()
    shown = toast(page, "error")
    page.clock.run_for(60_000)
    assert shown.is_visible()
    shown.get_by_role("button", name="Dismiss").click()
    assert shown.count() == 0


def test_help_opens_over_the_page(browser_page):  # noqa: F811
    browser_page.get_by_role("button", name="About this page").first.click()
    browser_page.get_by_text("Home answers three questions").wait_for()
    shoot(browser_page, "help-desktop-light")


def test_the_first_key_skips_to_the_page(browser_page, live_server):  # noqa: F811
    browser_page.goto(f"{live_server.url}/syndication")
    browser_page.keyboard.press("Tab")
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator("#main")).to_be_focused()


def test_a_newcomer_is_led(page, live_server, db):
    UserFactory(username="first", first_name="Rona", last_name="Muir", boss=True, timezone="UTC")
    page.set_viewport_size(DESKTOP)
    page.goto(f"{live_server.url}/")
    page.get_by_label("Username").fill("first")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="First steps").wait_for()
    shoot(page, "first-run-desktop-light")
    page.set_viewport_size(PHONE)
    shoot(page, "first-run-phone-light")
    assert_no_sideways_scroll(page)
    page.set_viewport_size(DESKTOP)
    page.get_by_role("link", name=re.compile("Choose your time zone")).click()
    page.get_by_label("Time zone", exact=True).fill("London")
    page.get_by_role("button", name="Use this zone").click()
    page.get_by_text("1 of 5").wait_for()
    page.get_by_role("link", name="Add a brand").click()
    page.get_by_label("Name:").press_sequentially("Muir Knits")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{live_server.url}/syndication")
    page.get_by_text("2 of 5").wait_for()
    page.get_by_role("button", name="Put away").click()
    page.get_by_role("heading", name="First steps").wait_for(state="detached")


def test_search_stop_and_zone_work_without_scripts(browser, live_server, world):  # noqa: F811
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = context.new_page()
    page.goto(f"{live_server.url}/syndication")
    page.get_by_label("Username").fill("callum")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Search or jump to").click()
    page.get_by_label("Search for").fill("cullen")
    page.get_by_role("button", name="Search", exact=True).click()
    assert page.get_by_role("link", name=re.compile("Cullen skink.* on Facebook")).is_visible()
    page.get_by_role("button", name="Publishing on").click()
    page.get_by_role("button", name="Stop publishing", exact=True).click()
    assert page.get_by_text("Publishing is stopped for").first.is_visible()
    context.close()
