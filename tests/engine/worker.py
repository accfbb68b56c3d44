"""A real worker process for tests: the product's drain, reaper and reconciler in one loop.

`python -m tests.engine.worker SECONDS` runs so long, unless it is struck down before at one of the
failpoints that `tests.crash.armed` knows.
"""

import sys
import time

import django

from tests.crash import armed


def main() -> None:
    django.setup()
    armed.install()
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
