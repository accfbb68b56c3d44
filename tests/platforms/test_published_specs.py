"""Our requests to Mastodon held against its own machine-readable description."""

import io
from contextlib import suppress
from typing import Any

import pytest

from platforms.adapters.mastodon import OPTIONS, VISIBILITIES, Mastodon
from platforms.contract import Connection
from platforms.errors import PlatformError
from platforms.values import MediaItem, Rendition
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Received, Reply
from tests.platforms.specs import spec

PICTURE = MediaItem(1, "image", "image/png", "1.png", "0" * 64, 8, 3, 2, "A square")
SAID: dict[str, Any] = {
    "visibility": "unlisted",
    "language": "en",
    "spoiler_text": "Wet",
    "sensitive": True,
}


@pytest.fixture
def requests_of(server, make_client):
    """What an adapter sends for a post and for a look, with an answer that lets it go on."""

    def record(kind: Any, *posts: Rendition) -> list[Received]:
        for method, path in CALLS:
            is_list = path == "/api/v1/accounts/1/statuses"
            reply = Reply(200, [] if is_list else {"id": "1", "data": []})
            server.on(method, path, reply)
        credentials = {"access_token": "token-0123456789", "app_secret": "secret-0123456789"}
        adapter = kind(
            Connection(
                server.url,
                kind.api_version,
                "1",
                make_client(),
                credentials,
                lambda item: io.BytesIO(b"x"),
            )
        )
        for post in posts:
            journal = MemoryJournal()
            adapter.publish(post, journal)
            adapter.find(post, journal.records())
        adapter.comment("1_2", "First.", MemoryJournal())
        with suppress(PlatformError):  # only what was sent matters here
            adapter.delete("1_2", MemoryJournal())
        return list(server.received)

    return record


CALLS = [
    ("POST", "/api/v1/statuses"),
    ("POST", "/api/v2/media"),
    ("GET", "/api/v1/accounts/1/statuses"),
    ("DELETE", "/api/v1/statuses/1_2"),
]


def described(method: str, path: str) -> Any:
    return spec("mastodon", "schema.json")["paths"][path][method]


def properties(schema: Any) -> dict[str, Any]:
    """All properties of a schema, through its references and alternatives."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        return properties(spec("mastodon", "schema.json")["components"]["schemas"][name])
    found = dict(schema.get("properties", {}))
    for part in (*schema.get("oneOf", ()), *schema.get("allOf", ()), *schema.get("anyOf", ())):
        found |= properties(part)
    return found


def body_of(method: str, path: str, kind: str) -> dict[str, Any]:
    return properties(described(method, path)["requestBody"]["content"][kind]["schema"])


@pytest.fixture
def statuses(requests_of):
    post = Rendition("status", "Look.", media=(PICTURE,), options=SAID)
    return requests_of(Mastodon, post)


def test_mastodon_knows_every_parameter_of_a_status(statuses):
    known = body_of("post", "/api/v1/statuses", "application/json")
    for request in (r for r in statuses if r.path == "/api/v1/statuses" and r.method == "POST"):
        assert set(request.form) <= set(known)
    assert set(OPTIONS) <= set(known)


def test_mastodon_has_the_visibilities_we_offer():
    known = body_of("post", "/api/v1/statuses", "application/json")["visibility"]
    values = (
        known.get("enum")
        or spec("mastodon", "schema.json")["components"]["schemas"][
            str(known.get("$ref") or known["allOf"][0]["$ref"]).rpartition("/")[2]
        ]["enum"]
    )
    assert set(VISIBILITIES) <= set(values)


def test_mastodon_knows_every_part_of_an_upload(statuses):
    known = body_of("post", "/api/v2/media", "multipart/form-data")
    (upload,) = [r for r in statuses if r.path == "/api/v2/media"]
    assert set(upload.form) <= set(known)


def test_mastodon_knows_every_parameter_of_a_look(statuses):
    known = {p["name"] for p in described("get", "/api/v1/accounts/{id}/statuses")["parameters"]}
    (look,) = [r for r in statuses if r.path == "/api/v1/accounts/1/statuses"]
    assert set(look.query) <= known


def test_mastodon_names_the_key_as_we_do():
    headers = {p["name"] for p in described("post", "/api/v1/statuses")["parameters"]}
    assert "Idempotency-Key" in headers
