"""The pages in a real browser. What it showed is kept in build/screenshots."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import Role
from platforms.models import Account
from posting.models import Post
from posting.states import Status
from tests.factories import (
    PASSWORD,
    AccountFactory,
    ApprovalFactory,
    BrandFactory,
    HeartbeatFactory,
    MembershipFactory,
    PieceFactory,
    PostAttemptFactory,
    PostEventFactory,
    PostFactory,
    PublishStepFactory,
    SwitchFactory,
    UserFactory,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
SHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
STATES = ("unconfirmed", "failed", "missed", "published", "scheduled", "ready", "publishing")
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}


@pytest.fixture
def world():
    """A small brand in the middle of its day."""
    now = timezone.now()
    brand = BrandFactory(name="Glen & Loom")
    callum = UserFactory(username="callum", first_name="Callum", last_name="Reid", is_staff=True)
    MembershipFactory(brand=brand, user=callum, role=Role.ADMINISTRATOR)
    page = AccountFactory(brand=brand, name="Glen & Loom")
    toot = AccountFactory(
        brand=brand, platform="mastodon", name="@glenandloom@mastodon.scot", server="sandbox"
    )
    AccountFactory(
        brand=brand,
        name="Glen & Loom, Oban shop",
        state=Account.State.NEEDS_RECONNECT,
        state_reason="Meta ended the permission yesterday at 22:14.",
    )
    for kind in ("sender", "sender", "clock", "beat"):
        HeartbeatFactory(kind=kind)
    tweed = PieceFactory(
        brand=brand,
        title="How Harris Tweed gets its smell of peat",
        text="Harris Tweed smells of peat for a reason: crottle, the lichen scraped from Hebridean "
        "rocks, boiled with the wool until it turns fox-red.",
        link="https://glenandloom.scot/crottle",
    )

    def titled(title):
        return PieceFactory(brand=brand, title=title)

    earlier = now - timedelta(minutes=12)
    lost = PostFactory(
        account=page, piece=tweed, author=callum, unconfirmed=True, due=earlier,
        error_sentence="We sent the post to Facebook. Facebook took all of it, then closed the "
        "connection without an answer.", next_look_at=now + timedelta(minutes=3),
    )  # fmt: skip
    PublishStepFactory(post=lost, key="photo:1", kind="repeatable", state="done", remote_id="18614")
    PublishStepFactory(post=lost, started_at=now - timedelta(seconds=10))
    PostAttemptFactory(post=lost, started_at=earlier)
    ApprovalFactory(post=lost, by=callum)
    for old, new, words in (
        (Status.READY, Status.SCHEDULED, "Callum Reid scheduled it."),
        (Status.SCHEDULED, Status.PUBLISHING, "A worker took it."),
        (Status.PUBLISHING, Status.UNCONFIRMED, "No answer after the request left."),
    ):
        PostEventFactory(post=lost, old=old, new=new, sentence=words, at=earlier)
    PostEventFactory(
        post=lost, old=Status.UNCONFIRMED, new=Status.UNCONFIRMED, at=now, actor="reconciler",
        sentence="Looked at the page, did not see it.", evidence="newest 25 posts, none with this",
    )  # fmt: skip
    PostFactory(account=toot, piece=tweed, published=True, due=earlier)
    posts = {
        "unconfirmed": lost,
        "failed": PostFactory(
            account=toot, failed=True, due=earlier,
            piece=titled("A field guide to Pictish stones you can visit for free"),
            error_sentence="Mastodon refused the text: 512 characters, the limit is 500.",
        ),
        "missed": PostFactory(
            account=page, missed=True, due=now - timedelta(hours=7),
            piece=titled("Cullen skink, the way Portsoy makes it"),
        ),
        "published": PostFactory(
            account=page, published=True, due=earlier,
            piece=titled("The lighthouse Stevensons: four generations"),
        ),
        "scheduled": PostFactory(
            account=page, scheduled=True, due=now + timedelta(minutes=13),
            piece=titled("St Andrew’s Day: five customs older than the saltire"),
        ),
        "ready": PostFactory(account=page, piece=titled("Why Hogmanay beat Christmas until 1958")),
        "publishing": PostFactory(
            account=toot, publishing=True, due=now, piece=titled("Reading a clearance village")
        ),
    }  # fmt: skip
    return {"callum": callum, "brand": brand, **posts}


@pytest.fixture
def browser_page(page, live_server, world):
    """A signed-in page of a browser that fails the test on any fault in the console."""
    faults = []
    page.on("console", lambda message: message.type == "error" and faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_viewport_size(DESKTOP)
    page.goto(f"{live_server.url}/")
    page.get_by_label("Username").fill("callum")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/syndication")
    yield page
    assert not faults


def shoot(page, name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def use_theme(page, theme):
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    page.reload()


def assert_no_sideways_scroll(page):
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px too wide"


def test_sign_in_looks_right_and_says_when_it_fails(page, live_server, db):
    page.set_viewport_size(DESKTOP)
    page.goto(f"{live_server.url}/syndication")
    shoot(page, "sign-in-desktop-light")
    page.get_by_label("Username").fill("callum")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("alert").inner_text().startswith("That name and password")
    page.set_viewport_size(PHONE)
    shoot(page, "sign-in-phone-light")
    assert_no_sideways_scroll(page)


def test_home_fits_every_screen(browser_page):
    for theme in ("light", "dark"):
        use_theme(browser_page, theme)
        assert browser_page.evaluate("document.documentElement.dataset.bsTheme") == theme
        for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
            browser_page.set_viewport_size(size)
            shoot(browser_page, f"home-{name}-{theme}")
            assert_no_sideways_scroll(browser_page)


def test_a_posts_page_fits_every_screen_in_every_state(browser_page, live_server, world):
    for state in STATES:
        browser_page.set_viewport_size(DESKTOP)
        browser_page.goto(live_server.url + reverse("desk:post", args=[world[state].pk]))
        for theme in ("light", "dark"):
            use_theme(browser_page, theme)
            shoot(browser_page, f"post-{state}-desktop-{theme}")
            assert_no_sideways_scroll(browser_page)
        browser_page.set_viewport_size(PHONE)
        shoot(browser_page, f"post-{state}-phone-dark")
        assert_no_sideways_scroll(browser_page)


def test_a_page_that_shows_the_truth_already_is_not_redrawn(browser_page):
    mine = browser_page.locator("#live[data-mine]")
    for _turn in range(5):  # a minute that ends meanwhile changes what the page says
        with browser_page.expect_response(lambda answer: "/live" in answer.url) as told:
            browser_page.evaluate("document.querySelector('#live').dataset.mine = 'untouched'")
        if told.value.status == 304:
            break
        mine.wait_for(state="detached")
    assert told.value.status == 304
    assert mine.count() == 1


def test_it_is_out_asks_once_more_and_then_believes(browser_page, live_server, world):
    post = world["unconfirmed"]
    browser_page.goto(live_server.url + reverse("desk:post", args=[post.pk]))
    browser_page.get_by_role("button", name="It is out").first.click()
    dialog = browser_page.get_by_role("dialog", name="Is this post out?")
    shoot(browser_page, "dialog-it-is-out-desktop-light")
    dialog.get_by_label("Address of the post").fill("https://www.facebook.com/55/posts/1")
    dialog.get_by_role("button", name="It is out").click()
    browser_page.get_by_text("counts as published, on your word").wait_for()
    post.refresh_from_db()
    assert (post.status, post.remote_url) == (
        Status.PUBLISHED,
        "https://www.facebook.com/55/posts/1",
    )


def test_leaving_a_dialog_changes_nothing(browser_page, live_server, world):
    post = world["unconfirmed"]
    browser_page.goto(live_server.url + reverse("desk:post", args=[post.pk]))
    browser_page.get_by_role("button", name="Leave it, mark as failed").click()
    dialog = browser_page.get_by_role("dialog")
    dialog.get_by_role("button", name="Leave it as it is").click()
    assert not dialog.is_visible()
    assert Post.objects.get(pk=post.pk).status == Status.UNCONFIRMED


def test_send_again_waits_and_says_until_when(browser_page, live_server, world):
    browser_page.goto(live_server.url + reverse("desk:post", args=[world["unconfirmed"].pk]))
    assert browser_page.get_by_role("button", name="It is not out, send again").is_disabled()
    reason = browser_page.get_by_text("Sending again is possible from").first
    assert reason.is_visible()


def test_send_again_needs_its_checkbox(browser_page, live_server, world):
    post = world["unconfirmed"]
    post.steps.update(started_at=timezone.now() - timedelta(hours=1))
    browser_page.goto(live_server.url + reverse("desk:post", args=[post.pk]))
    browser_page.get_by_role("button", name="It is not out, send again").click()
    dialog = browser_page.get_by_role("dialog", name="Send this post again?")
    shoot(browser_page, "dialog-send-again-desktop-light")
    dialog.get_by_role("button", name="Send again").click()
    assert Post.objects.get(pk=post.pk).status == Status.UNCONFIRMED
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Send again").click()
    browser_page.get_by_text("on its way again").wait_for()
    assert Post.objects.get(pk=post.pk).status == Status.SCHEDULED


def test_the_theme_button_goes_round_and_the_admin_follows(browser_page, live_server):
    button = browser_page.get_by_role("button", name=re.compile("Theme"))
    seen = set()
    for _ in range(3):
        button.click()
        seen.add(browser_page.evaluate("localStorage.theme"))
    assert seen == {"auto", "light", "dark"}
    use_theme(browser_page, "dark")
    browser_page.goto(f"{live_server.url}/admin/")
    root = browser_page.evaluate("({...document.documentElement.dataset})")
    assert (root["theme"], root["bsTheme"]) == ("dark", "dark")


def test_the_admin_wears_the_same_clothes(browser_page, live_server, world):
    post = world["unconfirmed"]
    pages = {
        "index": reverse("admin:index"),
        "posts": reverse("admin:posting_post_changelist"),
        "post": reverse("admin:posting_post_change", args=[post.pk]),
        "new-post": reverse("admin:posting_post_add"),
        "account": reverse("admin:platforms_account_change", args=[post.account_id]),
        "piece": reverse("admin:content_piece_change", args=[post.piece_id]),
    }
    for theme in ("light", "dark"):
        use_theme(browser_page, theme)
        for name, address in pages.items():
            browser_page.goto(live_server.url + address)
            shoot(browser_page, f"admin-{name}-desktop-{theme}")


def test_a_post_is_made_and_scheduled_in_the_admin(browser_page, live_server, world):
    PieceFactory(brand=world["brand"], title="Dyeing with onion skins")
    page = browser_page
    page.goto(live_server.url + reverse("admin:posting_post_add"))
    for field, words in (("Piece", "onion"), ("Account", "mastodon.scot")):
        page.locator(f".field-{field.lower()} .select2-selection").click()
        page.locator("input.select2-search__field").fill(words)
        page.locator(".select2-results__option", has_text=words).click()
    page.get_by_label("Channel type").select_option(label="Mastodon, post")
    page.get_by_label("Date").fill(f"{timezone.localdate() + timedelta(days=2)}")
    page.get_by_label("Time:", exact=True).fill("09:30")
    shoot(page, "admin-new-post-filled-desktop-light")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was added successfully").wait_for()
    post = Post.objects.get(piece__title="Dyeing with onion skins")
    assert (post.status, post.zone, post.wall_time[11:16]) == (
        Status.SCHEDULED, "Europe/London", "09:30",
    )  # fmt: skip


def test_lines_across_say_when_nothing_is_publishing(browser_page, live_server, world):
    SwitchFactory(stopped_by=world["callum"], reason="A wrong price in the campaign.")
    from organisation.models import Heartbeat

    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    browser_page.goto(f"{live_server.url}/syndication")
    assert browser_page.get_by_text("Nothing is publishing.").is_visible()
    assert browser_page.get_by_text("Publishing is stopped by Callum Reid").is_visible()
    shoot(browser_page, "home-stopped-desktop-light")
    browser_page.set_viewport_size(PHONE)
    shoot(browser_page, "home-stopped-phone-light")
    assert_no_sideways_scroll(browser_page)


def test_errors_come_in_the_same_clothes(page, live_server, db):
    page.set_viewport_size(DESKTOP)
    answer = page.goto(f"{live_server.url}/syndication/nowhere")
    assert answer.status == 404
    shoot(page, "error-404-desktop-light")


def test_everything_works_without_scripts(browser, live_server, world):
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    page = context.new_page()
    page.goto(f"{live_server.url}/syndication")
    page.get_by_label("Username").fill("callum")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(live_server.url + reverse("desk:post", args=[world["unconfirmed"].pk]))
    page.get_by_role("button", name="It is out").first.click()
    page.wait_for_url("**/it-is-out")
    shoot(page, "decide-it-is-out-desktop-light")
    page.get_by_role("button", name="It is out").click()
    assert page.get_by_text("counts as published, on your word").is_visible()
    page.locator("header details.menu summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("button", name="Sign in").is_visible()
    context.close()


def test_no_page_has_scripts_or_styles_inside(browser_page, live_server, world):
    for address in (
        reverse("desk:home"),
        reverse("desk:post", args=[world["unconfirmed"].pk]),
        reverse("desk:decide", args=[world["unconfirmed"].pk, "it-is-out"]),
    ):
        source = browser_page.request.get(live_server.url + address).text()
        assert not re.search(r"<script(?![^>]*\bsrc=)", source)
        assert not re.search(r"<style|\sstyle=|\son\w+=", source)
