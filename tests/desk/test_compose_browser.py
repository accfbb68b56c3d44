"""The composer in a real browser. What it showed is kept in build/screenshots."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from content.models import Draft, Piece
from organisation.models import Role
from platforms.models import Account
from posting.models import Batch, Post
from posting.states import Status
from tests.content.pictures import picture, png_header
from tests.desk.composing import COMPOSE, place_of
from tests.factories import (
    PASSWORD,
    AccountFactory,
    BrandFactory,
    HeartbeatFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
YARN = (
    "The hand-frames in Sandness have been busy. Eleven natural Shetland shades are back on the "
    "shelf, from shaela to moorit to the softest mioget gold, none of them dyed and every one "
    "named after the sheep that grew it.\n\nEach ball says which croft it came from. "
    "Have a look before the knitters of Lerwick do. #ShetlandWool #Knitting"
)


@pytest.fixture
def world():
    brand = BrandFactory(name="Glen & Loom")
    callum = UserFactory(username="callum", first_name="Callum", last_name="Reid", is_staff=True)
    MembershipFactory(brand=brand, user=callum, role=Role.ADMINISTRATOR)
    page = AccountFactory(brand=brand, name="Glen & Loom")
    shop = AccountFactory(brand=brand, name="Glen & Loom, Oban shop")
    toot = AccountFactory(
        brand=brand, platform="mastodon", name="@glenandloom@mastodon.scot", server="sandbox"
    )
    lost = AccountFactory(
        brand=brand,
        name="Glen & Loom, Skye",
        state=Account.State.NEEDS_RECONNECT,
        state_reason="Meta ended the permission yesterday at 22:14.",
    )
    HeartbeatFactory()
    return {
        "callum": callum,
        "brand": brand,
        "page": page,
        "shop": shop,
        "toot": toot,
        "lost": lost,
    }


@pytest.fixture
def tab(page, live_server, world, data_dir):
    """A signed-in tab that fails the test on any fault in the console."""
    faults = []
    page.on("console", lambda message: is_fault(message) and faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.faults = faults
    page.set_default_timeout(10_000)
    page.set_viewport_size(DESKTOP)
    page.goto(f"{live_server.url}/")
    page.get_by_label("Username").fill("callum")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/syndication")
    page.base = live_server.url
    yield page
    assert not faults


def is_fault(message):
    """A poll that leaving the page cut short is none."""
    return message.type == "error" and not message.text.startswith("htmx:")


def shoot(page, name):
    page.evaluate("scrollTo(0, 0)")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True, caret="initial")


def use_theme(page, theme):
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)


def fits(page):
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px too wide"


def open_composer(tab, query=""):
    tab.goto(f"{tab.base}{COMPOSE}{query}")


def choose(tab, *accounts):
    for account in accounts:
        tab.locator(f"[value='{place_of(account)}']").check()


def kept(tab):
    tab.locator("[data-kept]").wait_for()


def upload(tab, name, data, mime="image/jpeg"):
    tab.locator("#upload").set_input_files([{"name": name, "mimeType": mime, "buffer": data}])


def write(tab, text):
    tab.get_by_label("Text for all channels").fill(text)


def at(tab, when):
    tab.get_by_label("Date").fill(f"{when:%Y-%m-%d}")
    tab.get_by_label("Time", exact=True).fill(f"{when:%H:%M}")


def test_it_fits_every_screen(tab, world):
    for theme in ("light", "dark"):
        use_theme(tab, theme)
        tab.set_viewport_size(DESKTOP)
        open_composer(tab)
        shoot(tab, f"compose-empty-desktop-{theme}")
        write(tab, YARN * 2)
        tab.get_by_label("Link").fill("https://glenandloom.scot/yarn")
        upload(tab, "balls.jpg", picture(size=(1200, 800), colour="sienna"))
        upload(tab, "shelf.png", picture("PNG", size=(900, 900), colour="teal"), "image/png")
        tab.locator(".picture").nth(1).wait_for()
        choose(tab, world["page"], world["toot"])
        tab.get_by_text("Schedule 2 posts").wait_for()
        tab.locator("#go", has_text="2 to fix first").wait_for()
        shoot(tab, f"compose-filled-desktop-{theme}")
        fits(tab)
        tab.set_viewport_size(PHONE)
        shoot(tab, f"compose-filled-phone-{theme}")
        fits(tab)


def test_a_poll_is_written_by_keyboard_and_seen_as_readers_will(tab, world):
    for theme in ("light", "dark"):
        use_theme(tab, theme)
        tab.set_viewport_size(DESKTOP if theme == "light" else PHONE)
        open_composer(tab)
        write(tab, "What do you drink at the loom?")
        choose(tab, world["toot"])
        tab.get_by_role("button", name="Mastodon only").click()
        tab.get_by_label("Who sees it").first.focus()
        tab.keyboard.type("Followers")
        tab.get_by_label("Content warning").first.fill("Drinks")
        tab.get_by_label("Poll", exact=True).first.fill("Tea; Coffee; Whisky")
        tab.get_by_label("People may choose several answers").first.focus()
        tab.keyboard.press("Space")
        tab.locator(".prev .poll.several li").nth(2).wait_for()
        tab.locator(".prev-aside", has_text="Drinks").wait_for()
        tab.locator(".prev-aside", has_text="Followers").wait_for()
        shoot(tab, f"compose-poll-{theme}")
        fits(tab)
    tab.get_by_label("Time", exact=True).fill("23:59")
    tab.locator("#send").click()
    tab.wait_for_url("**/batches/*")
    assert Piece.objects.get().current.variants["mastodon/status"]["options"] == {
        "visibility": "private",
        "spoiler_text": "Drinks",
        "poll": "Tea; Coffee; Whisky",
        "poll_multiple": True,
    }


def test_three_accounts_are_scheduled_in_six_interactions(tab, world):
    open_composer(tab)
    steps = [
        lambda: write(tab, "The kettle is on."),
        *(
            lambda account=account: choose(tab, world[account])
            for account in ("page", "shop", "toot")
        ),
        lambda: tab.get_by_label("Time", exact=True).fill("23:59"),
        lambda: tab.locator("#send").click(),
    ]
    assert len(steps) <= 6
    for step in steps:
        step()
    tab.wait_for_url("**/batches/*")
    assert Post.objects.scheduled().count() == 3
    shoot(tab, "batch-scheduled-desktop-light")


def test_the_last_set_makes_it_four(tab, world):
    test_three_accounts_are_scheduled_in_six_interactions(tab, world)
    open_composer(tab)
    write(tab, "And the scones are out.")
    tab.get_by_role("button", name="Use last set").click()
    tab.get_by_label("Time", exact=True).fill("23:58")
    tab.locator("#send").click()
    tab.wait_for_url("**/batches/*")
    assert Post.objects.scheduled().count() == 6


def test_one_press_puts_each_problem_right(tab, world):
    open_composer(tab)
    write(tab, YARN * 2)
    tab.get_by_label("Link").fill("https://glenandloom.scot/yarn")
    for wide in range(5):
        upload(tab, f"ball{wide}.jpg", picture(size=(80 + wide, 80)))
        tab.locator(".picture").nth(wide).wait_for()
    choose(tab, world["page"], world["toot"])
    tab.locator("#go", has_text="3 to fix first").wait_for()
    fixes = ["Send only the first 4", "Write the link into the text", "Shorten"]
    for words in (*fixes, *["Decorative"] * 4):
        before = tab.locator(".problem").count()
        tab.get_by_role("button", name=words, exact=True).first.click()
        tab.locator(".problem").nth(before - 1).wait_for(state="detached")
    tab.get_by_role("button", name="Describe").first.click()
    tab.keyboard.type("A shelf of wool")
    tab.locator("#problems").wait_for(state="detached")
    tab.get_by_role("button", name="Mastodon only").click()
    own = tab.get_by_label("Text for Mastodon only").input_value()
    assert own.endswith((".", "…", "#Knitting"))
    shoot(tab, "compose-fixed-desktop-light")
    tab.get_by_label("Time", exact=True).fill("23:59")
    tab.locator("#send").click()
    tab.wait_for_url("**/batches/*")
    version = Piece.objects.get().current
    assert version.variants["mastodon/status"]["pictures"] == 4
    assert [use.alt for use in version.media.all()] == ["", "", "", "", "A shelf of wool"]


def test_pictures_that_are_none_are_named_and_the_text_stays(tab, world):
    open_composer(tab)
    write(tab, "Look at this.")
    bad = {
        "page.jpg": (b"<html><script>alert(1)</script></html>", "cannot be read|not a picture"),
        "cut.jpg": (picture(size=(400, 400))[:900], "not a picture"),
        "huge.png": (png_header(30_000, 30_000), "30,000 × 30,000"),
    }
    for name, (data, _) in bad.items():
        upload(tab, name, data)
        tab.locator("[data-uploads] .error", has_text=name).wait_for()
    upload(tab, "good.jpg", picture(size=(300, 200)))
    tab.locator(".picture").wait_for()
    shoot(tab, "compose-bad-pictures-desktop-light")
    assert tab.get_by_label("Text for all channels").input_value() == "Look at this."


def test_a_closed_tab_is_taken_up_again(tab, world):
    open_composer(tab)
    write(tab, "Half a thought")
    kept(tab)
    open_composer(tab)
    tab.get_by_text("Begun and not sent").wait_for()
    shoot(tab, "compose-left-open-desktop-light")
    tab.get_by_role("link", name="Go on").click()
    assert tab.get_by_label("Text for all channels").input_value() == "Half a thought"
    tab.reload()
    assert tab.get_by_label("Text for all channels").input_value() == "Half a thought"


def test_a_lost_session_loses_nothing(tab, world):
    open_composer(tab)
    write(tab, "Before")
    kept(tab)
    tab.context.clear_cookies()
    write(tab, "Before and after")
    tab.get_by_text("You are signed out.").wait_for()
    shoot(tab, "compose-signed-out-desktop-light")
    tab.get_by_role("link", name="Sign in").click()
    tab.get_by_label("Username").fill("callum")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.locator("[data-kept]").wait_for()
    assert tab.get_by_label("Text for all channels").input_value() == "Before and after"
    tab.faults.clear()  # the browser notes the 401 itself


def test_two_windows_with_one_draft_are_told(tab, world, context):
    open_composer(tab)
    write(tab, "Mine")
    kept(tab)
    other = context.new_page()
    other.goto(f"{tab.base}{COMPOSE}?draft={Draft.objects.get().pk}")
    other.get_by_label("Text for all channels").fill("Theirs")
    other.get_by_text("Draft kept at").wait_for()
    write(tab, "Mine, longer")
    tab.get_by_text("Another window changed this draft").wait_for()
    assert tab.get_by_label("Text for all channels").input_value() == "Mine, longer"
    assert Draft.objects.get().payload["text"] == "Theirs"
    other.close()


def test_a_time_that_does_not_exist_offers_its_neighbours(tab, world):
    open_composer(tab)
    write(tab, "Clocks")
    choose(tab, world["page"])
    tab.get_by_label("Date").fill("2027-03-28")
    tab.get_by_label("Time", exact=True).fill("01:30")
    tab.get_by_text("does not exist on 28 March 2027").wait_for()
    shoot(tab, "compose-gap-desktop-light")
    tab.get_by_role("button", name="02:30").click()
    tab.get_by_text("Goes out on Sunday 28 March 2027 at 02:30 BST.").wait_for()


def test_a_time_that_comes_twice_asks_which(tab, world):
    open_composer(tab)
    write(tab, "Clocks")
    choose(tab, world["page"])
    tab.get_by_label("Date").fill("2027-10-31")
    tab.get_by_label("Time", exact=True).fill("01:30")
    tab.get_by_text("comes twice on 31 October 2027").wait_for()
    shoot(tab, "compose-overlap-desktop-light")
    tab.get_by_label("The second, 01:30 GMT").check()
    tab.locator("#notes .s-scheduled").wait_for()
    tab.locator("#send").click()
    tab.wait_for_url("**/batches/*")
    assert Post.objects.get().fold == 1


def test_back_after_publishing_sends_nothing_twice(tab, world):
    open_composer(tab)
    write(tab, "Once")
    choose(tab, world["page"])
    tab.get_by_label("Publish now").check()
    tab.get_by_label("Time to take it back").select_option("60")
    tab.locator("#send").click()
    tab.wait_for_url("**/batches/*")
    shoot(tab, "batch-take-back-desktop-light")
    tab.go_back()
    tab.get_by_role("link", name="See what became of it").click()
    tab.wait_for_url("**/batches/*")
    assert Post.objects.count() == 1
    tab.locator("table").get_by_role("button", name="Take back").click()
    tab.get_by_text("taken back and ready").wait_for()
    assert Post.objects.get().status == Status.READY


def test_a_batch_follows_its_posts_by_itself(tab, world):
    batch = Batch.objects.create(brand=world["brand"], by=world["callum"])
    now = timezone.now()
    states: list[dict[str, Any]] = [
        {"published": True}, {"publishing": True}, {"failed": True}, {"unconfirmed": True},
        {"scheduled": True, "due": now + timedelta(hours=1)}, {"missed": True},
    ]  # fmt: skip
    for number, state in enumerate(states):
        piece = PieceFactory(brand=world["brand"], title=f"Scone number {number}")
        PostFactory(account=world["page"], piece=piece, batch=batch, **({"due": now} | state))
    address = tab.base + reverse("desk:batch", args=[batch.pk])
    for theme in ("light", "dark"):
        use_theme(tab, theme)
        for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
            tab.set_viewport_size(size)
            tab.goto(address)
            shoot(tab, f"batch-{name}-{theme}")
            fits(tab)
    Post.objects.publishing().update(
        status=Status.PUBLISHED, remote_id="9", lease_until=None, published_at=now
    )
    tab.get_by_text("2 of 6 published").wait_for()


def test_the_core_works_without_scripts(browser, live_server, world, data_dir):
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = context.new_page()
    page.goto(f"{live_server.url}{COMPOSE}")
    page.get_by_label("Username").fill("callum")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    write(page, "Plain and simple.")
    page.get_by_label("Link").fill("https://glenandloom.scot/")
    choose(page, world["toot"])
    upload(page, "loom.jpg", picture(size=(300, 200)))
    at(page, timezone.localtime() + timedelta(days=1))
    shoot(page, "compose-without-scripts-desktop-light")
    page.locator("#send").click()
    page.wait_for_url("**/batches/*")
    version = Post.objects.get().piece_version
    assert (version.text, version.media.count()) == ("Plain and simple.", 1)
    context.close()


def test_enter_in_a_field_neither_sends_nor_undoes(tab, world):
    open_composer(tab, f"?account={world['toot'].pk}&text=Hello")
    tab.get_by_role("button", name="Mastodon only").click()
    tab.get_by_label("Text for Mastodon only").fill("My own")
    kept(tab)
    tab.get_by_label("Link").fill("https://glenandloom.scot/")
    tab.get_by_label("Link").press("Enter")
    tab.locator(".prev-text", has_text="https://glenandloom.scot/").wait_for()
    assert tab.locator("[name='own-text:mastodon/status']").input_value() == "My own"
    assert not Post.objects.exists()


def test_no_part_has_scripts_or_styles_inside(tab, world):
    open_composer(tab, f"?account={world['page'].pk}&text=Hello")
    assert tab.locator(f"[value='{place_of(world['page'])}']").is_checked()
    tab.locator("#send").wait_for()
    source = tab.content()
    assert " style=" not in source.replace('style=""', "")
    assert "onclick=" not in source
