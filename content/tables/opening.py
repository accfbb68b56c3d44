"""Opening a file that somebody says is a table: what it is, how it is written, and its rows.

Nothing is believed of its name. The bytes are looked at first, the encoding is told by its mark or
found by decoding all of it, and rows are read one by one, so that a large file takes no more memory
than a small one.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import ValidationError

SIZE_MAX = 50 * 1024 * 1024  # bytes
COLUMNS_MAX = 300
HEAD = 64 * 1024  # bytes that are looked at first
CHUNK = 1024 * 1024  # bytes
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a mark at its beginning",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16, guessed: it has no mark",
    "utf-16-be": "UTF-16, guessed: it has no mark",
    "cp1252": "Windows-1252, guessed: it is not UTF-8. Look at accents and quotes below",
}
# What these bytes begin, and how one gets a table out of it.
KINDS = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP file",
     "Open it in a spreadsheet and save it as “CSV UTF-8”."),
    (b"PK\x05\x06", "an empty ZIP file", "Choose the file that is meant."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook",
     "Open it in a spreadsheet and save it as “CSV UTF-8”."),
    (b"\x1f\x8b", "a compressed file", "Unpack it first."),
    (b"%PDF", "a PDF", "Ask for the same as a table."),
    (b"\x89PNG", "a picture", "Pictures are uploaded in the composer."),
    (b"\xff\xd8\xff", "a picture", "Pictures are uploaded in the composer."),
)  # fmt: skip
_PAGE = re.compile(r"\s*<(!doctype|html|head|body|\?xml|rss|feed|table)", re.IGNORECASE)
_EXCEL_SAYS = re.compile(r"sep=(.)\r?\n")
Row = tuple[int, list[str]]  # its number as a spreadsheet shows it, from 1; its cells


@dataclass(frozen=True)
class Written:
    """How a table is written down."""

    encoding: str
    delimiter: str
    skips: int = 0  # lines before the table

    @property
    def words(self) -> str:
        return f"{ENCODINGS[self.encoding]}; columns parted by {DELIMITERS[self.delimiter]}"


def look_at(file: IO[bytes], size: int) -> Written:
    """Find out how the table is written. Raises ValidationError for what is none, or too large.

    The whole file is decoded once, a megabyte at a time.
    """
    if size > SIZE_MAX:
        raise ValidationError(
            f"The file has {size / 1024**2:,.0f} MB, and {SIZE_MAX // 1024**2} MB is the most. "
            "Nothing was kept of it. Split it into several files, each with the line of headings."
        )
    file.seek(0)
    head = file.read(HEAD)
    _refuse_other_kinds(head)
    encoding = _encoding_of(file, head)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise ValidationError("The file is empty. Nothing was kept of it. Choose another.")
    if _PAGE.match(text):
        raise ValidationError(
            "This is a web page or XML, and not a table, whatever its name says. Nothing was kept "
            "of it. If you downloaded it, you may have to sign in there first."
        )
    if told := _EXCEL_SAYS.match(text):
        if told[1] not in DELIMITERS:
            raise ValidationError(
                f"The file says that its columns are parted by “{told[1]}”. Commas, semicolons, "
                "tabs and bars can be read. Nothing was kept of it."
            )
        return Written(encoding, told[1], skips=1)
    return Written(encoding, _delimiter_of(text, cut=size > HEAD))


def rows_of(file: IO[bytes], written: Written) -> Iterator[Row]:
    """Return the rows that hold anything, one after the other, with their numbers.

    Raises ValidationError, with the number of the row, for one that cannot be read.
    """
    file.seek(0)
    # Not closed with it: the file belongs to who opened it.
    text = io.TextIOWrapper(
        io.BufferedReader(_Unclosed(file), CHUNK), encoding=written.encoding, newline=""
    )
    for _ in range(written.skips):
        text.readline()
    reader = csv.reader(text, delimiter=written.delimiter, strict=True)
    number = written.skips
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValidationError(_told(error, number)) from error
        except UnicodeDecodeError as error:
            raise ValidationError(
                f"Row {number} has bytes that are no {ENCODINGS[written.encoding]}. Save the file "
                "as “CSV UTF-8” and choose it again."
            ) from error
        if any(cell.strip() for cell in cells):
            yield number, cells


def head_of(cells: Sequence[str]) -> list[str]:
    """Return the names of the columns as they are written, each at its place.

    Raises ValidationError where there are too many. Names that are empty or the same are for who
    shows them: columns are told apart by their places.
    """
    if len(cells) > COLUMNS_MAX:
        raise ValidationError(
            f"The table has {len(cells):,} columns, and {COLUMNS_MAX} are the most. Nothing was "
            "kept of it. Leave out those that are not needed."
        )
    return [" ".join(cell.replace("\ufeff", "").replace("\x00", "").split())[:200]
            for cell in cells]  # fmt: skip


class _Unclosed(io.RawIOBase):
    """The bytes of a file that stays open when this is thrown away."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _refuse_other_kinds(head: bytes) -> None:
    for begins, what, instead in KINDS:
        if head.startswith(begins):
            raise ValidationError(
                f"This is {what}, and not a CSV file, whatever its name says. Nothing was kept of "
                f"it. {instead}"
            )


def _encoding_of(file: IO[bytes], head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise ValidationError("The file is UTF-32. Save it as “CSV UTF-8”. Nothing was kept of it.")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _if_it_is(file, "utf-16")
    if guess := _unmarked_utf16(head):
        return _if_it_is(file, guess)
    if head.startswith(codecs.BOM_UTF8):
        return _if_it_is(file, "utf-8-sig")
    if _is(file, "utf-8"):
        return "utf-8"
    return _if_it_is(file, "cp1252")


def _unmarked_utf16(head: bytes) -> str:
    """UTF-16 of western text has a zero in every second byte, and no other text has many."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 2 or max(even, odd) < half * 0.4:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _if_it_is(file: IO[bytes], encoding: str) -> str:
    if not _is(file, encoding):
        raise ValidationError(
            "The file is damaged, or it is no text: it can be read neither as UTF-8 nor as UTF-16 "
            "nor as Windows-1252. Nothing was kept of it. Save it as “CSV UTF-8”."
        )
    return encoding


def _is(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while data := file.read(CHUNK):
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(text: str, *, cut: bool) -> str:
    """The sign that parts the first rows into the most columns, the same number in each."""
    return max(DELIMITERS, key=lambda sign: _fits(text, sign, cut))


def _fits(text: str, sign: str, cut: bool) -> tuple[float, int]:
    widths = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    try:
        for cells in reader:
            if any(cells):
                widths.append(len(cells))
            if len(widths) == 30:
                break
    except csv.Error:
        cut = True  # the end of what was looked at lies in the middle of a cell
    if cut and len(widths) > 1:
        widths.pop()
    if not widths or widths[0] == 1:
        return 0.0, 0
    alike = sum(width == widths[0] for width in widths) / len(widths)
    return alike, widths[0]


def _told(error: csv.Error, number: int) -> str:
    if "unexpected end" in str(error):
        return (
            f"Row {number} begins a text in quotes that never ends, so that the rest of the file "
            "belongs to it. Close the quotes; a quote inside of a text is written twice."
        )
    if "larger than field limit" in str(error):
        return (
            f"Row {number} has a cell of more than {csv.field_size_limit():,} characters. No "
            "platform takes that much, and a quote that is not closed is the usual reason."
        )
    return (
        f"Row {number} cannot be read: a text in quotes goes on behind them. A quote inside of a "
        "text is written twice."
    )
