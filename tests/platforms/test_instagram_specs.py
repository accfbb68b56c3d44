"""What Instagram's adapter sends and asks for, held against Meta's own description."""

from typing import Any

import pytest

from platforms.adapters.instagram import Instagram, metrics
from platforms.values import Absent, CannotTell, Found
from tests.platforms.journal import MemoryJournal
from tests.platforms.specs import spec
from tests.platforms.test_instagram import (  # noqa: F401 (fixtures)
    ACCOUNT,
    KINDS,
    LOGINS,
    connect,
    files,
    medium,
    post,
    sandbox,
)

# Newer than the description, known from Meta's own SDK for v26.
NEWER = {"is_ai_generated", "is_paid_partnership"}
ANY_CALL = {"appsecret_proof", "fields", "access_token"}
NODES = {"instagram": "IGUserForIGOnlyAPI", "facebook": "IGUser"}


def parameters(node: str, method: str, edge: str) -> set[str]:
    for call in spec("facebook", "specs", f"{node}.json")["apis"]:
        if (call["method"], (call.get("endpoint") or "").strip("/")) == (method, edge):
            return {parameter["name"] for parameter in call["params"]}
    raise AssertionError(f"{node} has no {method} {edge}")


def fields(node: str) -> set[str]:
    return {field["name"] for field in spec("facebook", "specs", f"{node}.json")["fields"]}


CHOSEN: dict[str, Any] = {
    "collaborators": ["glen.and.loom"],
    "location_id": "1",
    "ai_generated": True,
}


@pytest.mark.parametrize("login", LOGINS)
def test_every_parameter_of_a_container_is_described(connect, sandbox, login):  # noqa: F811
    known = parameters(NODES[login], "POST", "media") | NEWER | ANY_CALL
    adapter = connect(login)
    tags = [{"username": "mairi", "x": 0.2, "y": 0.8, "picture": 1}]
    reel = post("reel", medium("clip.mp4"), cover_at=1, audio_name="Loom", **CHOSEN)
    paid = [post(paid_partnership=True)] if login == "facebook" else []
    for rendition in (*KINDS.values(), post(user_tags=tags, **CHOSEN), reel, *paid):
        adapter.publish(rendition, MemoryJournal())
    made = [r for r in sandbox.received() if r["path"].endswith(f"{ACCOUNT}/media")]
    assert len(made) >= len(KINDS) + 2
    for request in made:
        assert set(request["parameters"]) <= known
    publishing = [r for r in sandbox.received() if r["path"].endswith("media_publish")]
    for request in publishing:
        assert set(request["parameters"]) <= {"creation_id"} | ANY_CALL


def test_what_is_asked_of_containers_posts_and_quotas_is_described():
    assert {"status_code", "status"} <= fields("ShadowIGMediaBuilder")
    assert {"quota_usage", "config"} <= fields("ContentPublishingLimitResponse")
    for node in ("IGMedia", "IGMediaForIGOnlyAPI"):
        assert {"id", "timestamp", "permalink", "caption"} <= fields(node)
        assert parameters(node, "POST", "comments") >= {"message"}
    own = {"user_id", "username", "name", "account_type", "profile_picture_url"}
    assert own <= fields("IGUserForIGOnlyAPI")


def test_every_metric_is_one_of_theirs():
    enums = {e["name"]: e["values"] for e in spec("facebook", "specs", "enum_types.json")}
    sets = [*metrics.FEED_SETS, *(one for several in metrics.SETS.values() for one in several)]
    asked = {name for one in sets for name in one}
    assert asked <= set(enums["shadowigmediainsights_metric_enum_param"])


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("kind", KINDS)
def test_figures_are_read_for_each_kind(connect, sandbox, kind, login):  # noqa: F811
    adapter = connect(login, metrics={"reach": 120, "views": 300, "likes": 7, "comments": 2})
    rendition = KINDS[kind]
    receipt = adapter.publish(rendition, MemoryJournal())
    read = adapter.post_metrics(receipt.remote_id, rendition.channel)
    told = {metric.name: (metric.value, metric.means) for metric in read}
    assert told["reach"] == (120, "reach")
    assert told["views"] == (300, "views")
    assert ("likes" in told) == (rendition.channel != "story")


def test_a_set_that_is_refused_costs_no_other(connect, sandbox):  # noqa: F811
    adapter = connect(metrics={"likes": 7})
    receipt = adapter.publish(KINDS["image"], MemoryJournal())
    sandbox.arm("instagram", "refuse", call="read", error={"code": 100})
    told = {m.name: m.value for m in adapter.post_metrics(receipt.remote_id, "feed-post")}
    assert "reach" not in told
    assert told["likes"] == 7


@pytest.mark.parametrize("login", LOGINS)
def test_a_post_is_read_back_while_it_is_there(connect, sandbox, login):  # noqa: F811
    adapter = connect(login)
    receipt = adapter.publish(KINDS["image"], MemoryJournal())
    seen = adapter.read_back(receipt.remote_id, "feed-post")
    assert isinstance(seen, Found)
    assert seen.text == (KINDS["image"].text if login == "facebook" else None)
    assert adapter.read_back(receipt.remote_id, "story").text is None
    assert isinstance(adapter.read_back("17000", "feed-post"), Absent)
    sandbox.arm("instagram", "error_500_before", call="read")
    assert isinstance(adapter.read_back(receipt.remote_id, "feed-post"), CannotTell)


def test_the_account_tells_its_figures(connect):  # noqa: F811
    adapter: Instagram = connect(metrics={"reach": 12, "views": 40})
    told = {m.name: m.value for m in adapter.account_metrics()}
    assert (told["reach"], told["views"], told["followers_count"]) == (12, 40, 0)
