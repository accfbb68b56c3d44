"""Articles at addresses: guarded, bounded, each hop looked at. Real sockets to a server here."""

import gzip
import socket
import zlib

import pytest
from django.utils import timezone

from content.sources.articles import read_article
from content.sources.fetching import Unreachable
from content.sources.reading import Unreadable
from platforms.http import BODY_MAX

STORY = "".join(
    f"<h2>Part {n}</h2><p>In part {n} the weavers of the glen tell how wool is dyed with lichen, "
    f"and why the {n}th loom was never sold. It takes a winter and a day.</p>"
    for n in range(1, 5)
)
PAGE = (
    "<html><head><title>Wool · Glen</title><meta property='og:title' content='Wool'></head><body>"
    "<nav><a href='/'>Home</a> <a href='/shop'>Shop</a></nav>"
    f"<article><h1>Wool</h1>{STORY}<script>alert(document.cookie)</script></article>"
    "<footer>Imprint, cookies, all rights reserved</footer></body></html>"
)


def read(address):
    return read_article(address, timezone.now())


def test_the_article_is_read_without_the_page_around_it(site):
    article = read(site.put("/wool", PAGE))
    assert article.title == "Wool"
    assert article.address == f"{site.address}/wool"
    assert "## Part 1" in article.text
    assert "It takes a winter and a day." in article.text
    for other in ("Shop", "alert", "Imprint", "<"):
        assert other not in article.text


def test_redirects_are_followed_hop_by_hop(site):
    site.put("/wool", PAGE)
    site.lead("/a", "/b", 301)
    site.lead("/b", "wool")
    assert read(f"{site.address}/a").address == f"{site.address}/wool"
    assert [path for path, _ in site.asked] == ["/a", "/b", "/wool"]


@pytest.mark.parametrize("target", ["http://127.0.0.2:1/", "http://[::1]:1/", "//127.0.0.2:1/"])
def test_a_redirect_into_the_network_leads_nowhere(site, target):
    with pytest.raises(Unreadable, match=r"not a public address"):
        read(site.lead("/a", target))
    assert len(site.asked) == 1


@pytest.mark.parametrize("inside", ["169.254.169.254", "10.0.0.1", "fe80::1"])
def test_a_redirect_to_a_name_that_stands_for_a_machine_inside_leads_nowhere(
    site, monkeypatch, inside
):
    real = socket.getaddrinfo

    def look_up(host, port, *args, **kwargs):
        if host == "wool.example":
            family = socket.AF_INET6 if ":" in inside else socket.AF_INET
            return [(family, socket.SOCK_STREAM, 6, "", (inside, port))]
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(Unreachable, match=r"never opened|not a public address"):
        read(site.lead("/a", "http://wool.example/"))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://x/"])
def test_a_redirect_to_something_else_than_the_web_is_refused(site, target):
    with pytest.raises(Unreadable, match="not a web address"):
        read(site.lead("/a", target))


def test_a_private_address_is_refused_at_once(settings):
    settings.FETCH_ALLOW = ()
    with pytest.raises(Unreachable, match="not a public address"):
        read("http://127.0.0.1:1/")


def test_a_circle_ends(site):
    with pytest.raises(Unreachable, match="on and on"):
        read(site.lead("/a", "/a"))
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "not a web address"),
        ("javascript:alert(1)", "not a web address"),
        ("http://", "not a web address"),
        ("https://[::1", "not a web address"),
        ("https://me:secret@example.org/", "name or a password"),
        ("https://example.org/" + "a" * 3000, "not a web address"),
    ],
)
def test_what_is_no_address_says_so_and_shows_no_password(address, words):
    with pytest.raises(Unreadable, match=words) as refusal:
        read(address)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "sign in"), (403, "sign in"), (404, "no such page"), (500, "error"), (429, "error")],
)
def test_each_refusal_says_what_to_do(site, status, words):
    with pytest.raises(Unreachable, match=words):
        read(site.refuse("/a", status))


def test_a_page_that_is_too_long_is_not_read_to_its_end(site):
    with pytest.raises(Unreadable, match="over 5 MB"):
        read(site.put("/a", b"<p>" + b"a" * (BODY_MAX + 1)))


def test_a_page_that_grows_when_unpacked_is_stopped(site):
    bomb = gzip.compress(b"a" * (60 * 1024 * 1024))
    assert len(bomb) < 100_000
    with pytest.raises(Unreadable, match="over 5 MB"):
        read(site.put("/a", bomb, Content_Encoding="gzip"))


def test_a_page_that_is_packed_wrongly_is_told(site):
    broken = zlib.compress(b"words " * 1000)[:40]
    with pytest.raises(Unreadable, match="did not send its page to the end"):
        read(site.put("/a", broken, Content_Encoding="gzip"))


def test_a_stream_without_end_is_ended(site):
    def for_ever(handler):
        handler.send_response(200)
        handler.end_headers()
        while not site.open.is_set():
            handler.wfile.write(b"word " * 10_000)

    with pytest.raises(Unreadable, match="over 5 MB"):
        read(site.do("/a", for_ever))


def test_a_page_that_drips_is_given_up(site, monkeypatch):
    monkeypatch.setattr("content.sources.fetching.PATIENCE", 0.2)
    monkeypatch.setattr("content.sources.fetching.ANSWER", 0.3)

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            if site.open.wait(0.05):
                break
            handler.wfile.write(b".")
            handler.wfile.flush()

    with pytest.raises(Unreachable, match="did not send its page to the end"):
        read(site.do("/a", drip))


def test_a_page_cut_off_in_the_middle_is_told(site):
    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"<p>Half")

    with pytest.raises(Unreachable, match="did not send its page to the end"):
        read(site.do("/a", cut))


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/rss+xml"])
def test_what_is_no_page_says_what_it_is(site, kind):
    with pytest.raises(Unreadable, match=kind.replace("+", r"\+")):
        read(site.put("/a", b"x", kind))


def test_an_empty_page_and_one_made_by_scripts_say_so(site):
    with pytest.raises(Unreadable, match="empty"):
        read(site.put("/a", ""))
    with pytest.raises(Unreadable, match="perhaps a script"):
        read(site.put("/b", "<html><body><div id=app></div><script>go()</script></body></html>"))


def test_a_charset_that_is_wrong_in_the_header_is_not_believed(site):
    page = PAGE.replace("Wool", "Café").encode("latin-1")
    article = read(site.put("/a", page, "text/html; charset=utf-8"))
    assert article.title == "Café"


@pytest.mark.parametrize("charset", ["nonsense", "rot13", "zip", "\x00"])
def test_a_charset_that_is_none_does_no_harm(site, charset):
    assert read(site.put("/a", PAGE, f"text/html; charset={charset}")).title == "Wool"


def test_plain_text_and_markdown_are_read_as_they_are(site):
    assert read(site.put("/a", "# Wool\n\nDyed.", "text/markdown")).text == "Dyed."


def test_a_short_page_is_taken_whole_and_says_so(site):
    page = read(site.put("/a", "<title>Note</title><h1>Note</h1><p>The shop is closed today."))
    assert (page.title, page.text) == ("Note", "The shop is closed today.")
    assert "all of its text" in page.note
