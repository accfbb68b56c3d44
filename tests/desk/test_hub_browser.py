"""The posting pages in a real browser: their looks, keys, choosing, and a batch end to end."""

# ruff: noqa: F811

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from posting.models import Post
from posting.states import Status
from tests.desk.test_browser import (  # noqa: F401
    DESKTOP,
    PHONE,
    assert_no_sideways_scroll,
    browser_page,
    shoot,
    use_theme,
    world,
)
from tests.factories import PieceFactory, PostFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def rows(page):
    return page.locator("tbody [data-row]")


def chosen(page):
    return page.locator("[data-count]").inner_text()


@pytest.fixture
def full(world):
    """More posts than a page holds."""
    account = world["scheduled"].account
    for number in range(56):
        PostFactory(
            account=account, scheduled=True, due=timezone.now() + timedelta(hours=number + 1)
        )
    return world


@pytest.mark.parametrize("name", ["posting_hub", "attention", "published_posts", "ready_pieces"])
def test_the_lists_fit_every_screen(browser_page, live_server, world, name):
    PieceFactory(brand=world["brand"], title="Dyeing with onion skins")
    browser_page.goto(live_server.url + reverse(f"desk:{name}"))
    for theme in ("light", "dark"):
        use_theme(browser_page, theme)
        for size_name, size in (("desktop", DESKTOP), ("phone", PHONE)):
            browser_page.set_viewport_size(size)
            shoot(browser_page, f"{name.replace('_', '-')}-{size_name}-{theme}")
            assert_no_sideways_scroll(browser_page)


