"""Putting a post or a thread out: its key, its records, and the one request that writes them.

The key is chosen once in a post's life and kept in the journal before anything is sent. `putRecord`
with `swapRecord: null` writes only where nothing stands yet; the same record again is accepted and
changes nothing. Several records, of a thread or of a post with reply controls, go out in one
commit: all of them or none. That request is refused when its keys are taken, so it looks first.

Source: the lexicons `com.atproto.repo.putRecord` and `applyWrites`, and the reference server.
"""

from datetime import UTC, datetime, timedelta
from functools import partial

from platforms.adapters.bluesky.records import answer_to, written
from platforms.adapters.bluesky.tid import tid_at
from platforms.adapters.bluesky.xrpc import Repo, error_in
from platforms.contract import Journal
from platforms.errors import NotSent, Unclear
from platforms.http import Answer
from platforms.telling import COMMENT, POST, Act
from platforms.values import Json, Receipt, Rendition

KEY_LIFE = timedelta(days=3650)  # a post has one key for ever, so that it can never be out twice
# A record that waited longer is written anew: its time says where it stands among others' posts.
FRESH = timedelta(minutes=10)
WINDOW = timedelta(hours=24)  # in which a request is repeated; its key is good without an end


def publish(repo: Repo, rendition: Rendition, journal: Journal) -> Receipt:
    """Put the rendition out. See `Adapter.publish`."""
    rkey = _key(journal)
    build = partial(written, repo, rendition, rkey, journal)
    records = journal.repeatable("record", build, FRESH, rendition.request)["records"]
    return _sent("post", repo, POST, records, rendition.request, journal)


def comment(repo: Repo, remote_id: str, text: str, journal: Journal) -> Receipt:
    """Answer a post of ours. See `Comments.comment`."""
    rkey, request = _key(journal), {"text": text}
    build = partial(answer_to, repo, remote_id, rkey, text)
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
