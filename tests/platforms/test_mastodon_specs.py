"""What we ask of Mastodon, what the sandbox answers, and the golden pairs, held against the
machine-readable description of Mastodon's API.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from platforms import fediverse
from platforms.adapters.mastodon.login import MastodonLogin
from platforms.adapters.mastodon.rules import SAID_OF_EACH, VISIBILITIES
from platforms.errors import PlatformError
from platforms.http import Answer, Client
from platforms.oauth import AppKeys, Door, Question
from platforms.values import Rendition
from tests.platforms.golden import FOLDER
from tests.platforms.journal import MemoryJournal
from tests.platforms.specs import spec
from tests.platforms.test_mastodon_at_the_sandbox import (  # noqa: F401 (fixtures)
    connect,
    item,
    post,
    sandbox,
)
from tests.platforms.test_mastodon_threads import THREAD

RECORDINGS = ("mastodon", "mastodon-others")
BACK = "https://brand.example/syndication/connect/return"
# Not Mastodon's own, but the fediverse's: its address is in the answer to the first.
ELSEWHERE = ("/.well-known/nodeinfo", "/nodeinfo/2.0")


REFUSED_APP = ("/oauth/token", 401)  # RFC 6749 has it, and so have servers


@dataclass(frozen=True)
class Exchanged:
    """A request as it was made, and its answer."""

    method: str
    path: str
    query: dict[str, Any]
    headers: dict[str, str]
    form: dict[str, Any]
    json: Any
    status: int
    answer: Any


@pytest.fixture
def exchanged(monkeypatch) -> list[Exchanged]:
    kept: list[Exchanged] = []
    send = Client.request

    def request(self: Client, method: str, url: str, **said: Any) -> Answer:
        answer = send(self, method, url, **said)
        form = {**(said.get("data") or {}), **dict.fromkeys(said.get("files") or {}, "")}
        path = urlsplit(url).path.removeprefix("/mastodon")
        kept.append(
            Exchanged(
                method,
                path,
                dict(said.get("params") or {}),
                dict(said.get("headers") or {}),
                form,
                said.get("json"),
                answer.status,
                json.loads(answer.body) if answer.body else None,
            )
        )
        return answer

    monkeypatch.setattr(Client, "request", request)
    return kept


@pytest.fixture
def everything(connect, sandbox, make_client, exchanged) -> list[Exchanged]:  # noqa: F811
    """All that we ever ask of a server, refusals included."""
    whole()
    said: dict[str, Any] = {"visibility": "unlisted", "language": "gd", "spoiler_text": "Wet"}
    asked: dict[str, Any] = {"poll": "Tea; Coffee", "poll_hours": 2, "poll_multiple": True}
    kinds = [
        post(**said, sensitive=True),
        post(item(focus_x=0.2), item(position=2), text="Pictures"),
        post(item("video/mp4"), text="Film"),
        post(item("image/gif"), text="Moving"),
        post(text="Which?", **asked),
        THREAD,
    ]
    for server in ({"media_processing": 1}, {"software": "pleroma"}):
        adapter = connect(**server)
        for kind in kinds:
            journal = MemoryJournal()
            receipt = published(adapter, kind, journal)
            adapter.find(kind, journal.records())
            adapter.read_back(receipt.remote_id, kind.channel)
            adapter.post_metrics(receipt.remote_id, kind.channel)
            if kind.channel == "status":
                adapter.edit(receipt.remote_id, "Other words", MemoryJournal())
        with suppress(PlatformError):
            adapter.publish(Rendition("status", "x" * 9000), MemoryJournal())
        adapter.comment(receipt.remote_id, "First.", MemoryJournal())
        adapter.account_metrics()
        adapter.delete_parts([post["id"] for post in sandbox.posts()][-4:-1], MemoryJournal())
        adapter.read_back(receipt.remote_id, "status")
    signed_in(sandbox, make_client)
    return exchanged


def published(adapter: Any, kind: Rendition, journal: MemoryJournal) -> Any:
    """A post that may have to wait for what is prepared."""
    for _ in range(3):
        with suppress(PlatformError):
            return adapter.publish(kind, journal)
    return adapter.publish(kind, journal)


def signed_in(sandbox, make_client) -> None:  # noqa: F811
    """From the registration of the program to the account, as a person and this program do."""
    path, base = MastodonLogin(), f"{sandbox.address}/mastodon"
    door = Door(base, "", AppKeys(""), BACK, make_client())
    arranged = path.arrange(door)
    door = replace(door, app=arranged.app)
    address = path.authorize_url(door, Question("state-1"))
    query = parse_qs(urlsplit(address).query)
    agreed = {name: values[0] for name, values in query.items()}
    agreed |= {"person": "109300200300401", "answer": "yes"}
    answer = sandbox.ask("POST", f"{base}/oauth/authorize", data=agreed, allow_redirects=False)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    assert path.offers(door, path.exchange(door, code, ""))
    path.arrange(door)
    with suppress(PlatformError):
        path.exchange(door, "no code", "")


def described(method: str, path: str) -> dict[str, Any]:
    paths = whole()["paths"]
    for known in sorted(paths, key=lambda path: "{" in path):
        pattern = re.sub(r"\{(\w+)\}", r"[^/]+", known)
        if re.fullmatch(pattern, path) and method.lower() in paths[known]:
            return dict(paths[known][method.lower()])
    raise AssertionError(f"Mastodon has no {method} {path}")


@cache
def whole() -> Any:
    return spec("mastodon", "schema.json")


@cache
def validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": whole()["components"]})


def faults_of(schema: Any, value: Any) -> list[str]:
    errors = validator(json.dumps(schema)).iter_errors(value)
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in errors]


def properties(schema: Any) -> dict[str, Any]:
    """All properties of a schema, through its references and alternatives."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        return properties(whole()["components"]["schemas"][name])
    found = dict(schema.get("properties", {}))
    for part in (*schema.get("oneOf", ()), *schema.get("allOf", ()), *schema.get("anyOf", ())):
        found |= properties(part)
    return found


