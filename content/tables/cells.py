"""Cells: made safe for spreadsheets, and lists and empty values put into one.

A spreadsheet takes a cell that begins with `=` and the like for a formula and runs it when the file
is opened (OWASP, "CSV Injection"). Such a cell is written with an apostrophe before it, which
`plain` takes off again. A text that begins with apostrophes and then such a sign gets one more, so
that whatever is written is read back as it was.
"""

import csv
import io
import re
from collections.abc import Iterable

# The last four are the full-width signs, which some spreadsheets take for the others.
_RUNS = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_MARKED = re.compile("'+[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NOTHING = re.compile(r"\(+nothing\)+")
NOTHING = "(nothing)"  # in a column where an empty cell means "as in the piece"


def safe(text: str) -> str:
    """Return the text as a cell that no spreadsheet runs."""
    return f"'{text}" if _RUNS.match(text) else text


def plain(cell: str) -> str:
    """Return the text of a cell that `safe` made; any other cell as it is."""
    return cell[1:] if _MARKED.match(cell) else cell


def said(text: str) -> str:
    """Return the cell of a text that may be empty and yet is said: an empty one is “(nothing)”."""
    return f"({text})" if _NOTHING.fullmatch(text) else text or NOTHING


def heard(cell: str) -> str:
    """Return the text of a cell that `said` made."""
    if cell == NOTHING:
        return ""
    return cell[1:-1] if _NOTHING.fullmatch(cell) else cell


def join(names: Iterable[str]) -> str:
    """Return names as one cell, with commas between them and quotes where a name has its own."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(names)
    return out.getvalue()


def split(cell: str) -> list[str]:
    """Return the names in a cell, each once, without spaces around and without empty ones.

    Raises ValueError for quotes that do not close.
    """
    try:
        rows = list(csv.reader(io.StringIO(cell), skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise ValueError(f"{cell[:40]} has quotes that do not close.") from error
    names = (" ".join(name.split()) for row in rows for name in row)
    return [name for name in dict.fromkeys(names) if name]
