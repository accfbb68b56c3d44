"""What is read back: whether a post is out after all, or still, and whose token it is."""

from collections.abc import Sequence
from datetime import UTC, datetime

from platforms.adapters.instagram.containers import (
    ERROR,
    EXPIRED,
    FINISHED,
    PUBLISHED,
    fate_of,
)
from platforms.adapters.instagram.profile import API, API_BY_FACEBOOK, Profile, site_of
from platforms.adapters.instagram.rules import STORY
from platforms.errors import PlatformError, Rejected, Unclear
from platforms.graph_errors import is_not_there, refusal
from platforms.links import web_address
from platforms.looking import CLOCKS_DIFFER, Candidate, Listing, look_for, started_at
from platforms.pauses import moment_in
from platforms.telling import READING
from platforms.values import (
    Absent,
    AccountFacts,
    CannotTell,
    Found,
    Json,
    Rendition,
    Sighting,
    StepRecord,
    Unpublished,
)

POSTS_READ = 25
PROFESSIONAL = frozenset({"BUSINESS", "MEDIA_CREATOR", "CREATOR"})


def find(
    profile: Profile,
    rendition: Rendition,
    steps: Sequence[StepRecord],
    known_ids: frozenset[str],
) -> Sighting:
    """Ask the container what became of it. See `FindsPosts.find`."""
    started = started_at(steps)
    made = [step.result for step in steps if step.key == "container" and step.result]
    if started is None or not made:
        return CannotTell("Instagram's own record of this post is not known here.")
    name = str(made[-1]["id"])
    try:
        fate = fate_of(profile, name)
        if fate["code"] == PUBLISHED:
            return _which(profile, rendition, started, known_ids, name)
    except PlatformError as error:
        return CannotTell(error.sentence)
    evidence = f"Container {name} is {fate['code']} ({fate['words'] or 'no more is said'})."
    not_out = fate["code"] in (FINISHED, ERROR, EXPIRED)
    return Unpublished(evidence) if not_out else CannotTell(evidence)


def _which(
    profile: Profile,
    rendition: Rendition,
    started: datetime,
    known_ids: frozenset[str],
    container: str,
) -> Sighting:
    """The post is out; find out which one it is."""
    proof = f"Container {container} is PUBLISHED."
    newest = _newest_posts(profile, rendition.channel)
    if profile.by_facebook and rendition.channel != STORY and rendition.text.strip():
        seen = look_for(rendition.text, started, newest, known_ids)
    else:
        seen = _only_one_since(started, newest, known_ids)
    if isinstance(seen, Found):
        return Found(seen.remote_id, seen.created_at, seen.url, f"{proof} {seen.evidence}")
    return CannotTell(f"{proof} It is out. {seen.evidence}")


def _only_one_since(started: datetime, newest: Listing, known_ids: frozenset[str]) -> Sighting:
    """Captions are not told here, or there is none, so that only the time tells posts apart."""
    since = started - CLOCKS_DIFFER
    recent = [c for c in newest.candidates if c.created_at >= since]
    ours = [c for c in recent if c.remote_id not in known_ids]
    if len(ours) == 1:
        found, moment = ours[0], f"{since.astimezone(UTC):%H:%M:%S} UTC"
        evidence = f"It is the only post since {moment} that is no other of ours."
        return Found(found.remote_id, found.created_at, found.url, evidence)
    count = f"{len(ours)} posts" if ours else "No post"
    return CannotTell(f"{count} may be this one. Look at the account for its address.")


def _newest_posts(profile: Profile, channel: str) -> Listing:
    fields = "id,timestamp,permalink" + (",caption" if profile.by_facebook else "")
    edge = "stories" if channel == STORY else "media"
    query = {"fields": fields, "limit": POSTS_READ}
    said = profile.graph.ask(READING, "GET", f"{profile.id}/{edge}", query)
    posts = said.get("data")
    if not isinstance(posts, list) or not all(isinstance(post, dict) for post in posts):
        raise profile.tell.error(Unclear, READING, "the list of posts is missing")
    more = len(posts) >= POSTS_READ or "next" in (said.get("paging") or {})
    return Listing("The account", [_candidate(profile, post) for post in posts], more)


def _candidate(profile: Profile, post: Json) -> Candidate:
    created = moment_in(post.get("timestamp"))
    if created is None:
        raise profile.tell.error(Unclear, READING, "a post has no time")
    name, url = profile.graph.id_in(post, READING), web_address(post.get("permalink"))
    return Candidate(name, created, str(post.get("caption") or ""), url)


def read_back(profile: Profile, remote_id: str, channel: str) -> Sighting:
    """Ask for one post by its id. See `ReadsBack.read_back`.

    Captions are told by Facebook login only.
    """
    tells = profile.by_facebook and channel != STORY
    fields = "id,timestamp,permalink" + (",caption" if tells else "")
    try:
        answer = profile.graph.request("GET", remote_id, {"fields": fields})
        said = refusal(answer)
        if said and is_not_there(said):
            return Absent(f"Instagram says that there is no {remote_id}.")
        profile.graph.check(answer, READING)
        post = _candidate(profile, answer.json())
    except PlatformError as error:
        return CannotTell(error.sentence)
    evidence = f"Instagram shows {post.remote_id}."
    text = post.text if tells else None
    return Found(post.remote_id, post.created_at, post.url, evidence, text)


def identify(profile: Profile) -> AccountFacts:
    """Ask whose token this is: an account's own, or that of the Page it belongs to."""
    said = None if profile.connection.base_url == API_BY_FACEBOOK else _own_facts(profile)
    if said is None:
        return _identify_by_facebook(profile)
    kind = str(said.get("account_type") or "").upper().replace(" ", "_")
    if kind not in PROFESSIONAL:
        raise Rejected(
            "This is a personal account, to which no app can post. Make it a professional one in "
            "the Instagram app, then connect it."
        )
    return _facts(profile, said, profile.graph.id_in(said, READING, "user_id"), "instagram")


def _own_facts(profile: Profile) -> Json | None:
    """What an account's own token is told; None where the token is a Page's."""
    fields = "user_id,username,name,account_type,profile_picture_url"
    try:
        return profile.graph.ask(READING, "GET", "me", {"fields": fields})
    except Rejected:
        if profile.connection.base_url == API:
            raise
        return None


def _identify_by_facebook(profile: Profile) -> AccountFacts:
    fields = "name,instagram_business_account{id,username,name,profile_picture_url}"
    said = profile.graph.ask(READING, "GET", "me", {"fields": fields})
    account = said.get("instagram_business_account")
    if not isinstance(account, dict):
        raise Rejected(
            "No Instagram account belongs to this Facebook Page. Link a professional account to "
            "the Page, or connect by Instagram login."
        )
    return _facts(profile, account, profile.graph.id_in(account, READING), "facebook")


def _facts(profile: Profile, said: Json, remote_id: str, login: str) -> AccountFacts:
    handle = str(said.get("username") or "")
    url = f"{site_of(profile.connection.base_url)}/{handle or remote_id}"
    picture = web_address(said.get("profile_picture_url"))
    name = str(said.get("name") or handle or remote_id)
    return AccountFacts(remote_id, name, url, picture, {"login": login, "username": handle})
