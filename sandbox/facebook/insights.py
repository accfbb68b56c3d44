"""Figures of posts and Pages. A name Meta has retired fails the whole request, as there."""

from __future__ import annotations

from sandbox import graph
from sandbox.accounts import Account
from sandbox.wire import Request, Response, json_response

POST = frozenset(
    {
        "post_media_view",
        "post_total_media_view_unique",
        "post_clicks",
        "post_clicks_by_type",
        "post_reactions_by_type_total",
        "post_reactions_like_total",
        "post_activity_by_action_type",
        "post_video_views",
    }
)
VIDEO = frozenset(
    {
        "fb_reels_total_plays",
        "post_video_likes_by_reaction_type",
        "post_video_social_actions",
    }
)
PAGE = frozenset(
    {
        "page_media_view",
        "page_total_media_view_unique",
        "page_post_engagements",
        "page_follows",
        "page_daily_follows",
        "page_daily_follows_unique",
        "page_views_total",
        "page_total_actions",
    }
)


def show(request: Request, account: Account, known: frozenset[str]) -> Response:
    """The figures asked for; the account's limit `insights` says how much each is, else 0."""
    graph.check_names(request, ("metric", "period", "since", "until"))
    names = [name for name in request.query.get("metric", "").split(",") if name]
    if not names or not set(names) <= known:
        raise graph.invalid("The value must be a valid insights metric")
    period = request.query.get("period", "lifetime")
    figures = account.limits.get("insights", {})
    data = [
        {
            "name": name,
            "period": period,
            "values": [{"value": int(figures.get(name, 0))}],
            "id": f"{account.id}/insights/{name}/{period}",
        }
        for name in names
    ]
    return json_response({"data": data})
