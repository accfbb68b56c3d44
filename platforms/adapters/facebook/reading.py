"""What is read back from a Page: whether a post is there after all, or still."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from platforms.adapters.facebook.limits import FEED, REEL, STORY
from platforms.adapters.facebook.page import Page
from platforms.adapters.facebook.videos import BROKEN, trouble_in
from platforms.errors import PlatformError, Unclear
from platforms.graph_errors import is_not_there, refusal
from platforms.links import web_address
from platforms.looking import Candidate, Listing, look_for, started_at
from platforms.pauses import moment_in
from platforms.telling import READING, WORDS_MAX
from platforms.values import (
    Absent,
    CannotTell,
    Found,
    Json,
    Rendition,
    Sighting,
    StepRecord,
    Unpublished,
)

POSTS_READ = 25
VIDEO_FIELDS = "id,created_time,permalink_url,published,status"
# Of `video_status`, whose values are in Meta's guide to reels; one that is unknown counts as ready.
PREPARING = ("processing", "uploading", "upload_complete")


def find(
    page: Page, rendition: Rendition, steps: Sequence[StepRecord], known_ids: frozenset[str]
) -> Sighting:
    """Look for a post whose request got no answer. See `FindsPosts.find`."""
    started = started_at(steps)
    if started is None:
        return CannotTell("No request for this post is on record.")
    results = {step.key: step.result or {} for step in steps}
    try:
        if rendition.channel == STORY:
            return _find_story(page, results, started, known_ids)
        if rendition.videos:
            return _find_video(page, rendition, results, started, known_ids)
        if not rendition.text.strip():
            return CannotTell("A post without a text cannot be told from others. Look at the Page.")
        return look_for(rendition.text, started, _newest_posts(page), known_ids)
    except PlatformError as error:
        return CannotTell(error.sentence)


def _newest_posts(page: Page) -> Listing:
    query = {"fields": "id,message,created_time,permalink_url", "limit": POSTS_READ}
    said = page.graph.ask(READING, "GET", f"{page.id}/published_posts", query)
    posts = _listed(page, said)
    more = len(posts) >= POSTS_READ or "next" in (said.get("paging") or {})
    return Listing("The Page", [_candidate(page, post) for post in posts], more)


def _listed(page: Page, said: Json) -> list[Json]:
    items = said.get("data")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise page.tell.error(Unclear, READING, "the list of posts is missing")
    return items


def _candidate(page: Page, post: Json) -> Candidate:
    created = moment_in(post.get("created_time"))
    if created is None:
        raise page.tell.error(Unclear, READING, "a post has no time")
    name = page.graph.id_in(post, READING)
    url = web_address(post.get("permalink_url")) or page.post_url(name)
    return Candidate(name, created, str(post.get("message") or ""), url)


def _find_video(
    page: Page,
    rendition: Rendition,
    results: Mapping[str, Json],
    started: datetime,
    known_ids: frozenset[str],
) -> Sighting:
    """A video had its id before it was published, so that this one is asked for and no other."""
    video = str(results.get("upload:start", {}).get("video_id") or "")
    if not video or video in known_ids:
        return CannotTell("The id that Facebook gave the video is not known here.")
    said = page.graph.ask(READING, "GET", video, {"fields": VIDEO_FIELDS})
    if not _is_published(said):
        return Absent(f"Video {video} is there and not published.")
    address = page.reel_url(video) if rendition.channel == REEL else page.video_url(video)
    url = web_address(said.get("permalink_url")) or address
    # Its own time is that of the upload, which may have been long before.
    return Found(video, max(_published_at(said) or started, started), url, f"Video {video} is out.")


def _is_published(said: Json) -> bool:
    phase = (said.get("status") or {}).get("publishing_phase") or {}
    return said.get("published") is True or phase.get("publish_status") == "published"


def _published_at(said: Json) -> datetime | None:
    phase = (said.get("status") or {}).get("publishing_phase") or {}
    return moment_in(str(phase.get("publish_time") or ""))


def _find_story(
    page: Page, results: Mapping[str, Json], started: datetime, known_ids: frozenset[str]
) -> Sighting:
    """A story names the photo or video it shows, whose id is known from the upload."""
    media = {str(results.get("upload:start", {}).get("video_id") or "")}
    media |= {str(r.get("id") or "") for key, r in results.items() if key.startswith("photo:")}
    if not media - {""}:
        return CannotTell("The id that Facebook gave the picture or video is not known here.")
    stories = _listed(page, page.graph.ask(READING, "GET", f"{page.id}/stories", {}))
    for story in stories:
        name = str(story.get("post_id") or "")
        if str(story.get("media_id") or "?") in media and name and name not in known_ids:
            url = web_address(story.get("url")) or page.post_url(name)
            made = moment_in(str(story.get("creation_time") or "")) or started
            return Found(name, made, url, f"The stories of the Page, {len(stories)} read.")
    return Absent(f"The stories of the Page, {len(stories)} read: none shows it.")


def read_back(page: Page, remote_id: str, channel: str) -> Sighting:
    """Read one post that is out. See `ReadsBack.read_back`."""
    is_video = channel == REEL or (channel == FEED and "_" not in remote_id)
    fields = "id,created_time,permalink_url" + ("" if channel == STORY else ",message")
    try:
        fields = f"{VIDEO_FIELDS},description" if is_video else fields
        answer = page.graph.request("GET", remote_id, {"fields": fields})
        said = refusal(answer)
        if said and is_not_there(said):
            return Absent(f"Facebook has no {remote_id}, or shows it to this token no more.")
        page.graph.check(answer, READING)
        seen = answer.json()
        if is_video and (unready := _not_ready(remote_id, seen)):
            return unready
        url = web_address(seen.get("permalink_url")) or page.post_url(remote_id)
        made = moment_in(str(seen.get("created_time") or "")) or datetime.now(UTC)
        text = None if channel == STORY else seen.get("description" if is_video else "message")
        shown = None if channel == STORY else str(text or "")
        return Found(remote_id, made, url, f"{remote_id} was read.", shown)
    except PlatformError as error:
        return CannotTell(error.sentence)


def _not_ready(video: str, seen: Json) -> Sighting | None:
    """What keeps a video that was published from being shown; None: nothing does.

    Facebook goes on preparing a video after it has taken its publication, and may fail then.
    """
    status = seen.get("status") or {}
    phase = status.get("processing_phase") or {}
    if status.get("video_status") in BROKEN or phase.get("status") == "error":
        words = trouble_in([phase]).strip().rstrip(".")[:WORDS_MAX]
        return Unpublished(f"Facebook could not prepare video {video}: {words}.")
    if status.get("video_status") in PREPARING:
        return CannotTell(f"Facebook is still preparing video {video}.")
    if not _is_published(seen):
        return Absent(f"Video {video} is there and not published.")
    return None
