"""Figures of a post and of its account, read in small sets.

A metric that a kind of post does not have fails the whole request, and so does one that Instagram
has retired; each set is asked for alone. Source: Meta's "IG Media Insights" and "IG User Insights".
Figures lag by up to two days; a story's are there for a day and from five viewers on.
"""

from platforms.adapters.instagram.profile import Profile
from platforms.adapters.instagram.rules import REEL, STORY
from platforms.errors import PermissionMissing, PlatformError, Rejected
from platforms.telling import READING
from platforms.values import Json, Metric

Means = dict[str, str]
ANY: Means = {"reach": "reach", "views": "views", "shares": "shares", "total_interactions": ""}
POSTED: Means = {"likes": "reactions", "comments": "comments", "saved": ""}
SETS: dict[str, tuple[Means, ...]] = {
    REEL: (ANY, POSTED, {"ig_reels_avg_watch_time": "", "ig_reels_video_view_total_time": ""}),
    STORY: (ANY, {"replies": "comments", "navigation": ""}),
}
FEED_SETS: tuple[Means, ...] = (ANY, POSTED, {"follows": "", "profile_visits": ""})
ACCOUNT: Means = {"reach": "reach", "views": "views", "total_interactions": ""}


def post_metrics(profile: Profile, remote_id: str, channel: str) -> list[Metric]:
    """Read a post's figures since it is out. See `ReadsMetrics.post_metrics`."""
    found: list[Metric] = []
    refused: PlatformError | None = None
    for wanted in SETS.get(channel, FEED_SETS):
        try:
            query = {"metric": ",".join(wanted)}
            said = profile.graph.ask(READING, "GET", f"{remote_id}/insights", query)
            found += _metrics(said, wanted)
        except (Rejected, PermissionMissing) as error:
            refused = refused or error
    if refused and not found:
        raise refused
    return found


def account_metrics(profile: Profile) -> list[Metric]:
    """Read the account's figures of the last day. See `ReadsMetrics.account_metrics`."""
    query = {"metric": ",".join(ACCOUNT), "period": "day", "metric_type": "total_value"}
    said = profile.graph.ask(READING, "GET", f"{profile.id}/insights", query)
    followers = profile.graph.ask(READING, "GET", profile.id, {"fields": "followers_count"})
    counted = followers.get("followers_count")
    more = [Metric("followers_count", counted, "followers")] if isinstance(counted, int) else []
    return [*_metrics(said, ACCOUNT), *more]


def _metrics(said: Json, wanted: Means) -> list[Metric]:
    rows = [row for row in said.get("data") or [] if row.get("name") in wanted]
    read = [(row["name"], _value(row)) for row in rows]
    return [
        Metric(name, value, wanted[name])  # type: ignore[arg-type]
        for name, value in read
        if value is not None
    ]


def _value(row: Json) -> int | None:
    total = row.get("total_value")
    values = [total] if isinstance(total, dict) else row.get("values") or [{}]
    value = values[-1].get("value")
    return value if isinstance(value, int) else None
