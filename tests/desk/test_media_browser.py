"""The media library in a real browser: adding, describing, choosing for a post; by keyboard too."""

import io

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from content.library import Said, change
from content.media import keep_picture
from content.models import MediaAsset
from tests.content.pictures import picture
from tests.desk.test_compose_browser import (  # noqa: F401 (fixtures)
    DESKTOP,
    PHONE,
    fits,
    open_composer,
    shoot,
    tab,
    use_theme,
    world,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def kept(world, name, colour, **said):  # noqa: F811
    file = io.BytesIO(picture("PNG", size=(400, 300), mode="RGB", colour=colour))
    asset = keep_picture(file, name, brand=world["brand"], by=None)
    change(asset, Said(**said), by=world["callum"])
    return asset


@pytest.fixture
def library(world, data_dir):  # noqa: F811
    return [
        kept(world, "loom.png", (30, 90, 160), alt="A loom", tags=("tweed",)),
        kept(world, "boat.png", (160, 90, 30)),
    ]


def a_file(name, data):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def open_library(tab, live_server):  # noqa: F811
    tab.goto(live_server.url + reverse("desk:media"))


def test_several_files_are_added_each_with_its_own_answer(tab, live_server, library):  # noqa: F811
    open_library(tab, live_server)
    tab.locator("#upload").set_input_files(
        [
            a_file("new.png", picture("PNG", colour=7)),
            a_file("page.jpg", b"<html>"),
            a_file("again.png", picture("PNG", size=(400, 300), mode="RGB", colour=(30, 90, 160))),
            a_file("empty.png", b""),
        ]
    )
    answers = tab.locator("[data-library-uploads]")
    expect(answers.get_by_text("is in the library.")).to_be_visible()
    expect(answers.get_by_text("page.jpg is not a picture")).to_be_visible()
    expect(answers.get_by_text("already, as “loom.png”")).to_be_visible()
    expect(answers.get_by_text("empty.png is empty")).to_be_visible()
    expect(tab.locator(".tile")).to_have_count(3)
    assert tab.locator(".tile").first.inner_text().startswith("new.png")


def test_files_are_dropped_and_pasted(tab, live_server, library):  # noqa: F811
    open_library(tab, live_server)
    for event, carrier, shade in (("drop", "dataTransfer", 3), ("paste", "clipboardData", 4)):
        tab.evaluate(
            """([event, carrier, bytes]) => {
              const data = new DataTransfer();
              data.items.add(new File([new Uint8Array(bytes)], `${event}.png`));
              const told = new Event(event, { bubbles: true, cancelable: true });
              Object.defineProperty(told, carrier, { value: data });
              document.body.dispatchEvent(told);
            }""",
            [event, carrier, list(picture("PNG", colour=shade))],
        )
        expect(tab.locator(".tile", has_text=f"{event}.png")).to_be_visible()


def test_a_description_is_filled_in_where_it_is_missed(tab, live_server, library):  # noqa: F811
    open_library(tab, live_server)
    field = tab.get_by_label("What boat.png shows")
    field.fill("A boat in the harbour")
    field.press("Enter")
    expect(field).to_have_count(0)
    assert MediaAsset.objects.get(original_name="boat.png").alt == "A boat in the harbour"


def test_a_picture_is_chosen_for_a_post_by_keyboard(tab, library):  # noqa: F811
    open_composer(tab)
    tab.locator("#text").fill("Written before")
    tab.get_by_role("button", name="From the library").focus()
    tab.keyboard.press("Enter")
    dialog = tab.locator("#ask")
    expect(dialog.get_by_role("checkbox", name="loom.png")).to_be_visible()
    dialog.get_by_role("checkbox", name="boat.png").focus()
    tab.keyboard.press("Space")
    search = dialog.get_by_role("searchbox")
    search.fill("tweed")
    search.press("Enter")
    expect(dialog.get_by_role("checkbox")).to_have_count(1)
    dialog.get_by_role("checkbox", name="loom.png").check()
    dialog.get_by_role("button", name="Add to the post").click()
    expect(dialog).not_to_be_visible()
    expect(tab.locator("#pictures > li")).to_have_count(2)
    expect(tab.get_by_label("What loom.png shows")).to_have_value("A loom")
    assert tab.locator("#text").input_value() == "Written before"


def test_the_question_before_deleting_is_a_dialog(tab, live_server, library):  # noqa: F811
    tab.goto(live_server.url + reverse("desk:media_asset", args=[library[1].pk]))
    tab.get_by_role("link", name="Delete…").click()
    tab.locator("#ask").get_by_role("button", name="Delete").click()
    expect(tab.get_by_text("“boat.png” is deleted.")).to_be_visible()
    expect(tab.locator(".tile")).to_have_count(1)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_fits_every_screen(tab, live_server, library, theme, size):  # noqa: F811
    use_theme(tab, theme)
    tab.set_viewport_size(size)
    open_library(tab, live_server)
    shoot(tab, f"media-{theme}-{size['width']}")
    fits(tab)
    tab.goto(live_server.url + reverse("desk:media_asset", args=[library[0].pk]))
    tab.get_by_text("What matters most", exact=True).click()
    shoot(tab, f"media-asset-{theme}-{size['width']}")
    fits(tab)
    open_composer(tab)
    tab.get_by_role("button", name="From the library").click()
    expect(tab.locator("#ask").get_by_role("checkbox", name="loom.png")).to_be_visible()
    shoot(tab, f"media-choose-{theme}-{size['width']}")
    fits(tab)
