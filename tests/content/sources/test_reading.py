"""What people give: pasted texts and uploaded files, as plain text with a title."""

import pytest

from content.sources.reading import FILE_MAX, TEXT_MAX, Unreadable, read_file, read_text


def test_a_title_is_the_one_given_or_the_first_heading_or_the_first_words():
    assert read_text("Peat smoke rises.", "Peat").title == "Peat"
    assert read_text("# Peat\n\nSmoke rises.").title == "Peat"
    assert read_text("Smoke rises\nover the loch.").title == "Smoke rises over the loch."
    assert read_text("---\ntitle: 'Peat'\ntags: [x]\n---\nSmoke rises.").title == "Peat"


def test_the_title_does_not_stand_in_the_text_again():
    assert read_text("# Peat\n\nSmoke rises.").text == "Smoke rises."
    assert read_text("# Peat").text == "# Peat"


def test_marks_of_markdown_that_posts_would_show_are_gone_and_headings_stay():
    text = "Top\n===\n\nIt is **very** [good](https://x.org/a). ![Loom](/l.png)\n\nPart\n---\nEnd"
    read = read_text(text, "Other")
    assert read.text == "# Top\n\nIt is very good.\n\n## Part\nEnd"


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00", "\ud800", "---\ntitle: x\n---\n"])
def test_nothing_is_no_source(text):
    with pytest.raises(Unreadable, match="no text"):
        read_text(text)


def test_what_cannot_be_kept_is_left_out_and_told():
    read = read_text("Peat\x00 sm\ud800oke\r\nrises\x07.")
    assert read.text == "Peat smoke\nrises."
    assert "3 characters" in read.note


def test_text_of_other_directions_and_without_width_is_kept_as_it_is():
    text = "שלום עולם\u200f \u200bzero\u200d width"
    assert read_text(text).text == text


def test_a_text_that_is_too_long_says_how_long_it_is():
    assert len(read_text("a" * TEXT_MAX).text) == TEXT_MAX
    with pytest.raises(Unreadable, match="5,000,000 characters"):
        read_text("a" * 5_000_000)


def test_a_file_is_read_by_its_kind():
    page = b"<title>Peat</title><p>Smoke <b>rises</b>.<script>steal()</script><style>p{}</style>"
    read = read_file("peat.html", page)
    assert (read.title, read.text, read.file_name) == ("Peat", "Smoke rises.", "peat.html")
    assert read_file("peat.md", b"Smoke rises.").title == "peat"
    assert read_file("x.md", b"# Peat\n\nSmoke.").title == "Peat"


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("peat.docx", b"PK", "is not read"),
        ("peat", b"Smoke", "is not read"),
        ("peat.md", b"\x00\x01\x02PNG\x00", "holds no text"),
        ("peat.md", b"a" * (FILE_MAX + 1), "is the most"),
        ("peat.html", b"", "no text"),
        ("peat.html", b"<script>only()</script>", "no text"),
    ],
)
def test_a_file_that_is_none_of_these_says_so(name, body, words):
    with pytest.raises(Unreadable, match=words):
        read_file(name, body)


@pytest.mark.parametrize(
    "body",
    [
        "Café".encode("latin-1") + b" in Edinburgh, with more words so that it can be told.",
        "Café".encode("utf-16"),
        b"\xef\xbb\xbf" + "Café".encode(),
        b'<meta charset="latin-1">' + "Café".encode("latin-1"),
    ],
)
def test_a_wrong_charset_loses_no_letter(body):
    assert "Café" in read_file("peat.html", body).text


def test_markup_nested_without_end_does_no_harm():
    deep = b"<div>" * 100_000 + b"word"
    try:
        read = read_file("deep.html", deep).text
    except Unreadable as refusal:
        read = str(refusal)
    assert read in ("word", "There is no text in it. Nothing was kept. Give it some words.")


def test_html_becomes_paragraphs_headings_and_lines():
    page = "<h1>A</h1>one<br>two<p>three\n four<ul><li>five<li>six</ul><nav>no</nav>tail"
    text = read_file("a.html", page.encode()).text
    assert text == "one\ntwo\n\nthree four\n\n- five\n\n- six\n\ntail"
