"""Writing in a browser: by keyboard, with pieces that appear by themselves; without script too."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from content.models import Piece, WritingItem
from content.writers.working import write_next
from tests.desk.test_browser import DESKTOP, browser_page, world  # noqa: F401
from tests.factories import PASSWORD
from tests.writing.made import source_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def source(world):  # noqa: F811
    texts = ((f"Part {n}", f"Peat smoke number {n}. It stays.") for n in range(3))
    return source_with(*texts, brand=world["brand"])


def test_pieces_appear_by_themselves_and_the_rest_is_stopped(
    browser_page,  # noqa: F811
    live_server,
    world,  # noqa: F811
    source,
):
    page, account = browser_page, world["ready"].account
    page.goto(live_server.url + reverse("desk:write", args=[source.pk]))
    channel = page.locator(f'[name=to][value^="{account.pk}-"]').first
    channel.focus()
    page.keyboard.press("Space")
    expect(channel).to_be_checked()
    page.get_by_label("Warm").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # sends the form
    expect(page.get_by_role("heading", name="0 of 3 pieces written")).to_be_visible()
    assert write_next()
    expect(page.get_by_role("heading", name="1 of 3 pieces written")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Peat smoke number 0.")).to_be_visible()
    stop = page.get_by_role("button", name="Stop after this one")
    stop.focus()
    assert write_next()
    expect(page.get_by_role("heading", name="2 of 3 pieces written")).to_be_visible(timeout=15_000)
    assert stop.evaluate("(button) => button === document.activeElement")  # through the change
    page.keyboard.press("Enter")
    expect(page.get_by_text("Stopped: 1 piece is not begun.")).to_be_visible()
    assert [item.state for item in WritingItem.objects.order_by("position")] == [
        "written",
        "written",
        "stopped",
    ]
    page.locator("[id^=open-]").first.click()
    text = page.get_by_label("Text for all channels")
    expect(text).to_have_value("Peat smoke number 0. It stays.")


def test_without_script_it_is_the_same_form_and_the_page_is_loaded_again(
    browser,
    live_server,
    world,  # noqa: F811
    source,
):
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = context.new_page()
    page.goto(f"{live_server.url}/")
    page.get_by_label("Username").fill("callum")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(live_server.url + reverse("desk:write", args=[source.pk]))
    page.locator(f'[name=to][value^="{world["ready"].account.pk}-"]').first.check()
    page.get_by_role("button", name="Write the pieces").click()
    expect(page.get_by_role("heading", name="0 of 3 pieces written")).to_be_visible()
    while write_next():
        pass
    page.reload()
    expect(page.get_by_role("heading", name="3 of 3 pieces written")).to_be_visible()
    assert Piece.objects.filter(section__source=source).count() == 3
    context.close()
