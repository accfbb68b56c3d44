"""Putting a post or a thread out: its key, its records, and the one request that writes them.

The key is chosen once in a post's life and kept in the journal before anything is sent. `putRecord`
with `swapRecord: null` writes only where nothing stands yet; the same record again is accepted and
changes nothing. Several records, of a thread or of a post with reply controls, go out in one
commit: all of them or none. That request is refused when its keys are taken, so it looks first.

Source: the lexicons `com.atproto.repo.putRecord` and `applyWrites`, and the reference server.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

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
from platforms.adapters.bluesky.tid import tid_after, tid_at
from platforms.adapters.bluesky.xrpc import POST_TYPE, Repo, error_in
from platforms.contract import Journal
from platforms.errors import NotSent, Unclear
from platforms.http import Answer
from platforms.telling import COMMENT, POST, READING, Act
from platforms.values import Json, MediaItem, Receipt, Rendition

KEY_LIFE = timedelta(days=3650)  # a post has one key for ever, so that it can never be out twice
# A record that waited longer is written anew: its time says where it stands among others' posts.
FRESH = timedelta(minutes=10)
WINDOW = timedelta(hours=24)  # in which a request is repeated; its key is good without an end
THREADGATE, POSTGATE = "app.bsky.feed.threadgate", "app.bsky.feed.postgate"


def publish(repo: Repo, rendition: Rendition, journal: Journal) -> Receipt:
    """Put the rendition out. See `Adapter.publish`."""
    rkey = _key(journal)
    build = partial(_written, repo, rendition, rkey, journal)
    records = journal.repeatable("record", build, FRESH, rendition.request)["records"]
    return _sent("post", repo, POST, records, rendition.request, journal)


def comment(repo: Repo, remote_id: str, text: str, journal: Journal) -> Receipt:
    """Answer a post of ours. See `Comments.comment`."""
    rkey, request = _key(journal), {"text": text}
    build = partial(_answer, repo, remote_id, rkey, text)
    records = journal.repeatable("record", build, FRESH, request)["records"]
    return _sent("comment", repo, COMMENT, records, request, journal)


def _key(journal: Journal) -> str:
    return str(journal.repeatable("key", _choose_key, KEY_LIFE)["rkey"])


def _choose_key() -> Json:
    return {"rkey": tid_at(datetime.now(UTC))}


def _sent(
    step: str, repo: Repo, act: Act, records: list[Json], request: Json, journal: Journal
) -> Receipt:
    said = journal.keyed(step, partial(_write, repo, act, records), request, WINDOW)
    return Receipt(str(said["id"]), str(said["url"]))


def _write(repo: Repo, act: Act, records: list[Json], key: str) -> Json:
    """Write what is not there yet, and return what stands there then.

    The journal's own `key` is not needed: the record's does the same and means something there.
    """
    return (_write_one if len(records) == 1 else _write_all)(repo, act, records)


def _write_one(repo: Repo, act: Act, records: list[Json]) -> Json:
    (record,) = records
    said = {"repo": repo.did, **_named(record), "record": record["value"], "swapRecord": None}
    answer = repo.request("POST", "com.atproto.repo.putRecord", json=said)
    if error_in(answer)[0] == "InvalidSwap":
        return _standing(repo, act, record)
    _check(repo, act, answer)
    return _as_result(repo, repo.text_in(answer.json(), "uri", act))


def _write_all(repo: Repo, act: Act, records: list[Json]) -> Json:
    if found := _looked_up(repo, act, records[0]["rkey"]):
        return _as_result(repo, str(found["uri"]))
    writes = [
        {"$type": "com.atproto.repo.applyWrites#create", **_named(record), "value": record["value"]}
        for record in records
    ]
    said = {"repo": repo.did, "writes": writes}
    answer = repo.request("POST", "com.atproto.repo.applyWrites", json=said)
    _check(repo, act, answer)
    results = answer.json().get("results")
    if not isinstance(results, list) or len(results) != len(records):
        raise repo.tell.error(Unclear, act, "it said yes and did not name what it wrote")
    return _as_result(repo, repo.text_in(results[0], "uri", act))


def _named(record: Json) -> Json:
    return {"collection": record["collection"], "rkey": record["rkey"]}


def _standing(repo: Repo, act: Act, record: Json) -> Json:
    """Read what an earlier request wrote under the key, which belongs to this post alone."""
    found = repo.record(act, record["rkey"])
    if found is None:
        raise repo.tell.error(Unclear, act, "it says that it is there, and does not show it")
    if found["value"].get("text") != record["value"]["text"]:
        repo.connection.client.remark("It was out already, with the words of an earlier try.")
    return _as_result(repo, str(found["uri"]))


def _looked_up(repo: Repo, act: Act, rkey: str) -> Json | None:
    """Return what stands there already. Raises NotSent when that cannot be read."""
    try:
        return repo.record(act, rkey)
    except Unclear as error:
        raise NotSent(f"{error.sentence} Nothing was written.") from error


def _check(repo: Repo, act: Act, answer: Answer) -> None:
    """Raise what a refusal means; NotSent where only an upload grew too old, which is made anew."""
    words = error_in(answer)[1]
    if answer.status == 400 and "could not find blob" in words.lower():
        raise NotSent("Bluesky no longer has a picture or video of this post. It is sent again.")
    repo.check(answer, act)


def _as_result(repo: Repo, uri: str) -> Json:
    return {"id": uri, "url": repo.url(uri)}


# Records


@dataclass(frozen=True)
class Ref:
    """A strong reference: a post by its address and content."""

    uri: str
    cid: str

    @property
    def json(self) -> Json:
        return {"uri": self.uri, "cid": self.cid}


def _written(repo: Repo, rendition: Rendition, rkey: str, journal: Journal) -> Json:
    """Write the records of a post: itself, the rest of its thread, and who may answer."""
    embed = _embed(repo, rendition, journal)
    parts = texts_of(rendition) if rendition.channel == THREAD else [rendition.text]
    now = datetime.now(UTC)
    dids = _mentioned(repo, rendition.text)
    posts = list(_posts(repo, rkey, parts, embed, now, dids, rendition))
    return {"records": [*posts, *_gates(repo, rkey, rendition, now)]}


def _posts(
    repo: Repo,
    rkey: str,
    parts: list[str],
    embed: Json | None,
    now: datetime,
    dids: dict[str, str],
    rendition: Rendition,
) -> Iterator[Json]:
    """Each answers the one before it; the pictures stand with the first."""
    root = parent = None
    for place, text in enumerate(parts):
        key = tid_after(rkey, place)
        value = _post(text, now + timedelta(milliseconds=place), dids)
        value |= {"embed": embed} if embed and not place else {}
        value |= {"langs": rendition.options[LANGUAGES.name]} if _has_languages(rendition) else {}
        if root and parent:
            value["reply"] = {"root": root.json, "parent": parent.json}
        parent = Ref(repo.uri(key), cid_of(value))
        root = root or parent
        yield {"collection": POST_TYPE, "rkey": key, "value": value}


def _has_languages(rendition: Rendition) -> bool:
    return bool(rendition.options.get(LANGUAGES.name))


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


def _answer(repo: Repo, remote_id: str, rkey: str, text: str) -> Json:
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
