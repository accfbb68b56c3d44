"""Our requests held against the platforms' own machine-readable descriptions, where these are.

They are not part of the product. SPECS_DIR says where they lie.
"""

import io
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from platforms.adapters.facebook import Facebook
from platforms.adapters.mastodon import OPTIONS, VISIBILITIES, Mastodon
from platforms.contract import Connection
from platforms.errors import PlatformError
from platforms.values import MediaItem, Rendition
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Received, Reply

ROOT = Path(__file__).parents[2]
SPECS = Path(os.environ.get("SPECS_DIR") or ROOT / ".." / "shared" / "specs")
PICTURE = MediaItem(1, "image", "image/png", "1.png", "0" * 64, 8, 3, 2, "A square")
ANY_CALL = {"appsecret_proof", "fields"}  # what Graph takes with every call
FILE = {"source"}  # the description leaves files out; the guide to photos names this part
SAID: dict[str, Any] = {
    "visibility": "unlisted",
    "language": "en",
    "spoiler_text": "Wet",
    "sensitive": True,
}


def spec(*parts: str) -> Any:
    file = SPECS.joinpath(*parts)
    if not file.exists():
        pytest.skip("the platforms' specifications are not here: SPECS_DIR says where they lie")
    return json.loads(file.read_text())


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
    ("POST", "/v26.0/1/feed"),
    ("POST", "/v26.0/1/photos"),
    ("GET", "/v26.0/1/published_posts"),
    ("POST", "/v26.0/1_2/comments"),
    ("DELETE", "/v26.0/1_2"),
    ("POST", "/api/v1/statuses"),
    ("POST", "/api/v2/media"),
    ("GET", "/api/v1/accounts/1/statuses"),
    ("DELETE", "/api/v1/statuses/1_2"),
]


def graph_parameters(name: str, method: str, edge: str) -> dict[str, str]:
    for call in spec("facebook", "specs", f"{name}.json")["apis"]:
        if (call["method"], call.get("endpoint", "").strip("/")) == (method, edge):
            return {parameter["name"]: parameter["type"] for parameter in call["params"]}
    raise AssertionError(f"{name} has no {method} {edge}")


@pytest.mark.parametrize(
    ("node", "method", "edge"),
    [
        ("Page", "POST", "feed"),
        ("Page", "POST", "photos"),
        ("Page", "GET", "published_posts"),
        ("PagePost", "POST", "comments"),
    ],
)
def test_graph_knows_every_parameter_we_send(requests_of, node, method, edge):
    known = graph_parameters(node, method, edge)
    sent = requests_of(
        Facebook,
        Rendition("feed-post", "Read.", link="https://example.org"),
        Rendition("feed-post", "Look.", media=(PICTURE,)),
    )
    ours = [r for r in sent if r.method == method and r.path.endswith(f"/{edge}")]
    assert ours
    for request in ours:
        names = set(request.form if method == "POST" else request.query)
        assert names - ANY_CALL - FILE <= set(known)


def test_graph_takes_what_we_send_as_text():
    feed = graph_parameters("Page", "POST", "feed")
    photos = graph_parameters("Page", "POST", "photos")
    assert (feed["message"], feed["link"]) == ("string", "string")
    assert (photos["caption"], photos["alt_text_custom"]) == ("string", "string")


def test_graph_has_the_fields_we_ask_for():
    fields = {f["name"] for f in spec("facebook", "specs", "PagePost.json")["fields"]}
    assert {"id", "message", "created_time", "permalink_url"} <= fields
    page = {f["name"] for f in spec("facebook", "specs", "Page.json")["fields"]}
    person = {f["name"] for f in spec("facebook", "specs", "User.json")["fields"]}
    assert {"id", "name", "link", "category"} <= page
    assert "category" not in person


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
