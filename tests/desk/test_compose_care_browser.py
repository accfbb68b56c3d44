"""The composer in a real browser where care is needed: back, late, slow, by keyboard, under axe."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from content.models import Draft
from content.writing import save_version
from organisation.models import Role
from posting.models import Batch, Post
from tests.content.pictures import picture
from tests.desk.composing import COMPOSE
from tests.desk.test_compose_browser import (  # noqa: F401
    DESKTOP,
    PASSWORD,
    PHONE,
    choose,
    fits,
    kept,
    open_composer,
    shoot,
    tab,
    upload,
    use_theme,
    world,
    write,
)
from tests.desk.test_every_page import violations
from tests.factories import BrandFactory, MembershipFactory, PieceFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "The hand-frames in Sandness have been busy. " * 30


def sign_in(tab):  # noqa: F811
    tab.get_by_label("Username").fill("callum")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()


def said(tab, words):  # noqa: F811
    tab.locator("[data-announced]", has_text=words).wait_for(state="attached")


def text_of(tab):  # noqa: F811
    return tab.get_by_label("Text for all channels").input_value()


def test_back_to_a_sent_form_shows_that_it_was_sent(tab, world):  # noqa: F811
    open_composer(tab)
    write(tab, "Once")
    choose(tab, world["page"])
    tab.get_by_label("Publish now").check()
    tab.locator("#send").click()
    tab.wait_for_url("**/batches/*")
    tab.go_back()
    tab.get_by_role("heading", name="This form was sent").wait_for()
    assert tab.locator("#send").count() == 0
    for theme, screen, size in (("light", "desktop", DESKTOP), ("dark", "phone", PHONE)):
        use_theme(tab, theme)
        tab.reload()
        tab.set_viewport_size(size)
        shoot(tab, f"compose-sent-{screen}-{theme}")
        fits(tab)
        assert not violations(tab)
    tab.get_by_role("link", name="See what became of it").click()
    tab.wait_for_url("**/batches/*")
    assert Post.objects.count() == 1


def test_a_form_restored_from_the_browsers_memory_asks_anew(tab, world):  # noqa: F811
    open_composer(tab)
    write(tab, "Once")
    kept(tab)
    Batch.objects.create(id=Draft.objects.get().pk, brand=world["brand"], by=world["callum"])
    tab.locator("[data-composer]").dispatch_event("submit", {"bubbles": True})
    tab.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    tab.get_by_role("heading", name="This form was sent").wait_for()


def test_a_form_sent_after_the_session_is_there_again_after_signing_in(tab, world):  # noqa: F811
    open_composer(tab)
    write(tab, "Kept")
    kept(tab)
    Session.objects.all().delete()
    tab.route("**/compose/check", lambda route: route.abort())
    write(tab, "Kept, and the last seconds that were not")
    tab.locator("#send").click()
    tab.get_by_role("heading", name="Not sent: you were signed out meanwhile").wait_for()
    shoot(tab, "compose-signed-out-sent-desktop-light")
    assert not violations(tab)
    tab.unroute("**/compose/check")
    tab.get_by_role("link", name="Sign in and go on").click()
    sign_in(tab)
    kept(tab)
    assert text_of(tab) == "Kept, and the last seconds that were not"
    assert not Post.objects.exists()
    tab.faults.clear()  # the browser notes the 403 and the cut line itself


def test_a_form_sent_after_signing_in_elsewhere_is_there_again(tab, world, context):  # noqa: F811
    open_composer(tab)
    write(tab, "Kept")
    kept(tab)
    context.clear_cookies()
    other = context.new_page()
    other.goto(tab.base)
    sign_in(other)
    other.wait_for_url("**/syndication")
    tab.route("**/compose/check", lambda route: route.abort())
    write(tab, "Kept, and more")
    tab.locator("#send").click()
    tab.get_by_role("heading", name="Not sent: you signed in again meanwhile").wait_for()
    tab.unroute("**/compose/check")
    tab.get_by_role("link", name="Back to the post").click()
    kept(tab)
    assert text_of(tab) == "Kept, and more"
    other.close()
    tab.faults.clear()


def test_a_slow_line_is_not_another_window(tab, world):  # noqa: F811
    open_composer(tab)
    held = []
    tab.route("**/compose/check", lambda route: (route.fetch(), held.append(route)))
    write(tab, "One")
    for _turn in range(200):
        if held:
            break
        tab.wait_for_timeout(50)
    tab.unroute("**/compose/check")  # the first was kept, and its answer never came
    write(tab, "One, two")
    kept(tab)
    assert Draft.objects.get().payload["text"] == "One, two"
    assert tab.get_by_text("Another window").count() == 0


def test_the_other_windows_words_can_be_taken(tab, world, context):  # noqa: F811
    open_composer(tab)
    write(tab, "Mine")
    kept(tab)
    other = context.new_page()
    other.goto(f"{tab.base}{COMPOSE}?draft={Draft.objects.get().pk}")
    other.get_by_label("Text for all channels").fill("Theirs")
    other.locator("[data-kept]").wait_for()
    write(tab, "Mine, longer")
    tab.get_by_role("link", name="Take the other one").click()
    tab.wait_for_function("document.querySelector('#text').value === 'Theirs'")
    tab.wait_for_timeout(600)  # the browser puts its own copy back by now, if it does at all
    assert text_of(tab) == "Theirs"
    other.close()


def test_a_field_of_ones_own_height_keeps_it_and_the_policy(tab, world):  # noqa: F811
    open_composer(tab)
    write(tab, LONG)
    choose(tab, world["toot"])
    tab.locator("#text").evaluate("field => { field.style.height = '320px'; }")
    tab.get_by_role("button", name="Shorten").click()
    tab.locator("#problems").wait_for(state="detached")
    expect(tab.locator("#text")).to_have_css("height", "320px")


def test_a_stop_of_the_time_stands_beside_the_button_and_is_left_by_one_press(tab, world):  # noqa: F811
    open_composer(tab)
    write(tab, "Clocks")
    choose(tab, world["page"])
    tab.get_by_label("Date").fill("2027-03-28")
    tab.get_by_label("Time", exact=True).fill("01:30")
    tab.locator("#go").get_by_text("That time does not exist.").wait_for()
    said(tab, "That time does not exist.")
    tab.locator("#send").click()
    tab.wait_for_load_state()
    assert tab.get_by_text("does not exist on 28 March 2027").count() == 1
    shoot(tab, "compose-gap-refused-desktop-light")
    tab.locator("#go").get_by_role("button", name="That time does not exist.").click()
    expect(tab.locator("#time")).to_be_focused()
    tab.get_by_role("button", name="02:30").click()
    tab.get_by_text("Goes out on Sunday 28 March 2027 at 02:30 BST.").wait_for()
    assert tab.locator("#go").get_by_text("That time").count() == 0


def test_pictures_are_moved_by_buttons_and_keys_and_said(tab, world):  # noqa: F811
    open_composer(tab)
    for number, colour in enumerate(("sienna", "teal", "navy")):
        upload(tab, f"{number}.jpg", picture(size=(60, 40), colour=colour))
        tab.locator(".picture").nth(number).wait_for()
    tab.get_by_role("button", name="Move 0.jpg one place down").focus()
    tab.keyboard.press("Enter")
    said(tab, "0.jpg is 2 of 3 now.")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Enter")
    said(tab, "0.jpg is the last already.")
    tab.locator("[data-name='2.jpg'] input.form-control").press("Alt+ArrowUp")
    said(tab, "2.jpg is 1 of 3 now.")
    kept(tab)
    tab.wait_for_timeout(700)  # its keeping
    order = [one["id"] for one in Draft.objects.get().payload["pictures"]]
    shown = tab.locator("input[name=picture]").evaluate_all("all => all.map(one => +one.value)")
    assert order == shown
    names = tab.locator(".picture").evaluate_all("all => all.map(one => one.dataset.name)")
    assert names == ["2.jpg", "1.jpg", "0.jpg"]


def test_unsent_posts_stack_small_on_a_phone(tab, world):  # noqa: F811
    for number in range(3):
        Draft.objects.create(
            brand=world["brand"],
            by=world["callum"],
            payload={"brand": world["brand"].pk, "text": f"{number} {'long words ' * 20}"},
        )
    tab.set_viewport_size(PHONE)
    open_composer(tab)
    strip = tab.locator(".left-open")
    assert strip.bounding_box()["height"] < 130
    strip.get_by_text("2 more, begun and not sent").click()
    assert strip.get_by_role("link", name="Go on").count() == 3
    shoot(tab, "compose-left-open-phone-light")
    fits(tab)


def test_the_brand_that_pages_show_is_the_forms(tab, world):  # noqa: F811
    aran = BrandFactory(name="Aran Shop")
    MembershipFactory(brand=aran, user=world["callum"], role=Role.ADMINISTRATOR)
    open_composer(tab, f"?account={world['page'].pk}")
    write(tab, "For Glen & Loom")
    kept(tab)
    tab.locator(".brand-chip").click()
    tab.locator(".topbar, .rail").get_by_role("button", name="Aran Shop").first.click()
    tab.get_by_text("The other pages show Aran Shop now").wait_for()
    shoot(tab, "compose-other-brand-desktop-light")
    open_composer(tab)
    tab.get_by_text("For Aran Shop.").wait_for()
    assert tab.locator("[name=to]").count() == 0


def test_a_text_far_too_long_is_told_and_not_even_read(tab, world):  # noqa: F811
    open_composer(tab)
    tab.evaluate(
        """() => {
          window.read = 0;
          document.addEventListener("formdata", () => { window.read += 1; });
          const field = document.querySelector("#text");
          field.value = "æøå ".repeat(75_000);
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    tab.get_by_text("The text has 300,000 characters and 100,000 is the most kept").wait_for()
    tab.locator("#send").click()
    assert tab.evaluate("window.read") == 0


# Under axe


def empty(tab, world):  # noqa: F811
    open_composer(tab)


def with_pictures(tab, world):  # noqa: F811
    open_composer(tab)
    write(tab, "Look at this.")
    choose(tab, world["page"], world["toot"])
    for number in range(2):
        upload(tab, f"{number}.jpg", picture(size=(120, 80 + number)))
        tab.locator(".picture").nth(number).wait_for()
    tab.get_by_text("to know", exact=False).first.wait_for()


def with_own_words(tab, world):  # noqa: F811
    open_composer(tab)
    write(tab, "For all.")
    choose(tab, world["page"], world["toot"])
    tab.get_by_role("button", name="Mastodon only").click()
    tab.get_by_label("Text for Mastodon only").fill("For Mastodon. #wool")
    tab.locator(".prev-text .tg").wait_for()


def with_problems(tab, world):  # noqa: F811
    open_composer(tab)
    write(tab, LONG)
    tab.get_by_label("Link").fill("https://glenandloom.scot/yarn")
    choose(tab, world["page"], world["toot"])
    tab.get_by_label("Date").fill("2027-10-31")
    tab.get_by_label("Time", exact=True).fill("01:30")
    tab.locator("#go").get_by_text("That time comes twice.").wait_for()


def with_a_conflict(tab, world):  # noqa: F811
    piece = PieceFactory(brand=world["brand"], text="As it was.", by=world["callum"])
    open_composer(tab, f"?piece={piece.pk}")
    save_version(piece, text="Theirs.", by=world["callum"], expected_edits=1)
    write(tab, "Mine.")
    tab.get_by_label("Save as ready").check()
    tab.locator("#send").click()
    tab.get_by_text("Both texts stand here").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize(
    "variant", [empty, with_pictures, with_own_words, with_problems, with_a_conflict]
)
def test_each_look_stands_up_to_axe(tab, world, variant):  # noqa: F811
    wrong = []
    for theme in ("light", "dark"):
        use_theme(tab, theme)
        tab.set_viewport_size(DESKTOP)
        variant(tab, world)
        for screen, size in (("desktop", DESKTOP), ("phone", PHONE)):
            tab.set_viewport_size(size)
            shoot(tab, f"compose-{variant.__name__.replace('_', '-')}-{screen}-{theme}")
            fits(tab)
            tab.set_viewport_size({**size, "height": 3000})  # so that no bar covers a control
            wrong += [f"{theme}, {screen}: {one}" for one in violations(tab)]
    assert not wrong, "\n".join(wrong)