def test_keys_move_choose_and_open(browser_page, live_server, world):
    page = browser_page
    page.goto(live_server.url + reverse("desk:posting_hub"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert chosen(page) == "1 chosen"
    shoot(page, "posting-hub-chosen-desktop-light")
    page.set_viewport_size(PHONE)
    shoot(page, "posting-hub-chosen-phone-light")
    assert_no_sideways_scroll(page)
    page.set_viewport_size(DESKTOP)
    page.keyboard.press("Escape")
    assert not page.get_by_role("group", name="With the chosen posts").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/posting/posts/*")


def test_no_single_key_works_while_one_types(browser_page, live_server, world):
    page = browser_page
    page.goto(live_server.url + reverse("desk:posting_hub"))
    page.keyboard.press("/")
    page.keyboard.type("jxk?")
    assert page.locator("#q").input_value() == "jxk?"
    assert not page.locator("tbody input:checked").count()


def test_a_choice_survives_paging_and_all_that_match_can_be_chosen(browser_page, live_server, full):
    page = browser_page
    page.goto(live_server.url + reverse("desk:posting_hub") + "?status=scheduled")
    page.locator("tbody input[name=post]").first.check()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**after=**")
    assert chosen(page) == "1 chosen"
    page.locator("tbody input[name=post]").first.check()
    assert chosen(page) == "2 chosen"
    page.get_by_role("link", name="Previous").click()
    page.wait_for_url("**before=**")
    assert page.locator("tbody input[name=post]").first.is_checked()
    page.get_by_role("button", name=re.compile("Choose all 57 that match")).click()
    assert chosen(page) == "57 chosen"
    page.locator(".selbar summary").click()
    page.keyboard.press("Escape")
    assert chosen(page) == "57 chosen"
    page.locator(".selbar summary").click()
    shoot(page, "posting-hub-more-desktop-light")
    page.get_by_role("button", name="Unschedule").click()
    page.get_by_text("Ready, without a time now: 57 posts.").wait_for()
    assert not Post.objects.scheduled().exists()
    assert not page.get_by_role("group", name="With the chosen posts").is_visible()


def test_many_are_asked_about_once_more(browser_page, live_server, world):
    page = browser_page
    page.goto(live_server.url + reverse("desk:attention"))
    page.locator("[data-choose-page]").check()
    shoot(page, "attention-chosen-desktop-light")
    page.get_by_role("button", name="Retry", exact=True).click()
    page.get_by_role("heading", name="Try 1 post again now?").wait_for()
    shoot(page, "decide-many-desktop-light")
    page.get_by_role("button", name="Retry 1 post").click()
    page.get_by_text("Going out again as soon as a worker is free: 1 post.").wait_for()
    assert Post.objects.get(pk=world["failed"].pk).status == Status.SCHEDULED
    assert Post.objects.get(pk=world["unconfirmed"].pk).status == Status.UNCONFIRMED


def test_a_moving_row_changes_in_place_and_keeps_choice_and_focus(
    browser_page,
    live_server,
    world,
):
    page = browser_page
    page.goto(live_server.url + reverse("desk:posting_hub"))
    post = world["publishing"]
    page.locator(f"input[name=post][value='{post.pk}']").check()
    page.locator(f"#menu-{post.pk}").focus()
    Post.objects.filter(pk=post.pk).update(
        status="failed", lease_until=None, error_sentence="Mastodon refused it."
    )
    page.locator(f"#status-{post.pk}").get_by_text("Failed").wait_for(timeout=8000)
    assert page.locator(f"input[name=post][value='{post.pk}']").is_checked()
    expect(page.locator(f"#menu-{post.pk}")).to_be_focused()


def test_filters_and_saved_views(browser_page, live_server, world):
    page = browser_page
    page.goto(live_server.url + reverse("desk:posting_hub"))
    page.get_by_text("Status", exact=True).first.click()
    shoot(page, "posting-hub-filter-desktop-light")
    page.get_by_label("Failed").check()
    page.get_by_role("button", name="Show").first.click()
    page.wait_for_url("**status=failed**")
    assert rows(page).count() == 1
    page.get_by_text("Save view").click()
    page.get_by_label("Name of this view").fill("Failed ones")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Failed ones").wait_for()
    shoot(page, "posting-hub-view-desktop-light")
    page.get_by_role("button", name="Delete the view Failed ones").click()
    page.wait_for_url("**/posting")
    assert not page.get_by_role("link", name="Failed ones").count()


def test_a_batch_goes_from_pieces_over_the_check_to_its_page(
    browser_page,
    live_server,
    world,
):
    page = browser_page
    fine = PieceFactory(brand=world["brand"], title="Dyeing with onion skins")
    PieceFactory(brand=world["brand"], title="A very long story", text="wool " * 130)
    page.goto(live_server.url + reverse("desk:ready_pieces"))
    page.get_by_label("Choose Dyeing with onion skins").check()
    page.get_by_label("Choose A very long story").check()
    page.get_by_role("button", name="Choose channels").click()
    page.wait_for_url("**/assign**")
    shoot(page, "assign-desktop-light")
    for box in page.locator("input[name=to]:enabled").all():
        box.check()
    page.get_by_role("button", name="Check the batch").click()
    page.wait_for_url("**/review**")
    for theme in ("light", "dark"):
        use_theme(page, theme)
        for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
            page.set_viewport_size(size)
            shoot(page, f"posting-review-{name}-{theme}")
            assert_no_sideways_scroll(page)
    page.set_viewport_size(DESKTOP)
    going = page.locator("[data-going]")
    before = int(going.inner_text())
    first = page.locator("input[name=take]").first
    first.focus()
    page.keyboard.press("Space")
    expect(going).to_have_text(str(before - 1))
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[role=gridcell]:nth-child(3):focus-within")).to_be_visible()
    page.keyboard.press("Enter")
    page.locator("td.shown").wait_for()
    page.get_by_role("button", name="Publish now").click()
    page.wait_for_url("**/posting/batches/*")
    shoot(page, "posting-batch-desktop-light")
    posts = Post.objects.filter(piece=fine)
    assert posts.count() > 0
    assert {post.status for post in posts} <= {Status.SCHEDULED, Status.PUBLISHING}


def test_keys_of_a_row_lead_where_its_menu_does_and_say_what_cannot_be(
    browser_page, live_server, world
):
    page = browser_page
    hub = live_server.url + reverse("desk:posting_hub")
    ready = f"{hub}?status=ready"
    for key, address in (("s", "/schedule"), ("p", "/publish-now"), ("e", "/posting/compose")):
        page.goto(ready)
        page.keyboard.press("j")
        page.keyboard.press(key)
        page.wait_for_url(re.compile(f".*{address}.*"))
    page.goto(ready)
    page.keyboard.press("j")
    page.keyboard.press("m")
    expect(page.locator(":focus")).to_have_text("Open")
    page.goto(f"{hub}?status=publishing")
    page.keyboard.press("j")
    page.keyboard.press("p")
    page.get_by_text("This post cannot be published now").wait_for()
    page.goto(ready)
    page.keyboard.press("j")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url(hub)
