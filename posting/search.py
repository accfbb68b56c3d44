"""Finding posts by the words of their pieces, through an index that both databases have.

The index is a table of its own, `piece_search`: FTS5 on SQLite, a GIN index over a tsvector on
PostgreSQL. Both hold the same words, cut and folded here, so that both find the same.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from content.models import Piece, PieceVersion

MOST_PIECES = 2000  # the newest that match; a search that finds more says so
MOST_WORDS = 12  # of what a person typed
LONGEST = 60  # characters of one word
_WORD = re.compile(r"[^\W_]+")

FTS5 = """
    SELECT rowid FROM piece_search WHERE piece_search MATCH %s ORDER BY rowid DESC LIMIT %s
"""
GIN = """
    SELECT piece_id FROM piece_search
    WHERE words @@ %s::tsquery AND brand_id = ANY(%s) ORDER BY piece_id DESC LIMIT %s
"""

KEEP_FTS5 = "INSERT OR REPLACE INTO piece_search (rowid, brand, words) VALUES (%s, %s, %s)"
KEEP_GIN = """
    INSERT INTO piece_search (piece_id, brand_id, words)
    VALUES (%s, %s, array_to_tsvector(%s::text[]))
    ON CONFLICT (piece_id) DO UPDATE SET brand_id = EXCLUDED.brand_id, words = EXCLUDED.words
"""


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared: without accents, capitals and marks."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    return [word[:LONGEST] for word in _WORD.findall(plain)]


def matching_pieces(asked: str, brands: Iterable[int]) -> RawSQL | None:
    """Return the ids of the pieces with words that begin like all those asked for, as a subquery.

    None when there is no word in what was asked. Whatever a person types is only ever words.
    """
    found = _search(asked, brands, MOST_PIECES)
    return RawSQL(*found, BigIntegerField()) if found else None  # noqa: S611


def leaves_some_out(asked: str, brands: Iterable[int]) -> bool:
    """Say whether more pieces match than a search looks at, so that a page can say so too."""
    found = _search(asked, brands, MOST_PIECES + 1)
    if not found:
        return False
    statement, values = found
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({statement}) AS found", values)  # noqa: S608
        return int(cursor.fetchone()[0]) > MOST_PIECES


def _search(asked: str, brands: Iterable[int], most: int) -> tuple[str, tuple[Any, ...]] | None:
    words = words_of(asked[:1000])[:MOST_WORDS]
    if not words:
        return None
    if connection.vendor == "sqlite":
        return FTS5, (_fts5_query(words, brands), most)
    query = " & ".join(f"'{word}':*" for word in words)
    return GIN, (query, list(brands), most)


def _fts5_query(words: list[str], brands: Iterable[int]) -> str:
    """The brand is a word of a column of its own, so that the index narrows by it too."""
    of_brands = " OR ".join(f'"brand{brand}"' for brand in brands) or '"nobody"'
    of_words = " AND ".join(f'"{word}"*' for word in words)
    return f"brand : ({of_brands}) AND words : ({of_words})"


def index_version(version: PieceVersion) -> None:
    """Let a piece be found by its title and this version's text."""
    keep_words(version.piece, version.text)


def index_piece(piece: Piece) -> None:
    """Let a piece be found by its title as it is now, and its newest text."""
    newest = piece.versions.values_list("text", flat=True).first()
    keep_words(piece, newest or "")


def keep_words(piece: Piece, text: str) -> None:
    keep_many([(piece, text)])


def keep_many(texts: Iterable[tuple[Piece, str]]) -> None:
    """Let each piece be found by its title and its text."""
    values = [_row(piece, text) for piece, text in texts]
    with connection.cursor() as cursor:
        cursor.executemany(KEEP_FTS5 if connection.vendor == "sqlite" else KEEP_GIN, values)


def _row(piece: Piece, text: str) -> list[Any]:
    words = list(dict.fromkeys(words_of(f"{piece.title} {text}")))
    if connection.vendor == "sqlite":
        return [piece.pk, f"brand{piece.brand_id}", " ".join(words)]
    return [piece.pk, piece.brand_id, words]


def forget_piece(piece_id: int) -> None:
    column = "rowid" if connection.vendor == "sqlite" else "piece_id"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM piece_search WHERE {column} = %s", [piece_id])  # noqa: S608
