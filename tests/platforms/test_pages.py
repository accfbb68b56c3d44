"""Reading what a page says of itself: by the guard only, wherever it leads, whatever it holds."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from platforms.http import Client
from platforms.jpeg import STRANGERS_PIXELS_MAX, thumbnail
from platforms.pages import DESCRIPTION_MAX, TITLE_MAX, Page, fetch, look_at
from tests.content.pictures import picture
from tests.platforms.conftest import MakeClient
from tests.platforms.replies import Reply, ReplyServer

HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def client(make_client: MakeClient) -> Client:
    return make_client(fetch_allow=("127.0.0.1",))


Say = Callable[..., Page]


@pytest.fixture
def say(server: ReplyServer, client: Client) -> Say:
    def say(html: str, headers: dict[str, str] = HTML) -> Page:
        server.on("GET", "/page", Reply(200, html, headers))
        return look_at(client, f"{server.url}/page")

    return say


def test_a_page_is_read_by_what_it_says_for_cards(say, server):
    page = say(
        "<html><head><title>Tab</title>"
        '<meta property="og:title" content=" Sea  charts &amp; more ">'
        '<meta name="description" content="Plain">'
        '<meta property="og:description" content="Fathoms &lt;3">'
        '<meta property="og:image" content="/charts.png">'
        "</head><body><meta property='og:title' content='Later'></body>"
    )
    assert page == Page("Sea charts & more", "Fathoms <3", f"{server.url}/charts.png")


def test_a_plain_page_has_its_title_and_description(say):
    page = say("<title>\n Sea\n charts</title><meta name=description content=Fathoms>")
    assert page == Page("Sea charts", "Fathoms")


@pytest.mark.parametrize("html", ["", "no html at all", "<title></title>", "\x00\xff<<<"])
def test_a_page_that_says_nothing_is_called_by_its_host(say, html):
    assert say(html) == Page("127.0.0.1")


def test_long_words_are_cut(say):
    page = say(f"<title>{'x' * 9000}</title><meta name=description content='{'y' * 9000}'>")
    assert (len(page.title), len(page.description)) == (TITLE_MAX, DESCRIPTION_MAX)


@pytest.mark.parametrize(
    ("headers", "html"),
    [
        ({"Content-Type": "text/html; charset=iso-8859-1"}, "<title>Fähre</title>"),
        ({"Content-Type": "text/html"}, "<meta charset=latin-1><title>Fähre</title>"),
        ({"Content-Type": "text/html; charset=no-such"}, "<title>F\\xc3hre</title>"),
    ],
)
def test_its_letters_are_read_as_it_says(make_client, headers, html, server):
    server.on("GET", "/page", Reply(200, html, headers))
    found = look_at(make_client(fetch_allow=("127.0.0.1",)), f"{server.url}/page")
    assert found.title != "127.0.0.1"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, "<title>Gone</title>", HTML),
        Reply(200, "%PDF", {"Content-Type": "application/pdf"}),
        Reply(ending="reset"),
        Reply(302, "", {"Location": "ftp://example.org/x"}),
        Reply(302, ""),
        Reply(200, "x" * (6 * 1024 * 1024), HTML),
    ],
)
def test_a_page_that_cannot_be_read_is_called_by_its_host(client, server, reply):
    server.on("GET", "/page", reply)
    assert look_at(client, f"{server.url}/page") == Page("127.0.0.1")


def test_redirects_are_followed_a_few_times(client, server):
    server.on("GET", "/page", Reply(301, "", {"Location": "/other"}))
    server.on("GET", "/other", Reply(200, "<title>Here</title>", HTML))
    assert look_at(client, f"{server.url}/page").title == "Here"
    server.on("GET", "/other", Reply(301, "", {"Location": "/page"}))
    assert look_at(client, f"{server.url}/page").title == "127.0.0.1"
    assert len(server.received) == 2 + 6


def test_no_address_of_this_network_is_dialled_not_even_by_a_redirect(make_client, server):
    trusting = make_client()  # what posts to the sandbox dials anything; this may not
    assert fetch(trusting, f"{server.url}/page") is None
    server.on("GET", "/page", Reply(302, "", {"Location": "http://127.0.0.2:9/secret"}))
    opened = make_client(fetch_allow=("127.0.0.1",))
    assert fetch(opened, f"{server.url}/page") is None
    assert [request.path for request in server.received] == ["/page"]


def test_a_strangers_picture_becomes_a_small_jpeg():
    made = Image.open(io.BytesIO(thumbnail(picture("PNG", (3000, 1500)), 1200, 1_000_000)))
    assert (made.format, made.size) == ("JPEG", (1200, 600))


def test_a_picture_that_is_shown_turned_keeps_its_shape():
    drawn = Image.new("RGB", (400, 200), "teal")
    exif = drawn.getexif()
    exif[0x0112] = 6
    file = io.BytesIO()
    drawn.save(file, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(thumbnail(file.getvalue(), 1200, 1_000_000))).size == (200, 400)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", picture("PNG", (40, 30))[:60]])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(ValueError, match="cannot be read"):
        thumbnail(data, 1200, 1_000_000)


def test_a_picture_with_too_many_pixels_is_not_decoded():
    file = io.BytesIO()
    side = int(STRANGERS_PIXELS_MAX**0.5) + 1
    Image.new("1", (side, side)).save(file, "PNG")
    with pytest.raises(ValueError, match="too many pixels"):
        thumbnail(file.getvalue(), 1200, 1_000_000)
