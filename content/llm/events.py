"""What an answer of the chat completions API says, whole or as server-sent events. Pure.

Sources: OpenAI's API reference (chat completions, streaming) and the HTML standard for
`text/event-stream`. What only some servers send, such as `reasoning_content`, is documented by
DeepSeek and vLLM.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

LINE_MAX = 256 * 1024  # bytes of one event
DONE = b"[DONE]"


class Unreadable(ValueError):
    """An event that is not what the API describes."""


@dataclass
class Heard:
    """What was said so far."""

    parts: list[str] = field(default_factory=list)
    finish: str = ""  # `stop`, `length`, `content_filter` …; empty while it goes on
    tokens_in: int | None = None
    tokens_out: int | None = None
    model: str = ""  # as the server calls it
    thought: int = 0  # characters of reasoning, which are not kept
    refusal: str = ""
    fault: str = ""  # an error that came as an event
    done: bool = False

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def began(self) -> bool:
        """Whether any sign of an answer has come."""
        return bool(self.parts or self.thought or self.finish or self.refusal)

    def take(self, event: Any) -> None:
        """Add one decoded event, or a whole answer. Raises Unreadable for anything else.

        Tool calls and everything else that is no text is left out: nothing here acts on it.
        """
        if not isinstance(event, dict):
            raise Unreadable("not an object")
        if event.get("error"):
            self.fault = _message(event["error"])
            return
        self.model = str(event.get("model") or self.model)[:120]
        self._count(event.get("usage"))
        choices = event.get("choices")
        if choices is None and "usage" not in event:
            raise Unreadable("no choices")
        for choice in choices or ():
            self._choose(choice)

    def _choose(self, choice: Any) -> None:
        if not isinstance(choice, dict):
            raise Unreadable("a choice that is none")
        said = choice.get("delta") or choice.get("message") or {}
        if not isinstance(said, dict):
            raise Unreadable("a choice that says nothing")
        if isinstance(content := said.get("content"), str) and content:
            self.parts.append(content)
        for name in ("reasoning_content", "reasoning"):
            if isinstance(thought := said.get(name), str):
                self.thought += len(thought)
        if isinstance(refusal := said.get("refusal"), str):
            self.refusal += refusal
        self.finish = str(choice.get("finish_reason") or self.finish)[:40]

    def _count(self, usage: Any) -> None:
        if isinstance(usage, dict):
            self.tokens_in = _count_of(usage.get("prompt_tokens"), self.tokens_in)
            self.tokens_out = _count_of(usage.get("completion_tokens"), self.tokens_out)


def events(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the data of each server-sent event. Raises Unreadable for one that never ends."""
    data: list[bytes] = []
    for line in _lines(chunks):
        if line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif not line and data:
            yield b"\n".join(data)
            data = []
        if sum(map(len, data)) > LINE_MAX:
            raise Unreadable("an event without an end")
    if data:
        yield b"\n".join(data)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.rstrip(b"\r") for line in whole)
        if len(rest) > LINE_MAX:
            raise Unreadable("a line without an end")
    if rest:
        yield rest.rstrip(b"\r")


def decoded(data: bytes) -> Any:
    """Return what the JSON holds. Raises Unreadable when it is cut off or none at all."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable("broken JSON") from error


def message_of(body: bytes) -> str:
    """Return what an error's body says, in the server's own words; empty when it says nothing."""
    try:
        value = decoded(body)
    except Unreadable:
        return ""
    return _message(value.get("error") or value) if isinstance(value, dict) else ""


def _message(error: Any) -> str:
    if isinstance(error, dict):
        error = error.get("message") or error.get("detail") or ""
    return " ".join(str(error).split())[:300] if isinstance(error, str) else ""


def _count_of(value: Any, before: int | None) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return value if is_count else before
