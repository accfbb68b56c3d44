"""Takes each guard out, one at a time, and checks that a test notices: `make guardtest`.

With words, only the guards whose name contains them, as in `guardtest.py "a key"`. Works in a
temporary copy of the tree. Fails when a guard can go without any test failing, and when
the table in `guards.py` no longer fits the code.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.guards import GUARDS, Edit, Guard  # noqa: E402

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", ".env*", ".*_cache", ".hypothesis", "__pycache__", "data", "node_modules"
)
PYTEST = ("-m", "pytest", "-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider")
SECONDS = 900  # for one run of pytest, on however busy a machine
AT_ONCE = 2
FAILED = re.compile(r"^FAILED (\S+)", re.MULTILINE)
NONE_FAILED, SOME_FAILED = 0, 1


def main() -> None:
    began, words = time.monotonic(), " ".join(sys.argv[1:])
    guards = [guard for guard in GUARDS if words in guard.name]
    with tempfile.TemporaryDirectory(prefix="guardtest-") as folder:
        copies = [copied(Path(folder) / str(number)) for number in range(AT_ONCE)]
        verdicts = list(checked(copies, guards)) if all_well(copies[0], guards) else [False]
    caught = sum(verdicts)
    print(f"{caught} of {len(guards)} guards are watched, {time.monotonic() - began:.0f} s")
    sys.exit(0 if verdicts and all(verdicts) else 1)


def copied(copy: Path) -> Path:
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT, symlinks=True)
    return copy


def all_well(copy: Path, guards: list[Guard]) -> bool:
    """Whether the tests of the table pass while every guard is in place."""
    tests = sorted({test for guard in guards for test in guard.tests})
    code, said = run(copy, tests)
    if code != NONE_FAILED:
        print(f"With every guard in place these tests do not pass:\n{said}")
    return code == NONE_FAILED


def checked(copies: list[Path], guards: list[Guard]) -> Iterator[bool]:
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def check(guard: Guard) -> tuple[bool, str]:
        copy = free.get()
        try:
            return verdict(copy, guard)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for guard, (caught, words) in zip(guards, threads.map(check, guards), strict=True):
            print(f"{'caught' if caught else 'FAILED':<7} {guard.name}: {words}", flush=True)
            yield caught


def verdict(copy: Path, guard: Guard) -> tuple[bool, str]:
    """Whether a test notices that the guard is gone, and which, or what is wrong."""
    for edit in guard.edits:
        if (copy / edit.file).read_text().count(edit.old) != 1:
            return False, f"{edit.file} has changed; bring the guard's entry up to date"
    with without(copy, guard.edits):
        code, said = run(copy, guard.tests)
    failed = FAILED.search(said)
    if code == SOME_FAILED and failed:
        return True, failed[1].partition("::")[2]
    if code == NONE_FAILED:
        return False, "no test notices that it is gone"
    return False, f"its tests could not be run:\n{said}"


@contextmanager
def without(copy: Path, edits: tuple[Edit, ...]) -> Iterator[None]:
    before = {edit.file: (copy / edit.file).read_text() for edit in edits}
    try:
        for edit in edits:
            write(copy / edit.file, (copy / edit.file).read_text().replace(edit.old, edit.new))
        yield
    finally:
        for name, text in before.items():
            write(copy / name, text)


def write(path: Path, text: str) -> None:
    """Write so that Python takes no compiled file of another moment for this one's."""
    path.write_text(text)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def run(copy: Path, tests: tuple[str, ...] | list[str]) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    result = subprocess.run(
        [sys.executable, *PYTEST, *tests],
        cwd=copy,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return result.returncode, result.stdout


if __name__ == "__main__":
    main()
