"""A journal in memory that keeps the promises of `platforms.contract.Journal`.

`reborn()` is what the next worker finds after this one died.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from platforms.errors import NotSent, OutcomeUnknown, PlatformError, Unclear
from platforms.values import Json, StepRecord


@dataclass
class Step:
    kind: str
    request: Json
    state: str = "started"
    key: str = ""
    result: Json = field(default_factory=dict)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class MemoryJournal:
    def __init__(self, steps: dict[str, Step] | None = None) -> None:
        self.steps = steps if steps is not None else {}

    def reborn(self, keep: int | None = None) -> "MemoryJournal":
        """The journal as the next worker finds it, with only the first `keep` steps."""
        return MemoryJournal(dict(list(self.steps.items())[:keep]))

    def once(self, step: str, send: Callable[[], Json], request: Json) -> Json:
        known = self.steps.get(step)
        if known is None:
            self.steps[step] = Step("once", request)
            return self._send(step, send)
        if known.state == "done":
            return known.result
        raise OutcomeUnknown("An earlier try was sent and its answer is not known.")

    def keyed(
        self, step: str, send: Callable[[str], Json], request: Json, window: timedelta
    ) -> Json:
        known = self.steps.setdefault(step, Step("keyed", request, key=token_hex(8)))
        if known.state == "done":
            return known.result
        if known.request != request or datetime.now(UTC) > known.started_at + window:
            raise OutcomeUnknown("The key is no longer good.")
        return self._send(step, lambda: send(known.key))

    def repeatable(
        self,
        step: str,
        do: Callable[[], Json],
        valid_for: timedelta = timedelta(hours=1),
        request: Json | None = None,
    ) -> Json:
        known = self.steps.get(step)
        same = known is not None and request in (None, known.request)
        if known is not None and same and datetime.now(UTC) < known.started_at + valid_for:
            return known.result
        try:
            result = do()
        except Unclear as error:
            raise NotSent(error.sentence) from error
        self.steps[step] = Step("repeatable", request or {}, "done", result=result)
        return result

    def forget(self, step: str) -> None:
        self.steps.pop(step, None)

    def _send(self, step: str, send: Callable[[], Json]) -> Json:
        try:
            result = send()
        except Unclear as error:
            raise OutcomeUnknown(error.sentence) from error
        except PlatformError:
            del self.steps[step]  # it is proven that nothing was accepted
            raise
        self.steps[step].state, self.steps[step].result = "done", result
        return result

    def records(self) -> list[StepRecord]:
        return [
            StepRecord(name, step.kind, step.state, step.started_at, step.key, step.result)
            for name, step in self.steps.items()
        ]
