"""Files that are tables, however they are written, and files that are none."""

import csv
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from content.tables import cells
from content.tables.lines import lines
from content.tables.opening import SIZE_MAX, head_of, look_at, rows_of

TABLE = "text,link\n“Peat” – £5 für José,\nSecond,https://example.org\n"


def opened(data):
    file = io.BytesIO(data)
    written = look_at(file, len(data))
    return written, list(rows_of(file, written))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TABLE.encode(), "utf-8"),
        (TABLE.encode("utf-8-sig"), "utf-8-sig"),
        (TABLE.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), "utf-16"),
        (TABLE.encode("utf-16-le"), "utf-16-le"),
        (TABLE.encode("utf-16-be"), "utf-16-be"),
        (TABLE.encode("cp1252"), "cp1252"),
    ],
)
def test_each_encoding_is_found_and_read(data, encoding):
    written, rows = opened(data)
    assert written.encoding == encoding
    assert [row for _, row in rows] == [
        ["text", "link"], ["“Peat” – £5 für José", ""], ["Second", "https://example.org"],
    ]  # fmt: skip


def test_a_guessed_encoding_is_said():
    written, _ = opened(TABLE.encode("cp1252"))
    assert "Windows-1252, guessed" in written.words


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_each_delimiter_is_found(sign):
    out = io.StringIO()
    rows = [["text", "link", "tags"], ["A, b; c | d", "", "x"], ["E\nf", "", "y"]]
    csv.writer(out, delimiter=sign).writerows(rows)
    written, found = opened(out.getvalue().encode())
    assert written.delimiter == sign
    assert [row for _, row in found] == rows


def test_excel_says_its_delimiter():
    written, rows = opened(b"sep=;\r\ntext;link\r\nA,b;\r\n")
    assert written.delimiter == ";"
    assert rows == [(2, ["text", "link"]), (3, ["A,b", ""])]


def test_one_column_is_a_table():
    _, rows = opened(b"text\nOne\nTwo\n")
    assert [row for _, row in rows] == [["text"], ["One"], ["Two"]]


def workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "empty"),
        (workbook(), "Excel workbook or a ZIP"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
        (b"\x1f\x8b\x08rest", "compressed"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "picture"),
        (b"<!DOCTYPE html><table><tr><td>A", "web page"),
        ("\ufeff\n <HTML>".encode(), "web page"),
        (b"<?xml version='1.0'?>", "web page or XML"),
        (b"text\n\x81\x8d\xff", "damaged"),
        ("text".encode("utf-32"), "UTF-32"),
        (b"\xff\xfe\x00\xd8\x00\x00", "damaged"),
        (b"sep=#\ntext#link\n", "parted by “#”"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(data, words):
    with pytest.raises(ValidationError, match=words):
        opened(data)


def test_a_file_that_is_too_large_is_refused_before_it_is_read():
    class Unread(io.BytesIO):
        def read(self, *_):
            raise AssertionError("it was read")

    with pytest.raises(ValidationError, match="100 MB, and 50 MB is the most"):
        look_at(Unread(), 100 * 1024**2)
    assert SIZE_MAX == 50 * 1024**2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'text\nA\n"never closed\nB\n', "Row 3 begins a text in quotes that never ends"),
        (b'text\n"A"b\n', "Row 2 cannot be read"),
        (b"text\n" + b"x" * 200_000 + b"\n", "Row 2 has a cell of more than 131,072"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(data, words):
    with pytest.raises(ValidationError, match=words):
        opened(data)


def test_rows_count_as_in_a_spreadsheet():
    _, rows = opened(b'text\n"two\nlines"\n\n,\nlast\n')
    assert [number for number, _ in rows] == [1, 2, 5]


def test_too_many_columns_are_refused():
    with pytest.raises(ValidationError, match="301 columns"):
        head_of(["x"] * 301)


@given(st.text())
def test_a_cell_is_read_back_as_it_was(text):
    assert cells.plain(cells.safe(text)) == text
    assert cells.heard(cells.said(text)) == text


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_runs_is_marked(sign):
    assert cells.safe(f"{sign}x") == f"'{sign}x"
    assert cells.plain(f"'{sign}x") == f"{sign}x"
    assert cells.safe(f"'{sign}x") == f"''{sign}x"
    assert cells.plain("'quoted'") == "'quoted'"


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1)))
def test_names_are_read_back_from_their_cell(names):
    names = list(dict.fromkeys(names))
    assert cells.split(cells.join(names)) == names


def test_lines_begin_with_a_mark_for_excel():
    assert list(lines(["a"], [["=x, y"]])) == ["\ufeffa\r\n", '"\'=x, y"\r\n']
