"""What a check found, as it is kept and shown until the import is confirmed."""

import json
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from content.writing_many import known_labels, names_of_labels
from organisation.models import Brand
from posting.approvals import needs_approval
from scheduling.conflicts import Kind
from scheduling.importing.judging import Judged, NewPiece, Wanted, conflict_counts, without

TOLD = 2000  # reasons that are kept; the others are counted
SAMPLE = 25  # rows
WORDS = 160  # characters of a text
NAMES = 20
KINDS = {
    Kind.GAP: "too close to another post of the account",
    Kind.SAME_TEXT: "the account says the same nearby",
    Kind.ALIKE: "nearly the same text on another account",
    Kind.STOPPED: "the account or its brand is paused",
    Kind.CREDENTIAL: "the account's token ends before",
    Kind.HOURS: "outside the hours of the account",
    Kind.BLACKOUT: "on days without posts",
    Kind.HOLIDAY: "on a holiday",
    Kind.BUDGET: "more posts that day than are wanted",
    Kind.QUOTA: "more posts than the platform takes in a day",
    Kind.APPROVAL: "not approved yet",
}


def report_of(judged: Judged, brand: Brand) -> dict[str, Any]:
    """Return everything that a person is told of a table, as JSON."""
    good = without(judged)
    known = known_labels(brand)
    names = names_of_labels(piece.said for piece in good.pieces)
    new = sorted((name for key, name in names.items() if key not in known), key=str.casefold)
    return {
        "rows": judged.rows,
        "pieces": len(good.pieces),
        "posts": len(good.posts),
        "timed": len(good.timed),
        "approval": sum(needs_approval(post.place.account) for post in good.posts),
        "bad_rows": judged.bad_rows,
        "bad": [[one.row, one.column, one.sentence] for one in judged.bad[:TOLD]],
        "untold": max(len(judged.bad) - TOLD, 0),
        "conflicts": [
            [KINDS[Kind(kind)], number]
            for kind, number in conflict_counts(good.posts).most_common()
        ],
        "in_conflict": sum(bool(post.conflicts) for post in good.posts),
        "twice": judged.twice[:NAMES],
        "twice_number": len(judged.twice),
        "banned": judged.banned[:NAMES],
        "banned_number": len(judged.banned),
        "addresses": judged.addresses,
        "new_labels": new[:NAMES],
        "new_labels_number": len(new),
        "sample": list(_sample(good)),
    }


def digest_of(report: dict[str, Any]) -> str:
    """Return a hash of all that a person sees and confirms."""
    told = json.dumps(report, sort_keys=True, ensure_ascii=True)
    return blake2b(told.encode(), digest_size=16).hexdigest()


def _sample(judged: Judged) -> Iterator[dict[str, Any]]:
    """The first pieces, each with where and when it goes."""
    posts: dict[int, list[Wanted]] = {}
    for post in judged.posts:
        posts.setdefault(post.piece, []).append(post)
    for place, piece in enumerate(judged.pieces[:SAMPLE]):
        yield _shown(piece, posts.get(place, []))


def _shown(piece: NewPiece, posts: list[Wanted]) -> dict[str, Any]:
    said = piece.said
    return {
        "row": piece.row,
        "title": said.title,
        "text": said.text[:WORDS] + ("…" if len(said.text) > WORDS else ""),
        "link": said.link,
        "labels": said.labels[:NAMES],
        "pictures": len(said.pictures),
        "channels": sorted(said.variants),
        "posts": [
            {
                "account": post.place.account.name,
                "platform": post.place.account.platform.slug,
                "channel": post.place.channel_type.name,
                "wall": post.wall.replace("T", " ")[:16],
                "zone": post.zone,
                "conflicts": [one.sentence for one in post.conflicts],
            }
            for post in posts[:NAMES]
        ],
    }
