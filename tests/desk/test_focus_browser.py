"""What matters most in a picture, chosen in a real browser: by pressing and by keyboard."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from content.media import keep_picture
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
from tests.factories import AccountFactory, PieceFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def piece(world, data_dir):  # noqa: F811
    drawn = Image.new("RGB", (1600, 400), (240, 240, 235))
    for place in range(8):
        drawn.paste((30 * place, 90, 200 - 20 * place), (200 * place, 100, 200 * place + 120, 300))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    file.seek(0)
    brand = world["brand"]
    wide = keep_picture(file, "loom.png", brand=brand, by=None, alt="Eight looms in a row")
    AccountFactory(brand=brand, platform="instagram", name="glen.and.loom", server="sandbox")
    return PieceFactory(brand=brand, text="Eight looms. #tweed", media=[wide])


PREVIEW = ".previews .prev img"


def cut_changes(tab, before):  # noqa: F811
    """Wait until the preview shows another cut, and return its address."""
    expect(tab.locator(PREVIEW).first).not_to_have_attribute("src", before)
    return tab.locator(PREVIEW).first.get_attribute("src")


def test_pressing_and_keys_move_the_cut(tab, piece):  # noqa: F811
    open_composer(tab, f"?piece={piece.pk}")
    tab.locator("[data-channel='instagram/feed-post']").check()
    tab.locator("#checked").get_by_text("of picture 1 is cut off").first.wait_for()
    middle = tab.locator(PREVIEW).first.get_attribute("src")
    tab.get_by_role("button", name="Choose what stays").click()  # opens it and leads there
    expect(tab.get_by_label("From left to right")).to_be_focused()
    picture = tab.locator("[data-focus-on]")
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.9, "y": box["height"] / 2})
    across = tab.get_by_label("From left to right")
    assert int(across.input_value()) in range(88, 93)
    right = cut_changes(tab, middle)
    across.focus()
    tab.keyboard.press("Home")
    left = cut_changes(tab, right)
    assert across.input_value() == "0"
    assert len({left, middle, right}) == 3
    assert tab.locator("[data-focus-line=x]").get_attribute("x1") == "0"
    assert tab.locator(PREVIEW).first.evaluate("img => img.decode().then(() => img.naturalWidth)")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_fits_every_screen(tab, piece, theme, size):  # noqa: F811
    use_theme(tab, theme)
    tab.set_viewport_size(size)
    open_composer(tab, f"?piece={piece.pk}")
    for channel in ("feed-post", "story"):
        tab.locator(f"[data-channel='instagram/{channel}']").check()
    tab.get_by_text("What matters most", exact=True).click()
    tab.get_by_role("button", name="Instagram only").click()
    tab.get_by_role("textbox", name="Together with").fill("mairi")
    tab.locator("#checked").get_by_text("of picture 1 is cut off").first.wait_for()
    shoot(tab, f"instagram-{theme}-{size['width']}")
    fits(tab)
