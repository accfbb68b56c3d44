"""From bytes to text, and from HTML to plain text with headings. Nothing is run or fetched."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.etree
import lxml.html
from charset_normalizer import from_bytes

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w:.-]{1,40})", re.IGNORECASE)
# What is guessed among: what the web was written in. The rest fits anything, and is never right.
USUAL = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "iso8859_15",
    "iso8859_2", "koi8_r", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip
LOOKED_AT = 4096  # bytes of the beginning, for what it says of itself
GUESSED_FROM = 65_536  # bytes
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What a reader of the page does not read.
SILENT = frozenset((
    "script", "style", "template", "noscript", "head", "nav", "aside", "footer", "form",
    "button", "select", "textarea", "iframe", "object", "embed", "svg", "math", "canvas",
    "audio", "video",
))  # fmt: skip
BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}


@dataclass(frozen=True)
class Decoded:
    """Text out of bytes, and a remark where what they said of themselves was not so."""

    text: str
    note: str = ""


def decode(body: bytes, declared: str = "") -> Decoded:
    """Return the bytes as text, by what they prove, what is declared, and else by guessing.

    `declared`: the charset of the Content-Type, which servers often have wrong; what does not
    decode by it is not believed.
    """
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return Decoded(body.decode(encoding, "replace").removeprefix("\ufeff"))
    said = _said_inside(body)
    for encoding in dict.fromkeys(filter(None, (declared, said, "utf-8"))):
        text = _strictly(body, encoding)
        if text is not None:
            wrong = declared and encoding != declared
            return Decoded(text, f"It called itself {declared} and is {encoding}." if wrong else "")
    best = from_bytes(body[:GUESSED_FROM], cp_isolation=list(USUAL)).best()
    guessed = best.encoding if best else "cp1252"
    note = f"Its characters were guessed to be {guessed}. Look whether accents are right."
    return Decoded(body.decode(guessed, "replace"), note)


def _said_inside(body: bytes) -> str:
    found = _XML.search(body[:LOOKED_AT]) or _META.search(body[:LOOKED_AT])
    return found[1].decode("ascii").lower() if found else ""


def _strictly(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except (UnicodeError, LookupError, ValueError):
        return None


def text_of_html(html: str) -> str:
    """Return what a reader sees of a page or a part of one: paragraphs, and headings as #."""
    root = _parsed(html)
    return "" if root is None else tidy("".join(_spoken(root)))


def title_of_html(html: str) -> str:
    """Return the page's own title; empty where it has none."""
    root = _parsed(html)
    return "" if root is None else " ".join(str(root.findtext(".//title") or "").split())


def tidy(text: str) -> str:
    """Return text whose lines hold single spaces and whose paragraphs stand one line apart."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _parsed(html: str) -> lxml.html.HtmlElement | None:
    if not html.strip():
        return None
    # A declaration inside a text that is decoded already would make the parser refuse it.
    html = re.sub(r"^\s*<\?xml[^>]*\?>", "", html.replace("\x00", ""), count=1)
    try:
        return lxml.html.document_fromstring(html)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None


def _spoken(root: lxml.html.HtmlElement) -> Iterator[str]:
    """Walk the tree without calling itself: markup may be nested deeper than Python can."""
    silent = 0
    for event, element in lxml.etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            silent += name in SILENT
            if not silent:
                yield _before(name) + _inline(element.text)
        elif event == "end":
            spoken = "" if silent else _after(name)
            silent -= name in SILENT
            yield spoken + ("" if silent else _inline(element.tail))
        elif not silent:
            yield _inline(element.tail)


def _inline(text: str | None) -> str:
    """In HTML a line end is a space."""
    return re.sub(r"\s+", " ", text) if text else ""


def _before(name: str) -> str:
    if name in HEADINGS:
        return f"\n\n{HEADINGS[name]} "
    if name == "li":
        return "\n- "
    if name == "br":
        return "\n"
    return "\n\n" if name in BLOCKS else ""


def _after(name: str) -> str:
    if name in ("li", "td", "th", "dt"):
        return "\n" if name == "li" else " "
    return "\n\n" if name in BLOCKS or name in HEADINGS else ""
