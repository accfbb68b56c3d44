"""The whole way in a real browser: the button, the consent, the choice; on a phone, by keys."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from organisation.models import Role
from platforms.models import Account
from tests.desk.test_browser import (  # noqa: F401
    DESKTOP,
    PHONE,
    browser_page,
    shoot,
    use_theme,
    world,
)
from tests.desk.test_every_page import look_closely
from tests.desk.walking import CAFE
from tests.platforms.replies import Reply, ReplyServer
from tests.sandbox.conftest import running

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def sandbox(settings, live_server):
    with running() as client:
        settings.SANDBOX_URL, settings.SITE_URL = client.address, live_server.url
        yield client


@pytest.fixture
def page(browser_page, world, sandbox):  # noqa: F811
    """Callum administers the brand."""
    world["callum"].memberships.update(role=Role.ADMINISTRATOR)
    return browser_page


def consent(page, person="Mairi Fraser"):
    page.get_by_role("link", name=person).click()
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_newcomer_connects_a_page_by_clicking(page, live_server, size):
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("desk:platforms"))
    page.get_by_role("link", name="Connect an account").click()
    wrong = look_closely(page, "connect")
    page.set_viewport_size(size)
    page.get_by_role("link", name=re.compile("Try it in the sandbox.*Facebook")).click()
    shoot(page, "sandbox-who")
    wrong += fits(page, size)
    page.get_by_role("link", name="Mairi Fraser").click()
    shoot(page, "sandbox-consent")
    wrong += fits(page, size)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="What does")).to_be_visible()
    assert "code=" not in page.url, "the code is out of the address and the history"
    wrong += look_closely(page, "choose")
    page.set_viewport_size(size)
    page.get_by_label("Harbour Books Café").check()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Harbour Books Café")
    wrong += look_closely(page, "account")
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("desk:platforms"))
    wrong += look_closely(page, "platforms")
    assert not wrong, "\n".join(wrong)


def fits(page, size):
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{page.url}: {wide} px too wide at {size}"] if wide > 0 else []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_account_at_x_is_connected_by_clicking(page, live_server, sandbox, size):
    sandbox.register("twitter", "1400200300400500", "token-of-the-account", name="Harbour Books")
    page.goto(live_server.url + reverse("desk:connect_app", args=["twitter"]))
    wrong = look_closely(page, "app-x")
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("desk:connect"))
    page.get_by_role("link", name=re.compile(r"Try it in the sandbox.*\bX\b")).click()
    shoot(page, "sandbox-x-consent")
    wrong += fits(page, size)
    page.get_by_label("Harbour Books (@harbour_books)").check()
    page.get_by_role("button", name="Authorize app").click()
    expect(page.get_by_role("heading", name="What does")).to_be_visible()
    assert "code=" not in page.url, "the code is out of the address and the history"
    page.get_by_label("Harbour Books").check()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Harbour Books")
    wrong += look_closely(page, "account-x")
    assert not wrong, "\n".join(wrong)


def test_saying_no_and_beginning_again(page, live_server):
    page.goto(live_server.url + reverse("desk:connect"))
    page.get_by_role("link", name=re.compile("Try it in the sandbox.*Facebook")).click()
    page.get_by_role("link", name="Mairi Fraser").click()
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("alert")).to_have_text(
        "You did not allow it at Facebook. Nothing was connected."
    )
    wrong = look_closely(page, "refused")
    assert not wrong, "\n".join(wrong)
    page.get_by_role("link", name="Begin again").click()
    consent(page)
    expect(page.get_by_role("heading", name="What does")).to_be_visible()


def test_an_instagram_account_signs_in_by_clicking(page, live_server):
    page.set_viewport_size(PHONE)
    page.goto(live_server.url + reverse("desk:connect"))
    page.get_by_role("link", name="Try Instagram Login in the sandbox").click()
    shoot(page, "sandbox-instagram-who")
    wrong = fits(page, PHONE)
    page.get_by_role("link", name="Harbour Walks").click()
    shoot(page, "sandbox-instagram-consent")
    wrong += fits(page, PHONE)
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("checkbox", name="Harbour Walks")).to_be_checked()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Harbour Walks")
    assert not wrong, "\n".join(wrong)


def test_reconnecting_with_the_keyboard_alone(page, live_server, world):  # noqa: F811
    page.goto(live_server.url + reverse("desk:connect"))
    page.get_by_role("link", name=re.compile("Try it in the sandbox.*Facebook")).press("Enter")
    press(page, "Mairi Fraser")
    press(page, "Continue")
    box = page.get_by_label("Harbour Books Café")
    box.focus()
    page.keyboard.press("Space")
    press(page, "Connect")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Harbour Books Café")
    account = Account.objects.get(remote_id=CAFE)
    Account.objects.filter(pk=account.pk).update(state="needs_reconnect", state_reason="Ended.")
    page.goto(live_server.url + reverse("desk:account", args=[account.pk]))
    press(page, "Reconnect with Facebook Login")
    press(page, "Mairi Fraser")
    press(page, "Continue")
    expect(page.get_by_role("checkbox", name="Harbour Books Café")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Harbour Books for Children")).to_be_disabled()
    press(page, "Reconnect")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Connected")


def press(page, name):
    """Go to it with Tab, as far as it takes, and press Enter."""
    page.locator("body").evaluate("() => document.activeElement && document.activeElement.blur()")
    for _ in range(80):
        page.keyboard.press("Tab")
        words = page.evaluate("() => document.activeElement.innerText || ''")
        words = " ".join(words.split())
        if words == name or (words.startswith(name) and ":" in words):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} cannot be reached with Tab")


def test_the_forms_of_tokens_and_apps_stand_up(page, live_server, world):  # noqa: F811
    wrong = []
    for name in ("connect_token", "connect_app"):
        page.goto(live_server.url + reverse(f"desk:{name}", args=["facebook"]))
        wrong += look_closely(page, name)
    page.goto(live_server.url + reverse("desk:connect_token", args=["mastodon"]))
    wrong += look_closely(page, "connect_token-mastodon")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_handle_and_an_app_password_connect_by_keys_alone(page, live_server, size):
    page.set_viewport_size(size)
    page.goto(live_server.url + reverse("desk:connect"))
    page.get_by_role("link", name=re.compile("Try it in the sandbox.*Bluesky")).press("Enter")
    expect(page.get_by_label("Handle")).to_be_visible()
    page.get_by_label("Handle").fill("harbour-cafe.test")
    page.get_by_role("textbox", name="App password").fill("not-this-one")
    page.get_by_role("textbox", name="App password").press("Enter")
    expect(page.get_by_text("does not know this handle with this app password")).to_be_visible()
    wrong = look_closely(page, "connect-password")
    page.set_viewport_size(size)
    page.get_by_role("textbox", name="App password").fill("sandbox-pass-word")
    page.get_by_role("textbox", name="App password").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Harbour Cafe")
    wrong += look_closely(page, "account-bluesky")
    assert not wrong, "\n".join(wrong)
    assert Account.objects.get(platform__slug="bluesky").can_send


def test_a_server_that_is_typed_in_is_gone_to(page, live_server, settings):
    """The policy lets this one form lead away, and only there."""
    settings.FETCH_ALLOW = ("127.0.0.1",)
    with ReplyServer().running() as server:
        server.on("GET", "/.well-known/oauth-authorization-server", Reply(404, ""))
        app = {"client_id": "an-id", "client_secret": "a-secret-0123456789"}
        server.on("POST", "/api/v1/apps", Reply(200, app))
        asked = Reply(200, "<h1>Authorize?</h1>", {"Content-Type": "text/html"})
        server.on("GET", "/oauth/authorize", asked)
        server.on("GET", "/favicon.ico", Reply(204))
        page.goto(live_server.url + reverse("desk:connect"))
        page.get_by_role("link", name="Connect with a sign-in at its server").click()
        wrong = look_closely(page, "server")
        page.get_by_label("Server").fill("nobody:here@nowhere")
        page.keyboard.press("Enter")
        expect(page.get_by_text("is not the address of a server")).to_be_visible()
        page.get_by_label("Server").fill(server.url)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Authorize?")).to_be_visible()
        assert page.url.startswith(f"{server.url}/oauth/authorize?")
    assert not wrong, "\n".join(wrong)
