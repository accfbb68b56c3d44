"""What adapters sent and were answered, kept as files and compared on each run.

A file under `golden/` is a list of pairs, in the order in which they were exchanged. `make golden`
records them anew: look at the difference before you commit it, for that is what platforms will
see. A file whose pairs differ in nothing but ids and times is left as it is.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.platforms.replies import Received, Reply, ReplyServer

FOLDER = Path(__file__).parent / "golden"
RECORDING = "RECORD_GOLDEN"  # the variable with which what is sent becomes what is expected
PATIENCE = 10  # seconds
Pair = dict[str, Any]
# Of every request alike, or of this machine.
UNTOLD = {"host", "user-agent", "accept", "accept-encoding", "connection", "content-length"}
TOLD = ("Content-Type", "Link")  # headers of answers that adapters read
# New each time: keys, and the moments a question is about.
KEYS = {"idempotency-key": "{key}"}
MOMENTS = dict.fromkeys(("since", "until", "start_time"), "{moment}")
IN_BODIES = {"rkey": "{key}", "createdAt": "{moment}"}


@contextmanager
def recorded(name: str, upstream: str, secrets: Mapping[str, str]) -> Iterator[str]:
    """Yield an address where the platform answers as recorded under `name`.

    `upstream`: where it is asked when the record is made. `secrets`: by the name that stands for
    each in the file. Raises AssertionError when something else is sent than was recorded.
    """
    path = FOLDER / f"{name}.json"
    if os.environ.get(RECORDING):
        with _Recording(upstream, secrets).running() as server:
            yield server.url
        write(path, server.pairs)
        return
    assert path.exists(), f"Nothing is recorded for {name}. `make golden` records it."
    pairs = json.loads(path.read_text())
    with _Replaying(pairs, secrets).running() as server:
        yield server.url
    sent, known = [pair["request"] for pair in server.pairs], [pair["request"] for pair in pairs]
    assert sent == known, f"Other requests than in {path}. If they are meant: `make golden`."


class _Golden(ReplyServer):
    """A platform's address that keeps the pairs of what it is asked and answers."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        super().__init__()
        self.pairs: list[Pair] = []
        self._names = {value: f"{{{name}}}" for name, value in secrets.items()}

    def told(self, request: Received) -> Pair:
        headers = {k: v for k, v in request.headers.items() if k not in UNTOLD} | {
            name: word for name, word in KEYS.items() if name in request.headers
        }
        if "content-type" in headers:
            headers["content-type"] = headers["content-type"].partition(";")[0]
        query = {name: MOMENTS.get(name, value) for name, value in request.query.items()}
        said = {"method": request.method, "path": request.path, "query": query}
        return self.masked(
            {**said, "headers": dict(sorted(headers.items())), "body": _unchanging(_body(request))}
        )

    def masked(self, pair: Pair, **more: str) -> Pair:
        text = json.dumps(pair)
        for value, name in {**self._names, **more, self.url: "{base}"}.items():
            text = text.replace(value, name)
        return dict(json.loads(text))


class _Replaying(_Golden):
    def __init__(self, pairs: list[Pair], secrets: Mapping[str, str]) -> None:
        super().__init__(secrets)
        self._left = list(pairs)

    def reply_to(self, request: Received) -> Reply:
        self.pairs.append({"request": self.told(request)})
        if not self._left:
            return Reply(501, "no more was recorded")
        answer = self._left.pop(0)["answer"]
        body = answer["body"] if isinstance(answer["body"], str) else json.dumps(answer["body"])
        return Reply(answer["status"], body.replace("{base}", self.url), answer["headers"])


class _Recording(_Golden):
    """Passes everything on to the platform, or to what stands in for it."""

    def __init__(self, upstream: str, secrets: Mapping[str, str]) -> None:
        super().__init__(secrets)
        self._upstream = upstream
        self._names[upstream] = "{base}"

    def reply_to(self, request: Received) -> Reply:
        answer = requests.request(
            request.method,
            self._upstream + request.path,
            params=request.query,
            headers={k: v for k, v in request.headers.items() if k != "host"},
            data=request.body,
            timeout=PATIENCE,
            allow_redirects=False,
        )
        headers = {name: answer.headers[name] for name in TOLD if name in answer.headers}
        kept = {"status": answer.status_code, "headers": headers, "body": _words(answer)}
        self.pairs.append({"request": self.told(request), "answer": self.masked(kept)})
        body = answer.text.replace(self._upstream, self.url)
        return Reply(answer.status_code, body, headers)


def _body(request: Received) -> Any:
    """A form by its fields, and of each file how many bytes it has and what their hash is."""
    kind = request.headers.get("content-type", "")
    if not request.body:
        return None
    if not re.match(r"application/(json|x-www-form-urlencoded)|multipart/form-data", kind):
        return _digest(request.body)
    return {
        name: _digest(value) if isinstance(value, bytes) else value
        for name, value in request.form.items()
    }


def _unchanging(body: Any) -> Any:
    """The body with words in the place of what is new each time, however deep it stands."""
    if isinstance(body, dict):
        return {name: IN_BODIES.get(name) or _unchanging(value) for name, value in body.items()}
    return [_unchanging(item) for item in body] if isinstance(body, list) else body


def _digest(data: bytes) -> dict[str, Any]:
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _words(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text


def write(path: Path, pairs: list[Pair]) -> None:
    """Keep the pairs, unless what is kept differs in nothing but what is new each time."""
    if path.exists() and _shape(json.loads(path.read_text())) == _shape(pairs):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(pairs, indent=2, ensure_ascii=False) + "\n")


def _shape(pairs: list[Pair]) -> tuple[str, str]:
    """The pairs without what is new each time: ids, times, and Graph's names of its own traces.

    Of a request only long numbers are ids; a short one, such as how many are asked for, is meant.
    """
    asked = json.dumps([pair["request"] for pair in pairs])
    told = json.dumps([pair["answer"] for pair in pairs])
    return re.sub(r"\d{6,}", "0", asked), re.sub(r'"fbtrace_id": "[^"]*"|\d+', "0", told)
