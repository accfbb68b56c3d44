"""Our requests to X, and the sandbox's answers, held against X's own description of its API.

Prism (5.14, in front of the sandbox) takes the description and checks the same of JSON. But it
reads multipart bodies as text: of an upload of 1,297 bytes, 2,321 others arrive. It also brings 185
packages and takes 5 to 30 seconds to start. So it is not used.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from platforms.adapters.twitter import Twitter, media
from platforms.adapters.twitter.api import FIELDS_NAMES
from platforms.adapters.twitter.login import X_LOGIN
from platforms.adapters.twitter.problems import BY_TYPE
from platforms.adapters.twitter.rules import POLL_ANSWER_MAX, POLL_ANSWERS, POLL_MINUTES, REPLIES
from platforms.errors import PlatformError
from platforms.http import Answer, Client
from tests.platforms.journal import MemoryJournal
from tests.platforms.specs import spec
from tests.platforms.test_twitter_at_the_sandbox import (  # noqa: F401 (fixtures)
    connect,
    item,
    post,
    sandbox,
)


@dataclass(frozen=True)
class Exchanged:
    """A request as the adapter made it, and its answer."""

    method: str
    path: str
    query: dict[str, Any]
    form: dict[str, Any]
    json: Any
    answer: Answer


@pytest.fixture
def exchanged(monkeypatch) -> list[Exchanged]:
    kept: list[Exchanged] = []
    send = Client.request

    def request(self: Client, method: str, url: str, **said: Any) -> Answer:
        answer = send(self, method, url, **said)
        form = {**(said.get("data") or {}), **dict.fromkeys(said.get("files") or {}, "")}
        path = urlsplit(url).path.removeprefix("/twitter")
        kept.append(
            Exchanged(method, path, said.get("params") or {}, form, said.get("json"), answer)
        )
        return answer

    monkeypatch.setattr(Client, "request", request)
    return kept


@pytest.fixture
def everything(connect, exchanged, monkeypatch) -> list[Exchanged]:  # noqa: F811
    """All that we ever ask of X, refusals included."""
    whole()
    monkeypatch.setattr(media, "SEGMENT", 200)
    for old in (False, True):
        adapter = connect(old_names=old)
        kinds = [
            post(),
            post(item(), item(position=2), text="Pictures"),
            post(item("video/mp4"), text="Film"),
            post(item("image/gif"), text="Moving"),
            post(text="Which?", poll="Tea; Coffee", poll_hours=2, replies_following=True),
            post(text="Said", ai_generated=True, paid_partnership=True),
        ]
        for kind in kinds:
            made = replace(kind, text=f"{kind.text} {old}")
            journal = MemoryJournal()
            receipt = adapter.publish(made, journal)
            adapter.find(made, journal.records())
            adapter.read_back(receipt.remote_id, "tweet")
            adapter.post_metrics(receipt.remote_id, "tweet")
            with suppress(PlatformError):
                adapter.publish(made, MemoryJournal())
        adapter.comment(receipt.remote_id, f"First {old}", MemoryJournal())
        adapter.account_metrics()
        adapter.delete(receipt.remote_id, MemoryJournal())
        adapter.read_back(receipt.remote_id, "tweet")
    return exchanged


def described(one: Exchanged) -> tuple[dict[str, Any], dict[str, str]]:
    """The description of a request, and what stands in its path."""
    paths = whole()["paths"]
    for path in sorted(paths, key=lambda path: "{" in path):
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
        match = re.fullmatch(pattern, one.path)
        if match and one.method.lower() in paths[path]:
            return paths[path][one.method.lower()], match.groupdict()
    raise AssertionError(f"X has no {one.method} {one.path}")


@cache
def whole() -> Any:
    return spec("x", "openapi.json")


@cache
def validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": whole()["components"]})


def faults_of(schema: Any, value: Any) -> list[str]:
    errors = validator(json.dumps(schema)).iter_errors(value)
    return [error.message for error in errors]


def parameters(call: dict[str, Any]) -> dict[str, Any]:
    known = whole()["components"].get("parameters", {})
    listed = [known[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in call["parameters"]]
    return {parameter["name"]: parameter for parameter in listed}


def test_x_knows_every_parameter_and_its_values(everything):
    for one in everything:
        call, in_path = described(one)
        known = parameters(call) if "parameters" in call else {}
        # The documentation still calls the fields by their old name.
        query = {name.replace(*FIELDS_NAMES): value for name, value in one.query.items()}
        assert set(query) <= set(known), one.path
        for name, value in {**query, **in_path}.items():
            schema = known[name]["schema"]
            said = value.split(",") if schema.get("type") == "array" else value
            assert faults_of(schema, said) == [], (one.path, name)


def test_x_knows_every_body(everything):
    for one in everything:
        call, _ = described(one)
        content = call.get("requestBody", {}).get("content", {})
        if one.json is not None:
            assert faults_of(content["application/json"]["schema"], one.json) == [], one.path
        elif one.form:
            schema = content["multipart/form-data"]["schema"]
            assert faults_of(schema, one.form) == [], one.path
        else:
            assert not call.get("requestBody", {}).get("required"), one.path


def test_the_sandbox_answers_as_x_says(everything):
    statuses = set()
    for one in everything:
        call, _ = described(one)
        answers = call["responses"]
        status = str(one.answer.status)
        statuses.add(status)
        content = (answers.get(status) or answers["default"])["content"]
        said = one.answer.json()
        if b"tweet_count" in one.answer.body:
            continue  # the names of before, which X still uses
        faults = [faults_of(kind["schema"], said) for kind in content.values()]
        if status in answers:
            assert min(faults, key=len) == [], (one.path, said)
        else:
            assert {"title", "detail", "type"} <= set(said), one.path
    assert {"200", "201", "403"} <= statuses


def test_what_we_offer_is_what_x_takes():
    schemas = whole()["components"]["schemas"]
    made = schemas["CreatePostsRequest"]["properties"]
    assert set(REPLIES.values()) == set(made["reply_settings"]["enum"])
    poll = schemas["CreatePostsPoll"]["properties"]
    answers, minutes = poll["options"], poll["duration_minutes"]
    assert (answers["minItems"], answers["maxItems"]) == POLL_ANSWERS
    assert answers["items"]["maxLength"] == POLL_ANSWER_MAX
    assert (minutes["minimum"], minutes["maximum"]) == POLL_MINUTES


def test_problems_are_called_as_x_calls_them():
    mapping = whole()["components"]["schemas"]["Problem"]["discriminator"]
    known = {address.rpartition("/")[2] for address in mapping["mapping"]}
    assert {"invalid-request", "resource-not-found", "not-authorized-for-resource"} <= known
    assert known & set(BY_TYPE)


def test_the_scopes_we_ask_for_are_x_s():
    schemes = whole()["components"]["securitySchemes"]
    known = schemes["OAuth2UserToken"]["flows"]["authorizationCode"]["scopes"]
    assert {scope.name for scope in X_LOGIN.scopes} <= set(known)


def test_segments_fit_into_what_x_counts():
    schema = whole()["components"]["schemas"]["AppendMediaUploadRequest"]
    most = schema["properties"]["segment_index"]["maximum"]
    assert Twitter.limits("tweet", {}).video_bytes_max <= (most + 1) * media.SEGMENT
