"""A real worker process for tests: the product's drain, reaper and reconciler in one loop.

`python -m tests.engine.worker SECONDS` runs so long. With KILL_AT in the environment it kills
itself, as `kill -9` does, the first time it comes to that point.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import django


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def install(point: str) -> None:
    """Put the death where it is asked for. The product itself has no hooks for this."""
    from platforms import wire
    from posting import publishing
    from posting.journal import Journal

    if point == "before started":
        Journal._start = die  # type: ignore[method-assign, assignment]
    elif point == "inside the started transaction":
        Journal._start = _dying_after_write(Journal._start)  # type: ignore[method-assign]
    elif point == "before the first byte":
        wire._Watched.send = die  # type: ignore[method-assign]
    elif point == "after the answer":
        publishing.settle_published = die  # type: ignore[assignment]
    elif point == "inside the last transaction":
        from posting import settling

        settling.write_attempt = die
    elif point:
        raise SystemExit(f"no such point: {point}")


def _dying_after_write(start: Callable[..., bool]) -> Callable[..., bool]:
    """Die with the `started` row written and its transaction still open."""
    from posting.models import PublishStep

    save = PublishStep.save

    @wraps(start)
    def dying(*args: Any, **kwargs: Any) -> bool:
        def save_and_die(self: Any, *a: Any, **k: Any) -> None:
            save(self, *a, **k)
            die()

        PublishStep.save = save_and_die  # type: ignore[method-assign]
        return start(*args, **kwargs)

    return dying


def main() -> None:
    django.setup()
    install(os.environ.get("KILL_AT", ""))
    from organisation.clock import database_now
    from posting import reaping, reconciling
    from posting.tasks import drain

    end = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        reaping.reap(database_now())
        reconciling.reconcile(database_now())
        drain()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
