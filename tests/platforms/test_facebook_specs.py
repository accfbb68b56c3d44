"""Our requests to Graph held against Meta's description of its objects, skipped where that is not.

The description leaves files out, and says of few parameters that they are required.
"""

from typing import Any

import pytest

from platforms.adapters.facebook import metrics, reading
from tests.platforms.journal import MemoryJournal
from tests.platforms.pages import KINDS, PageAt
from tests.platforms.specs import spec

# What Graph takes with every call; and the parts of a form that are files.
ANY_CALL = {"appsecret_proof", "fields"}
FILES = {"source"}

# What each edge belongs to, with the parameters that our kinds of posts must send there.
EDGES: dict[tuple[str, str], tuple[str, set[str]]] = {
    ("POST", "feed"): ("Page", set()),
    ("POST", "photos"): ("Page", {"source"}),
    ("POST", "videos"): ("Page", {"upload_phase"}),
    ("POST", "video_reels"): ("Page", {"upload_phase"}),
    ("POST", "video_stories"): ("Page", {"upload_phase"}),
    ("POST", "photo_stories"): ("Page", {"photo_id"}),
    ("GET", "published_posts"): ("Page", set()),
    ("GET", "stories"): ("Page", set()),
    ("POST", "comments"): ("PagePost", {"message"}),
    ("GET", "insights"): ("PagePost", {"metric"}),
    ("GET", "video_insights"): ("AdVideo", {"metric"}),
}


def described(node: str, method: str, edge: str) -> dict[str, dict[str, Any]]:
    for call in spec("facebook", "specs", f"{node}.json")["apis"]:
        if (call["method"], call.get("endpoint", "").strip("/")) == (method, edge):
            return {parameter["name"]: parameter for parameter in call["params"]}
    raise AssertionError(f"{node} has no {method} {edge}")


def values_of(kind: str) -> set[str]:
    """The values of an enumeration; Graph does not mind their case."""
    known = spec("facebook", "specs", "enum_types.json")
    return {value.lower() for row in known if row["name"] == kind for value in row["values"]}


def is_of_type(value: Any, kind: str) -> bool:
    text = str(value)
    if kind == "unsigned int":
        return text.isdigit()
    if kind == "bool":
        return text in ("true", "false")
    if kind.endswith("_enum_param"):
        return text.lower() in values_of(kind)
    if kind == "list<Object>":
        return text.startswith("[") or text.replace("_", "").replace(",", "").isalnum()
    return kind in ("string", "Object") or kind.endswith("datetime")


@pytest.fixture
def sent(a_page: PageAt) -> list[dict[str, Any]]:
    """Everything we ever ask of Graph."""
    spec("facebook", "specs", "Page.json")
    for rendition in KINDS.values():
        journal = MemoryJournal()
        adapter = a_page.adapter()
        receipt = adapter.publish(rendition, journal)
        adapter.find(rendition, journal.records())
        adapter.read_back(receipt.remote_id, rendition.channel)
        if rendition.channel != "story":
            adapter.comment(receipt.remote_id, "First.", MemoryJournal())
            adapter.edit(receipt.remote_id, "Better.", MemoryJournal())
            adapter.post_metrics(receipt.remote_id, rendition.channel)
        adapter.delete(receipt.remote_id, MemoryJournal())
    adapter.account_metrics()
    return [r for r in a_page.sandbox.received() if "/video-upload/" not in r["path"]]


def said_in(request: dict[str, Any]) -> dict[str, Any]:
    said = {**(request["parameters"] or {}), **request["query"]}
    return {name: value for name, value in said.items() if name not in ANY_CALL}


def test_every_call_to_an_edge_is_described_and_sends_what_it_takes(sent):
    seen = set()
    for request in sent:
        edge = request["path"].rsplit("/", 1)[-1]
        if (request["method"], edge) not in EDGES:
            assert edge.replace("_", "").isdigit(), request["path"]
            continue
        node, needed = EDGES[request["method"], edge]
        known, said = described(node, request["method"], edge), said_in(request)
        required = {name for name, row in known.items() if row.get("required")}
        assert required | needed <= set(said), request["path"]
        for name, value in said.items():
            if name in FILES or isinstance(value, dict):
                continue
            # `limit` pages through any edge, and `period` is one of every insight.
            assert name in known or name == "limit", (request["path"], name)
            if name in known and not name.endswith("period"):
                assert is_of_type(value, known[name]["type"]), (request["path"], name, value)
        seen.add((request["method"], edge))
    assert seen == set(EDGES)


def test_a_text_that_is_changed_has_the_name_its_object_knows(sent):
    post, film = described("PagePost", "POST", ""), described("AdVideo", "POST", "")
    edits = [r for r in sent if r["method"] == "POST" and "_" in r["path"].rsplit("/", 1)[-1]]
    assert any("message" in said_in(request) for request in edits)
    assert post["message"]["type"] == film["description"]["type"] == "string"


@pytest.mark.parametrize(
    ("node", "fields"),
    [
        ("PagePost", "id,message,created_time,permalink_url,shares"),
        ("AdVideo", reading.VIDEO_FIELDS),
        ("AdVideo", "views"),
        ("Page", "id,name,link,category"),
    ],
)
def test_graph_has_the_fields_we_ask_for(node, fields):
    known = {field["name"] for field in spec("facebook", "specs", f"{node}.json")["fields"]}
    assert set(fields.split(",")) <= known


def test_a_persons_token_has_no_category_by_which_we_know_a_pages():
    person = {field["name"] for field in spec("facebook", "specs", "User.json")["fields"]}
    assert "category" not in person


@pytest.mark.parametrize(
    ("node", "fields"),
    [
        ("VideoStatus", "video_status,uploading_phase,processing_phase,publishing_phase"),
        ("VideoStatusUploadingPhase", "status,bytes_transferred"),
        ("VideoStatusPublishingPhase", "status,publish_status,publish_time"),
        ("Stories", "post_id,media_id,creation_time,url"),
        ("InsightsResult", "name,values"),
    ],
)
def test_graph_answers_with_the_names_we_read(node, fields):
    known = {field["name"] for field in spec("facebook", "specs", f"{node}.json")["fields"]}
    assert set(fields.split(",")) <= known


def test_no_metric_is_asked_for_that_meta_has_retired():
    names = [
        name
        for wanted in (*metrics.POST_SETS, *metrics.VIDEO_SETS, *metrics.PAGE_SETS)
        for name in wanted
    ]
    assert not [n for n in names if "impressions" in n or "fans" in n or "engaged_users" in n]
