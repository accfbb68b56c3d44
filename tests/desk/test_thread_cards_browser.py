"""The cards of a thread in a real browser: dragged with the mouse, moved and written by keys."""

import re

import pytest
from playwright.sync_api import expect

from organisation.models import Role
from tests.desk.composing import COMPOSE
from tests.desk.test_compose_browser import (  # noqa: F401
    PHONE,
    fits,
    shoot,
    tab,
    use_theme,
    world,
)
from tests.factories import AccountFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "First.\n---\nSecond.\n---\nThird."


@pytest.fixture
def thread(tab, world):  # noqa: F811
    """The composer with a thread of three posts for an account at X."""
    world["callum"].memberships.update(role=Role.ADMINISTRATOR)
    account = AccountFactory(brand=world["brand"], platform="twitter", server="sandbox")
    tab.goto(f"{tab.base}{COMPOSE}")
    tab.locator(f"[value='{account.pk}/thread']").check()
    tab.get_by_label("Text for all channels").fill(TEXT)
    expect(tab.locator("[data-card]")).to_have_count(3)
    return tab


def order(page, *texts):
    """Expect these words on the cards, and the same in the text that is sent."""
    for place, text in enumerate(texts):
        expect(page.locator("[data-card-text]").nth(place)).to_have_value(text)
    expect(page.locator("#text")).to_have_value("\n---\n".join(texts))


def said(page, words):
    expect(page.locator("[data-announced]")).to_have_text(words)


def drag(page, which, before):
    """Pull a card by its handle above another one, as a hand does, and see it follow."""
    expect(page.locator("[data-cards]")).to_have_attribute("data-sortable", "yes")
    cards, handle = page.locator("[data-card]"), page.locator("[data-grip]").nth(which)
    handle.scroll_into_view_if_needed()
    start, end = handle.bounding_box(), cards.nth(before).bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 20, steps=4)
    expect(page.locator(".sortable-ghost")).to_have_count(1)
    for step in range(100):  # while the cards make room the hand is not heeded, so it goes on
        page.mouse.move(x, end["y"] + 4 + step % 2, steps=12)
        if "sortable-ghost" in cards.nth(before).get_attribute("class"):
            break
    expect(cards.nth(before)).to_have_class(re.compile("sortable-ghost"))
    page.mouse.up()


def test_a_card_is_dragged_with_the_mouse(thread):
    drag(thread, 2, 0)
    order(thread, "Third.", "First.", "Second.")
    said(thread, "Post 3 is 1 of 3 now.")
    expect(thread.locator("#checked .thread li").first).to_contain_text("Third.")
    shoot(thread, "thread-cards")


def test_cards_are_moved_by_keys_alone_and_it_is_said(thread):
    thread.locator("[data-card-text]").first.focus()
    thread.keyboard.press("Alt+ArrowDown")
    order(thread, "Second.", "First.", "Third.")
    said(thread, "Post 1 is 2 of 3 now.")
    expect(thread.get_by_label("Post 2 of 3", exact=True)).to_be_focused()
    thread.get_by_label("Move post 2 down").focus()
    thread.keyboard.press("Enter")
    order(thread, "Second.", "Third.", "First.")
    thread.keyboard.press("Enter")
    said(thread, "Post 3 is the last already.")
    expect(thread.get_by_label("Move post 3 down")).to_be_focused()


def test_what_is_written_in_a_card_stands_in_the_text_and_the_writer_is_not_disturbed(thread):
    card = thread.locator("[data-card-text]").nth(1)
    card.press("End")
    thread.keyboard.type(" And more.")
    order(thread, "First.", "Second. And more.", "Third.")
    expect(thread.locator("[data-card-foot]").nth(1)).to_contain_text("17 / 280")
    expect(card).to_be_focused()
    thread.keyboard.insert_text(" One more sentence." * 20)
    expect(thread.locator("[data-deck-head]")).to_contain_text("4 posts of the thread")
    expect(thread.locator("[data-card]")).to_have_count(3)
    thread.locator("#link").focus()
    expect(thread.locator("[data-card]")).to_have_count(4)


def test_a_post_is_added_and_one_that_is_emptied_goes(thread):
    thread.get_by_role("button", name="Add a post").click()
    thread.keyboard.type("Fourth.")
    order(thread, "First.", "Second.", "Third.", "Fourth.")
    thread.locator("[data-card-text]").nth(1).fill("")
    thread.locator("#link").focus()
    expect(thread.locator("[data-card]")).to_have_count(3)
    order(thread, "First.", "Third.", "Fourth.")


def test_beside_another_channel_cards_write_into_the_threads_own_text(thread, world):  # noqa: F811
    thread.locator(f"[value='{world['page'].pk}/feed-post']").check()
    expect(thread.locator("[data-deck]")).to_have_attribute("data-writes-to", "own-twitterthread")
    thread.locator("[data-card-text]").first.fill("Only there.")
    own = TEXT.replace("First.", "Only there.")
    expect(thread.locator("#own-twitterthread")).to_have_value(own)
    expect(thread.locator("#text")).to_have_value(TEXT)


def test_on_a_dark_phone_cards_fit_and_are_moved_by_their_buttons(thread):
    use_theme(thread, "dark")
    thread.set_viewport_size(PHONE)
    thread.reload()
    expect(thread.locator("[data-card]")).to_have_count(3)
    fits(thread)
    thread.get_by_label("Move post 3 up").click()
    order(thread, "First.", "Third.", "Second.")
    shoot(thread, "thread-cards-phone")
