"""What is read out of RSS and Atom, and what is refused."""

from datetime import UTC, datetime

import pytest

from content.sources.feeds import ENTRIES_MAX, parse
from content.sources.fetching import Fetched
from content.sources.reading import Unreadable
from tests.content.sources.conftest import item, rss

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Glen &amp; Loom</title>
<entry><id>tag:a</id><title type="html">Wool &lt;b&gt;dyed&lt;/b&gt;</title>
<link href="/wool"/><updated>2026-11-20T10:00:00Z</updated>
<summary>Short.</summary><content type="html">&lt;h2&gt;How&lt;/h2&gt;&lt;p&gt;With lichen,
slowly.&lt;script&gt;steal()&lt;/script&gt;&lt;/p&gt;</content></entry></feed>"""


def read(body, kind="application/rss+xml", charset=""):
    raw = body if isinstance(body, bytes) else body.encode()
    return parse(Fetched("https://example.org/feed", raw, kind, charset, {}), NOW)


def ids(body):
    return [entry.entry_id for entry in read(body).entries]


def test_an_atom_entry_is_plain_text_with_headings():
    feed = read(ATOM, "application/atom+xml")
    [entry] = feed.entries
    assert feed.title == "Glen & Loom"
    assert (entry.entry_id, entry.title) == ("tag:a", "Wool dyed")
    assert entry.address == "https://example.org/wool"
    assert entry.text == "## How\n\nWith lichen, slowly."
    assert entry.published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_an_entry_without_an_id_is_named_by_its_link_or_its_words():
    bare = "<item><title>One</title><description>Words</description></item>"
    assert ids(rss([item(1, guid="")])) == ["https://example.org/1"]
    [named] = ids(rss([bare]))
    assert named == ids(rss([bare]))[0]
    assert ids(rss([bare.replace("Words", "Others")])) != [named]


def test_an_id_that_is_very_long_is_kept_short_and_stays_itself():
    [short] = ids(rss([item(1, guid="urn:" + "x" * 5000)]))
    assert len(short) <= 300
    assert ids(rss([item(1, guid="urn:" + "x" * 5000)])) == [short]
    assert ids(rss([item(1, guid="urn:" + "x" * 4999 + "y")])) != [short]


def test_ids_that_are_repeated_lose_no_entry_and_copies_make_none():
    feed = rss([item(1, "First."), item(1, "Second."), item(1, "First.")])
    texts = [entry.text for entry in read(feed).entries]
    assert texts == ["First.", "Second."]
    assert len(set(ids(feed))) == 2


def test_a_date_to_come_is_no_date_and_told():
    [entry] = read(rss([item(1, pubDate="Mon, 01 Jan 2035 00:00:00 GMT")])).entries
    assert entry.published_at is None
    assert "1 January 2035" in entry.note


@pytest.mark.parametrize("date", ["yesterday", "Mon, 99 Foo 2026", "0000-00-00", "9" * 400])
def test_a_date_that_is_none_does_no_harm(date):
    assert read(rss([item(1, pubDate=date)])).entries[0].published_at is None


def test_entries_come_newest_first_by_their_dates_or_as_the_feed_has_them():
    old, new = "Fri, 20 Nov 2026 10:00:00 GMT", "Sat, 21 Nov 2026 10:00:00 GMT"
    assert ids(rss([item(1, pubDate=old), item(2, pubDate=new)])) == ["urn:entry:2", "urn:entry:1"]
    assert ids(rss([item(1, pubDate=old), item(2)])) == ["urn:entry:1", "urn:entry:2"]


def test_an_entry_that_says_nothing_is_counted():
    feed = read(rss(["<item><guid>1</guid></item>", item(2)]))
    assert (len(feed.entries), feed.left_out) == (1, 1)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://x/", "https://[::1", "x" * 3000])
def test_a_link_that_no_post_can_have_is_left_out(link):
    [entry] = read(rss([item(1, link=link)])).entries
    assert not entry.address.startswith(("javascript", "ftp", "https://["))
    assert len(entry.address) < 2000
    assert entry.text


def test_no_more_than_the_newest_are_read():
    assert len(read(rss([item(n) for n in range(ENTRIES_MAX + 20)])).entries) == ENTRIES_MAX


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><rss version='2.0'><channel><title>&j;</title></channel></rss>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_entities_of_its_own_are_refused_before_anything_is_expanded(encoding):
    with pytest.raises(Unreadable, match="entities"):
        read(LAUGHS.encode(encoding))


def test_a_file_of_the_machine_is_not_read_into_it():
    feed = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><rss version="2.0"><channel>' + item(1)
    assert "root:" not in read(feed + "</channel></rss>").entries[0].text


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"", "application/rss+xml", "no RSS or Atom"),
        (b"\x00\xff" * 500, "application/rss+xml", "no RSS or Atom"),
        (b"{}", "application/json", "no RSS or Atom"),
        (b"<!doctype html><html><body>Hello", "text/html", "a page and no feed"),
    ],
)
def test_what_is_no_feed_says_so(body, kind, words):
    with pytest.raises(Unreadable, match=words):
        read(body, kind)


def test_a_feed_that_is_cut_off_gives_what_it_has():
    whole = rss([item(1), item(2)])
    assert "urn:entry:1" in ids(whole[: whole.index("urn:entry:2")])


def test_a_feed_that_lies_about_its_kind_and_charset_is_read():
    feed = rss([item(1, "Café")]).encode("latin-1").replace(b'version="1.0"', b'version="1.0" ')
    assert "Caf" in read(feed, "text/html", "utf-8").entries[0].text
    assert read(rss([item(1, "Café")]), "text/plain", "nonsense").entries[0].text == "Café"


def test_characters_that_cannot_be_kept_are_left_out():
    [entry] = read(rss([item(1, "Peat&#0; sm&#xD800;oke&#7;")])).entries
    assert entry.text.isprintable()
    assert "Peat" in entry.text
