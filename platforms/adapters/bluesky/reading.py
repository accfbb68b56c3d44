"""What is read back: whether a post is out, exactly; how it does; and who the account is."""

from collections.abc import Sequence
from datetime import UTC, datetime

from platforms.adapters.bluesky.xrpc import Repo, rkey_in
from platforms.errors import PlatformError, Rejected, Unclear
from platforms.links import web_address
from platforms.looking import started_at
from platforms.pauses import moment_in
from platforms.telling import READING
from platforms.values import (
    Absent,
    AccountFacts,
    CannotTell,
    Found,
    Json,
    Metric,
    Sighting,
    StepRecord,
    Unpublished,
)

POST_FIGURES = {
    "likeCount": "reactions",
    "repostCount": "shares",
    "replyCount": "comments",
    "quoteCount": "",
    "bookmarkCount": "",
}
ACCOUNT_FIGURES = {"followersCount": "followers", "followsCount": "", "postsCount": ""}


def find(repo: Repo, steps: Sequence[StepRecord]) -> Sighting:
    """Read what stands under the post's key. See `FindsPosts.find`."""
    started = started_at(steps) or started_at(steps, "comment")
    keys = [step.result for step in steps if step.key == "key" and step.result]
    if started is None or not keys:
        return CannotTell("The key of this post is not known here.")
    rkey = str(keys[-1]["rkey"])
    try:
        found = repo.record(READING, rkey)
    except PlatformError as error:
        return CannotTell(error.sentence)
    if found is None:
        return Unpublished(f"The account's repository has no record {rkey}.")
    # The time in a record is our own word, from before it was sent.
    return _found(repo, found, started)


def read_back(repo: Repo, remote_id: str) -> Sighting:
    """Ask for one post by its id. See `ReadsBack.read_back`."""
    try:
        found = repo.record(READING, rkey_in(remote_id))
    except PlatformError as error:
        return CannotTell(error.sentence)
    if found is None:
        return Absent(f"Bluesky says that there is no {remote_id}.")
    return _found(repo, found, None)


def _found(repo: Repo, record: Json, started: datetime | None) -> Found:
    uri = str(record["uri"])
    said = moment_in(str(record["value"].get("createdAt"))) or started or datetime.now(UTC)
    moment = max(said, started) if started else said
    return Found(uri, moment, repo.url(uri), f"The account's repository holds {uri}.")


def post_metrics(repo: Repo, remote_id: str) -> list[Metric]:
    """Read a post's figures. Its server passes the question on to Bluesky's."""
    posts = repo.query(READING, "app.bsky.feed.getPosts", uris=remote_id).get("posts")
    if not isinstance(posts, list) or not all(isinstance(post, dict) for post in posts):
        raise repo.tell.error(Unclear, READING, "the list of posts is missing")
    if not posts:
        raise repo.tell.error(Rejected, READING, "it does not show this post")
    return _metrics(posts[0], POST_FIGURES)


def account_metrics(repo: Repo) -> list[Metric]:
    """Read the account's figures as they are now."""
    return _metrics(_profile(repo), ACCOUNT_FIGURES)


def _metrics(said: Json, wanted: dict[str, str]) -> list[Metric]:
    return [
        Metric(name, said[name], means)  # type: ignore[arg-type]
        for name, means in wanted.items()
        if isinstance(said.get(name), int)
    ]


def _profile(repo: Repo) -> Json:
    return repo.query(READING, "app.bsky.actor.getProfile", actor=repo.did)


def identify(repo: Repo) -> AccountFacts:
    """Ask whose session this is. Its profile is added where it can be read."""
    session = repo.query(READING, "com.atproto.server.getSession")
    did, handle = (repo.text_in(session, name, READING) for name in ("did", "handle"))
    try:
        profile = repo.query(READING, "app.bsky.actor.getProfile", actor=did)
    except PlatformError:
        profile = {}
    name = profile.get("displayName")
    return AccountFacts(
        remote_id=did,
        name=name if isinstance(name, str) and name.strip() else handle,
        url=f"{repo.site}/profile/{handle}",
        avatar_url=web_address(profile.get("avatar")),
        server_facts={"handle": handle},
    )
