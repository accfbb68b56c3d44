"""The schedule queue and late work in a browser: keys, dialogs, both themes, desktop and phone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from platforms.models import Account
from posting.models import LateDecision, Post
from posting.states import Status
from tests.desk.test_browser import (  # noqa: F401
    DESKTOP,
    PHONE,
    browser_page,
    shoot,
    world,
)
from tests.desk.test_every_page import look_closely, violations
from tests.factories import AccountFactory, LabelFactory, PieceFactory, PostFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
]
QUEUE, LATE = "/syndication/scheduling/queue", "/syndication/posting/late"
HOUR = timedelta(hours=1)


@pytest.fixture
def busy(world):  # noqa: F811
    """A queue of some days, with what waits for every reason there is."""
    now, account = timezone.now(), world["ready"].account
    label = LabelFactory(brand=world["brand"], name="Winter sale")
    for number, title in enumerate(("Gift guide: ten things", "Dunnottar at dusk", "Skink")):
        post = PostFactory(
            account=account,
            scheduled=True,
            due=now + (5 + 20 * number) * HOUR,
            piece=PieceFactory(brand=world["brand"], title=title),
        )
        post.piece.labels.add(label)
    PostFactory(account=account, scheduled=True, holds=2, due=now + 3 * HOUR)
    paused = AccountFactory(brand=world["brand"], name="Loom shop", state=Account.State.PAUSED)
    for minutes in (90, 60, 30):
        PostFactory(account=paused, scheduled=True, due=now - timedelta(minutes=minutes))
    for hours in (8, 9, 30, 31, 32):
        piece = PieceFactory(brand=world["brand"], title=f"Late by {hours} h")
        PostFactory(account=account, missed=True, due=now - hours * HOUR, piece=piece)
    return world | {"paused": paused, "label": label}


def seen_in_both_sizes(page, name):
    """What axe and the width have against the page as it stands, with what is open on it."""
    wrong = []
    for screen, size in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(size)
        shoot(page, f"{name}-{screen}")
        wrong += [f"{name}, {screen}: {one}" for one in violations(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong += [f"{name}, {screen}: {wide} px too wide"] * (wide > 0)
    page.set_viewport_size(DESKTOP)
    return wrong


def test_the_queue_stands_up_to_axe_and_fits(browser_page, live_server, busy):  # noqa: F811
    browser_page.goto(live_server.url + QUEUE)
    wrong = look_closely(browser_page, "queue")
    browser_page.set_viewport_size(DESKTOP)
    browser_page.get_by_role("button", name="Resume Loom shop").click()
    expect(browser_page.locator("#ask")).to_contain_text("3 are late and go out one by one")
    wrong += seen_in_both_sizes(browser_page, "queue-resume-dialog")
    assert not wrong, "\n".join(wrong)


def test_one_key_sends_the_row_first_and_another_press_in_turn(
    browser_page,  # noqa: F811
    live_server,
    busy,
):
    page = browser_page
    page.goto(live_server.url + QUEUE)
    title = "Gift guide: ten things"
    for words, priority in (("goes before what else", 10), ("takes its turn", 0)):
        page.locator("tr", has_text=title).locator("a.a").focus()
        page.keyboard.press("f")
        expect(page.get_by_text(words)).to_be_visible()
        assert Post.objects.get(piece__title=title).priority == priority
        assert page.url.endswith(QUEUE)


def test_an_account_is_paused_and_resumed_with_the_keyboard_alone(
    browser_page,  # noqa: F811
    live_server,
    busy,
):
    page = browser_page
    page.goto(live_server.url + QUEUE)
    page.get_by_role("button", name="Resume Loom shop").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_contain_text("Resume Loom shop on ")
    page.locator("#ask").get_by_role("button", name="Resume").press("Enter")
    expect(page.get_by_role("button", name="Pause Loom shop")).to_be_visible()
    busy["paused"].refresh_from_db()
    assert busy["paused"].state == "connected"
    page.get_by_role("button", name="Hold Winter sale").press("Enter")
    page.locator("#ask").get_by_role("button", name="Hold").press("Enter")
    expect(page.get_by_role("button", name="Release Winter sale")).to_be_visible()


def test_late_work_stands_up_to_axe_and_fits(browser_page, live_server, busy):  # noqa: F811
    page = browser_page
    page.goto(live_server.url + LATE)
    wrong = look_closely(page, "late")
    page.locator("[data-late-group] summary").first.click()
    wrong += seen_in_both_sizes(page, "late-open")
    page.set_viewport_size(DESKTOP)
    page.get_by_role("button", name="Choose all").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Publish 6 late posts")
    wrong += look_closely(page, "late-preview")
    page.set_viewport_size(DESKTOP)
    page.get_by_role("button", name="Publish 6 spaced out").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    wrong += look_closely(page, "late-decided")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_some_are_given_up_with_a_note_and_that_is_taken_back(
    browser_page,  # noqa: F811
    live_server,
    busy,
    screen,
):
    page = browser_page
    page.set_viewport_size(screen)
    page.goto(live_server.url + LATE)
    group = page.locator("[data-late-group]", has_text="1 to 7 days late")
    group.locator("[data-group]").check()
    group.locator("summary").click()
    group.get_by_label("Choose Late by 30 h").uncheck()
    assert group.locator("[data-group]").evaluate("box => box.indeterminate && !box.checked")
    page.get_by_label("Give up").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Say why, for whoever asks later.").first).to_be_visible()
    expect(page.get_by_label("Choose Late by 31 h")).to_be_checked()
    page.get_by_label("Why, for whoever asks later").fill("Old news.")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Give up 2").click()
    expect(page.get_by_text("“Old news.”")).to_be_visible()
    cancelled = Post.objects.filter(status=Status.CANCELLED).order_by("piece__title")
    assert [post.piece.title for post in cancelled] == ["Late by 31 h", "Late by 32 h"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back: 2 posts are missed again.")).to_be_visible()
    assert LateDecision.objects.get().undone_at is not None
    assert not Post.objects.filter(status=Status.CANCELLED).exists()
