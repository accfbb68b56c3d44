"""What is read back: whether a post is out, how it does, who the account is."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import unescape

from platforms.adapters.twitter.api import Api, site_of
from platforms.adapters.twitter.problems import problem_in, problems_of
from platforms.adapters.twitter.rules import texts_of
from platforms.adapters.twitter.weighted import addresses
from platforms.errors import PlatformError, Rejected, Unclear
from platforms.links import web_address
from platforms.looking import CLOCKS_DIFFER, Candidate, Listing, look_for, started_at
from platforms.parts import step_of
from platforms.pauses import moment_in
from platforms.telling import READING
from platforms.values import (
    Absent,
    AccountFacts,
    CannotTell,
    Found,
    Json,
    Metric,
    Rendition,
    Sighting,
    StepRecord,
)

POSTS_READ = 50  # each costs credit, and only those since the request are asked for
NOT_FOUND = "resource-not-found"
# X is renaming its figures; the first name that is there counts.
POST_FIGURES = (
    (("like_count",), "reactions"),
    (("repost_count", "retweet_count"), "shares"),
    (("reply_count",), "comments"),
    (("quote_count",), ""),
    (("bookmark_count",), ""),
    (("impression_count",), "views"),
)
OWN_FIGURES = (
    (("url_link_clicks",), "clicks"),
    (("user_profile_clicks",), ""),
    (("engagements",), ""),
)
ACCOUNT_FIGURES = (
    (("followers_count",), "followers"),
    (("following_count",), ""),
    (("post_count", "tweet_count"), ""),
    (("listed_count",), ""),
)
Wanted = Sequence[tuple[tuple[str, ...], str]]


def find(
    api: Api, rendition: Rendition, steps: Sequence[StepRecord], known_ids: frozenset[str]
) -> Sighting:
    """Look for a post whose request got no answer. See `FindsPosts.find`."""
    texts = texts_of(rendition)
    places = [place for place in range(1, len(texts) + 1) if started_at(steps, step_of(place))]
    if not places:
        return CannotTell("No request for this post is on record.")
    place = places[-1]
    text, started = texts[place - 1], started_at(steps, step_of(place))
    if started is None or not text.strip():
        return CannotTell("A post without a text cannot be told from others. Look at the account.")
    done = {step.key: str((step.result or {}).get("id") or "") for step in steps}
    earlier = {done.get(step_of(one), "") for one in range(1, place)}
    try:
        listing = _since(api, started - CLOCKS_DIFFER)
    except PlatformError as error:
        return CannotTell(error.sentence)
    seen = look_for(comparable(text), started, listing, known_ids | earlier)
    if not isinstance(seen, Found) or len(texts) == 1:
        return seen
    first = seen.remote_id if place == 1 else done[step_of(1)]
    part = f"Post {place} of {len(texts)}: {seen.evidence}"
    return Found(
        first,
        seen.created_at,
        api.post_url(first),
        part,
        part_id=seen.remote_id,
        unfinished=place < len(texts),
    )


def _since(api: Api, moment: datetime) -> Listing:
    answer = api.read_posts(
        f"users/{api.user}/tweets",
        "created_at,entities",
        max_results=POSTS_READ,
        exclude="retweets",
        start_time=f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )
    api.check(answer, READING)
    said = answer.json()
    meta = said.get("meta")
    posts = said.get("data", [] if isinstance(meta, dict) else None)
    if not isinstance(posts, list) or not all(isinstance(post, dict) for post in posts):
        raise api.tell.error(Unclear, READING, "the list of posts is missing")
    more = isinstance(meta, dict) and bool(meta.get("next_token"))
    return Listing("The account", [_candidate(api, post) for post in posts], more)


def _candidate(api: Api, post: Json) -> Candidate:
    created = moment_in(str(post.get("created_at") or ""))
    if created is None or not post.get("id"):
        raise api.tell.error(Unclear, READING, "a post has no id or time")
    name = str(post["id"])
    return Candidate(name, created, comparable(as_written(post)), api.post_url(name))


def as_written(post: Json) -> str:
    """Return a post's text as it was sent: with its addresses, and without that of its media."""
    text = str(post.get("text") or "")
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for url in urls if isinstance(urls, list) else []:
        short, whole = str(url.get("url") or ""), str(url.get("expanded_url") or "")
        if short and whole:
            text = text.replace(short, "" if _is_of_media(url) else whole, 1)
    return unescape(text)


