"""Figures of a post and of its Page, read in small sets.

One name that Meta has retired fails the whole request, so that each set is asked for alone and a
set that is refused costs no other. Source: Meta's "Page and post insights" and its list of retired
metrics; the names for videos are known from others' code (unsure).
"""

from collections.abc import Callable, Iterator

from platforms.adapters.facebook.limits import REEL
from platforms.adapters.facebook.page import Page
from platforms.errors import PermissionMissing, PlatformError, Rejected
from platforms.telling import READING
from platforms.values import Json, Metric

# Simple counts are fields of the post itself, which outlive the names of insights.
FIELDS = "shares,reactions.summary(true).limit(0),comments.summary(true).limit(0)"
VIDEO_FIELDS = "likes.summary(true).limit(0),comments.summary(true).limit(0),views"
Means = dict[str, str]
POST_SETS: tuple[Means, ...] = (
    {"post_media_view": "views", "post_total_media_view_unique": "reach"},
    {"post_clicks": "clicks"},
)
VIDEO_SETS: tuple[Means, ...] = ({"fb_reels_total_plays": "views"},)
PAGE_SETS: tuple[Means, ...] = (
    {"page_media_view": "views", "page_total_media_view_unique": "reach"},
    {"page_post_engagements": ""},
    {"page_follows": "followers", "page_daily_follows": ""},
)


def post_metrics(page: Page, remote_id: str, channel: str) -> list[Metric]:
    """Read a post's figures since it is out. See `ReadsMetrics.post_metrics`."""
    is_video = channel == REEL or "_" not in remote_id
    edge, sets = ("video_insights", VIDEO_SETS) if is_video else ("insights", POST_SETS)
    readers = [lambda: _fields(page, remote_id, VIDEO_FIELDS if is_video else FIELDS)]
    readers += [_set_reader(page, f"{remote_id}/{edge}", wanted, "lifetime") for wanted in sets]
    return _what_can_be_read(readers)


def account_metrics(page: Page) -> list[Metric]:
    """Read the Page's figures of the last day. See `ReadsMetrics.account_metrics`."""
    return _what_can_be_read(
        [_set_reader(page, f"{page.id}/insights", wanted, "day") for wanted in PAGE_SETS]
    )


Reader = Callable[[], list[Metric]]


def _set_reader(page: Page, path: str, wanted: Means, period: str) -> Reader:
    return lambda: _set(page, path, wanted, period)


def _what_can_be_read(readers: list[Reader]) -> list[Metric]:
    """Read all that is not refused. Raises the refusal when nothing can be read."""
    found: list[Metric] = []
    refused: PlatformError | None = None
    for read in readers:
        try:
            found += read()
        except (Rejected, PermissionMissing) as error:
            refused = refused or error
    if refused and not found:
        raise refused
    return found


def _fields(page: Page, remote_id: str, fields: str) -> list[Metric]:
    said = page.graph.ask(READING, "GET", remote_id, {"fields": fields})
    return list(_counts(said))


def _counts(said: Json) -> Iterator[Metric]:
    shares = (said.get("shares") or {}).get("count")
    if isinstance(shares, int):
        yield Metric("shares", shares, "shares")
    for name, means in (("reactions", "reactions"), ("likes", "reactions")):
        total = ((said.get(name) or {}).get("summary") or {}).get("total_count")
        if isinstance(total, int):
            yield Metric(name, total, means)  # type: ignore[arg-type]
    comments = ((said.get("comments") or {}).get("summary") or {}).get("total_count")
    if isinstance(comments, int):
        yield Metric("comments", comments, "comments")
    if isinstance(said.get("views"), int):
        yield Metric("views", said["views"], "views")


def _set(page: Page, path: str, wanted: Means, period: str) -> list[Metric]:
    query = {"metric": ",".join(wanted), "period": period}
    said = page.graph.ask(READING, "GET", path, query)
    return [
        Metric(row["name"], row["values"][-1]["value"], wanted[row["name"]])  # type: ignore[arg-type]
        for row in said.get("data") or []
        if row.get("name") in wanted and _has_number(row)
    ]


def _has_number(row: Json) -> bool:
    values = row.get("values") or [{}]
    return isinstance(values[-1].get("value"), int)