def bodies(call: dict[str, Any]) -> dict[str, Any]:
    content = call.get("requestBody", {}).get("content", {})
    return {kind: about["schema"] for kind, about in content.items()}


def check_request(method: str, path: str, query: Any, headers: Any, said: Any) -> None:
    """Hold one request against its description."""
    call = described(method, path)
    known = {parameter["name"].lower() for parameter in call.get("parameters", ())}
    assert set(query) <= known, path
    if "idempotency-key" in {name.lower() for name in headers}:
        assert "idempotency-key" in known, path
    if not said:
        return
    known_fields: dict[str, Any] = {}
    for schema in bodies(call).values():
        known_fields |= properties(schema)
    assert set(said) <= set(known_fields), path
    for name, value in said.items():
        if not isinstance(value, bytes) and name != "file":
            faults = faults_of(known_fields[name], value)
            # In a form a list of one is written as its one, and servers before 4.3 take no other.
            assert faults == [] or faults_of(known_fields[name], [value]) == [], (path, name)


def check_answer(method: str, path: str, status: int, said: Any) -> None:
    """Hold one answer against its description."""
    answers = described(method, path)["responses"]
    assert str(status) in answers, (path, status)
    content = answers[str(status)].get("content", {}).get("application/json")
    if content:
        assert faults_of(content["schema"], said) == [], (path, status, said)


def test_mastodon_knows_everything_we_say(everything):
    for one in everything:
        if one.path not in ELSEWHERE:
            said = one.json if one.json is not None else one.form
            check_request(one.method, one.path, one.query, one.headers, said)


def test_nobody_asks_a_server_to_keep_a_post_for_later(everything):
    assert all("scheduled_at" not in (one.json or {}) for one in everything)


def test_the_sandbox_answers_as_mastodon_says(everything):
    statuses = set()
    for one in everything:
        others = isinstance(one.answer, dict) and "compatible" in one.answer.get("version", "")
        if others or one.path in ELSEWHERE or (one.path, one.status) == REFUSED_APP:
            continue
        check_answer(one.method, one.path, one.status, one.answer)
        statuses.add(one.status)
    assert {200, 202, 206, 404, 422} <= statuses


def pairs() -> Iterator[Any]:
    for name in RECORDINGS:
        for path in sorted((FOLDER / name).glob("*.json")):
            for number, pair in enumerate(json.loads(path.read_text())):
                yield pytest.param(pair, id=f"{name}/{path.stem}-{number}")


@pytest.mark.parametrize("pair", list(pairs()))
def test_golden_pairs_are_as_mastodon_says(pair):
    asked, answer = pair["request"], pair["answer"]
    if asked["path"] not in ELSEWHERE:
        check_request(
            asked["method"], asked["path"], asked["query"], asked["headers"], asked["body"]
        )
        check_answer(asked["method"], asked["path"], answer["status"], filled(answer["body"]))


def filled(said: Any) -> Any:
    """The answer with an address again where one stood."""
    return json.loads(json.dumps(said).replace("{base}", "https://social.example"))


def test_what_we_offer_is_what_mastodon_takes():
    known = properties(bodies(described("POST", "/api/v1/statuses"))["application/json"])
    assert set(SAID_OF_EACH) <= set(known)
    values = whole()["components"]["schemas"]["StatusVisibilityEnum"]["enum"]
    assert set(VISIBILITIES) <= set(values)


def test_the_limits_we_read_are_those_that_mastodon_tells():
    schema = whole()["components"]["schemas"]["Instance"]["properties"]["configuration"]
    told = schema["properties"]
    polls = set(told["polls"]["properties"])
    assert set(fediverse.POLLS) <= polls
    named = {*told["statuses"]["properties"], *told["media_attachments"]["properties"]}
    ours = set(fediverse.POLLS.values())
    assert set(fediverse.DEFAULTS) - ours <= named


def test_the_scopes_we_ask_for_are_mastodon_s():
    known = whole()["components"]["schemas"]["OAuthScope"]["enum"]
    assert {scope.name for scope in MastodonLogin().scopes} <= set(known)
