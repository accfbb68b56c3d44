"""Many posts changed in a browser: from the list to the preview, done by keyboard, put back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from posting.models import Post
from posting.states import Status
from tests.desk.test_browser import DESKTOP, browser_page, world  # noqa: F401
from tests.desk.test_every_page import look_closely

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_times_of_chosen_posts_are_moved_and_put_back(browser_page, live_server, world):  # noqa: F811
    page = browser_page
    page.set_viewport_size(DESKTOP)
    page.goto(live_server.url + reverse("desk:schedule_queue"))
    page.locator("[data-choose-page]").check()
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_label("Find", exact=True)).to_be_hidden()
    wrong = look_closely(page, "edit-many")
    page.get_by_label("Find and replace in texts").check()
    expect(page.get_by_label("Find", exact=True)).to_be_visible()
    page.get_by_label("Move their times").check()
    page.get_by_label("Days").fill("2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Times moved 2 days later")).to_be_visible()
    wrong += look_closely(page, "edit-many-preview")
    before = times()
    page.get_by_role("button", name="Change").last.click()
    expect(page.get_by_role("button", name="Undo all of it")).to_be_visible()
    assert all(times()[pk] > at for pk, at in before.items()), times()
    wrong += look_closely(page, "edited")
    page.get_by_role("button", name="Undo all of it").click()
    page.wait_for_url("**/edits/*")
    expect(page.get_by_text("Taken back")).not_to_have_count(0)
    assert times() == before
    assert not wrong, "\n".join(wrong)


def times():
    return dict(Post.objects.filter(status=Status.SCHEDULED).values_list("pk", "wall_time"))