def _is_of_media(url: Json) -> bool:
    return bool(url.get("media_key")) or str(url.get("display_url", "")).startswith("pic.")


def comparable(text: str) -> str:
    """Write each address the same way, whether its scheme and last slash were typed or not."""
    plain, last = [], 0
    for address in addresses(text):
        plain.append(text[last : address.start])
        shown = re.sub(r"^https?://", "", text[address.start : address.end], flags=re.IGNORECASE)
        plain.append(shown.rstrip("/").casefold())
        last = address.end
    return "".join([*plain, text[last:]])


def read_back(api: Api, remote_id: str) -> Sighting:
    """Ask for one post by its id. See `ReadsBack.read_back`."""
    try:
        post = _post(api, remote_id, "created_at")
    except PlatformError as error:
        return CannotTell(error.sentence)
    if post is None:
        return Absent(f"X says that there is no post {remote_id}.")
    made = moment_in(str(post.get("created_at") or "")) or datetime.now(UTC)
    return Found(remote_id, made, api.post_url(remote_id), f"{remote_id} was read.")


def _post(api: Api, remote_id: str, fields: str) -> Json | None:
    """Return one post; None when X says that there is none, which it may do with a 200."""
    answer = api.read_posts(f"tweets/{remote_id}", fields)
    problem = problem_in(answer)
    if answer.status == 404 and problem is not None:
        return None
    api.check(answer, READING)
    said = answer.json()
    if "data" not in said and any(one.kind == NOT_FOUND for one in problems_of(said)):
        return None
    return api.data_in(said, READING)


def post_metrics(api: Api, remote_id: str) -> list[Metric]:
    """Read a post's figures. Those that only its author sees are told for 30 days."""
    post = _post(api, remote_id, "public_metrics,non_public_metrics")
    if post is None:
        raise api.tell.error(Rejected, READING, f"there is no post {remote_id}")
    return [
        *_metrics(post.get("public_metrics"), POST_FIGURES),
        *_metrics(post.get("non_public_metrics"), OWN_FIGURES),
    ]


def account_metrics(api: Api) -> list[Metric]:
    """Read the account's figures as they are now."""
    said = api.ask(READING, "GET", "users/me", params={"user.fields": "public_metrics"})
    return _metrics(api.data_in(said, READING).get("public_metrics"), ACCOUNT_FIGURES)


def _metrics(said: object, wanted: Wanted) -> list[Metric]:
    if not isinstance(said, dict):
        return []
    found = []
    for names, means in wanted:
        name = next((name for name in names if type(said.get(name)) is int), None)
        if name:
            found.append(Metric(names[0], said[name], means))  # type: ignore[arg-type]
    return found


def identify(api: Api) -> AccountFacts:
    """Ask whose token this is."""
    said = api.ask(READING, "GET", "users/me", params={"user.fields": "profile_image_url"})
    return facts_of(api.data_in(said, READING), api.id_in(said, READING), api.connection.base_url)


def facts_of(user: Json, user_id: str, base_url: str) -> AccountFacts:
    """Return what X says of an account."""
    handle = str(user.get("username") or "")
    return AccountFacts(
        remote_id=user_id,
        name=str(user.get("name") or handle or user_id),
        url=f"{site_of(base_url)}/{handle or f'i/user/{user_id}'}",
        avatar_url=web_address(user.get("profile_image_url")),
        server_facts={"handle": handle} if handle else {},
    )
