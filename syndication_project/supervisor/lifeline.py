"""Runs a module that dies when its supervisor does: `lifeline.py DESCRIPTOR MODULE ARGUMENTS…`.

DESCRIPTOR is the reading end of a pipe whose only writing end the supervisor holds and never
writes to. However the supervisor ends, `kill -9` included, its system closes that end; the read
here returns, and this process ends at once with all it started. No system call of one platform.

Run by its path and free of other imports, so that a child costs no more than its own module.
"""

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    descriptor, module = int(sys.argv[1]), sys.argv[2]
    threading.Thread(target=_end_with, args=(descriptor,), name="lifeline", daemon=True).start()
    sys.argv = sys.argv[2:]
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as `python -m` does; pathlib is slow to load
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with(descriptor: int) -> None:
    os.read(descriptor, 1)
    # Each child leads a session of its own, so its group is itself and what it started.
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
