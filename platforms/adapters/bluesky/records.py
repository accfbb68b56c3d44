"""What is written: a post, the rest of its thread, who may answer, and what stands below the text.

Source: the lexicons `app.bsky.feed.post`, `threadgate`, `postgate` and `app.bsky.embed.*`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from platforms.adapters.bluesky.cards import card_of
from platforms.adapters.bluesky.cid import cid_of
from platforms.adapters.bluesky.media import blob_of
from platforms.adapters.bluesky.richtext import facets, handles
from platforms.adapters.bluesky.rules import (
    EMBED_IMAGES_MAX,
    GATES,
    LANGUAGES,
    NO_QUOTES,
    NOBODY,
    THREAD,
    texts_of,
)
from platforms.adapters.bluesky.tid import tid_after
from platforms.adapters.bluesky.xrpc import POST_TYPE, Repo
from platforms.contract import Journal
from platforms.errors import NotSent, Unclear
from platforms.telling import READING
from platforms.values import Json, MediaItem, Rendition

THREADGATE, POSTGATE = "app.bsky.feed.threadgate", "app.bsky.feed.postgate"
TICK = timedelta(milliseconds=1)  # between the times of a thread's posts, which sorts them


@dataclass(frozen=True)
class Ref:
    """A strong reference: a post by its address and content."""

    uri: str
    cid: str

    @property
    def json(self) -> Json:
        return {"uri": self.uri, "cid": self.cid}


def written(repo: Repo, rendition: Rendition, rkey: str, journal: Journal) -> Json:
    """Write the records of a post: itself, the rest of its thread, and who may answer.

    Pictures and cards stand with the first. Raises as the uploads do.
    """
    embed = _embed(repo, rendition, journal)
    texts = texts_of(rendition) if rendition.channel == THREAD else [rendition.text]
    dids, now = _mentioned(repo, rendition.text), datetime.now(UTC)
    posts = [_post(text, now + place * TICK, dids) for place, text in enumerate(texts)]
    if embed:
        posts[0]["embed"] = embed
    if languages := rendition.options.get(LANGUAGES.name):
        posts = [{**post, "langs": languages} for post in posts]
    gates = _gates(repo, rkey, rendition, now)
    return {"records": [*_in_a_row(repo, rkey, posts), *gates]}


def _in_a_row(repo: Repo, rkey: str, posts: list[Json]) -> Iterator[Json]:
    """Let each post answer the one before it, under the key that follows."""
    root = parent = None
    for place, post in enumerate(posts):
        key = tid_after(rkey, place)
        if root and parent:
            post["reply"] = {"root": root.json, "parent": parent.json}
        parent = Ref(repo.uri(key), cid_of(post))
        root = root or parent
        yield {"collection": POST_TYPE, "rkey": key, "value": post}


def _post(text: str, moment: datetime, dids: dict[str, str]) -> Json:
    value: Json = {"$type": POST_TYPE, "text": text, "createdAt": stamp(moment)}
    if found := facets(text, lambda handle: dids.get(handle, "")):
        value["facets"] = found
    return value


def stamp(moment: datetime) -> str:
    """Return a time as the protocol writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _gates(repo: Repo, rkey: str, rendition: Rendition, now: datetime) -> Iterator[Json]:
    """Who may reply and quote: records of their own, under the key of the post."""
    about: Json = {"post": repo.uri(rkey), "createdAt": stamp(now)}
    chosen = [rule for name, rule in GATES.items() if rendition.options.get(name)]
    if chosen or rendition.options.get(NOBODY.name):
        allow = [{"$type": rule} for rule in chosen]
        value = {"$type": THREADGATE, **about, "allow": allow}
        yield {"collection": THREADGATE, "rkey": rkey, "value": value}
    if rendition.options.get(NO_QUOTES.name):
        rules = [{"$type": f"{POSTGATE}#disableRule"}]
        value = {"$type": POSTGATE, **about, "embeddingRules": rules}
        yield {"collection": POSTGATE, "rkey": rkey, "value": value}


def _mentioned(repo: Repo, text: str) -> dict[str, str]:
    """Return the account of each handle in a text. Of a handle that nobody has, staff are told."""
    found = {}
    for handle in handles(text):
        answer = repo.request(
            "GET", "com.atproto.identity.resolveHandle", params={"handle": handle}
        )
        did = answer.json().get("did") if answer.status == 200 else ""
        if isinstance(did, str) and did.startswith("did:"):
            found[handle] = did
        elif answer.status == 400:
            told = f"Nobody at Bluesky has the handle @{handle}, so it is no link in the post."
            repo.connection.client.remark(told)
        else:
            repo.check(answer, READING)
            raise repo.tell.error(Unclear, READING, f"it did not say who @{handle} is")
    return found


def _embed(repo: Repo, rendition: Rendition, journal: Journal) -> Json | None:
    """Return what stands below the text: pictures, a video, or the card of a link."""
    if rendition.videos:
        (item,) = rendition.videos
        words = {"alt": item.alt} if item.alt else {}
        blob = blob_of(repo, item, journal)
        return {"$type": "app.bsky.embed.video", "video": blob, **words, "aspectRatio": ratio(item)}
    if rendition.images:
        images = [
            {"image": blob_of(repo, item, journal), "alt": item.alt, "aspectRatio": ratio(item)}
            for item in rendition.images
        ]
        if len(images) <= EMBED_IMAGES_MAX:
            return {"$type": "app.bsky.embed.images", "images": images}
        gallery = "app.bsky.embed.gallery"
        items = [{"$type": f"{gallery}#image", **image} for image in images]
        return {"$type": gallery, "items": items}
    return card_of(repo, rendition.link, journal) if rendition.link else None


def ratio(item: MediaItem) -> Json:
    return {"width": max(item.width, 1), "height": max(item.height, 1)}


def answer_to(repo: Repo, remote_id: str, rkey: str, text: str) -> Json:
    """Write the record of a reply. It names the post it answers and the first of the thread."""
    parent = repo.record(READING, remote_id.rpartition("/")[2])
    if parent is None:
        raise NotSent("The post is not there to be answered.")
    ref = Ref(str(parent["uri"]), str(parent["cid"]))
    reply = parent["value"].get("reply")
    root = reply["root"] if isinstance(reply, dict) and "root" in reply else ref.json
    value = _post(text, datetime.now(UTC), _mentioned(repo, text))
    value["reply"] = {"root": root, "parent": ref.json}
    return {"records": [{"collection": POST_TYPE, "rkey": rkey, "value": value}]}
