"""What `make test`, `lint`, `format`, `coverage`, `histories` and `golden` do.

Each step is one command. Steps before the tests print one line, and all they have to say only
when they fail. The tests come last and keep pytest's own words.
"""

import os
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
POSTGRES = os.environ.get(
    "TEST_POSTGRES_URL", "postgres://syndication:syndication@127.0.0.1:5432/syndication"
)
PARALLEL = ("-n", "auto", "--dist", "loadgroup")
DJADE = ("djade", "--target-version", "5.2")
IMPORT_CACHE = ROOT / ".import_linter_cache"


class Step(NamedTuple):
    """One check: the words shown for it and the command, whose exit code is the verdict."""

    words: str
    command: tuple[str, ...]
    settings: dict[str, str] | None = None


def main() -> None:
    os.chdir(ROOT)
    actions: dict[str, Callable[[], bool]] = {
        "all": lambda: lint() and test(),
        "lint": lint,
        "test": test,
        "coverage": coverage,
        "histories": histories,
        "golden": golden,
        "format": reformat,
    }
    sys.exit(0 if actions[sys.argv[1]]() else 1)


def lint() -> bool:
    """Run every check but the tests; all of them, so that one run tells everything."""
    with tempfile.TemporaryDirectory() as folder:
        verdicts = [passes(step, folder) for step in lint_steps()]
    return all(verdicts)


def lint_steps() -> list[Step]:
    manage = (sys.executable, "manage.py")
    steps = [
        Step("format", ("ruff", "format", "--check", "--quiet", ".")),
        Step("lint", ("ruff", "check", "--quiet", ".")),
        Step("packages", (sys.executable, "scripts/lock.py", "--check")),
        Step("imports", ("lint-imports", "--no-logo", "--cache-dir", str(IMPORT_CACHE))),
        Step("types", ("mypy", "--no-error-summary")),
        Step("migrations", (*manage, "makemigrations", "--check", "--dry-run")),
        Step("settings", (*manage, "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    ]
    if pages := templates():
        steps += [
            Step("templates", (*DJADE, "--check", *pages)),
            Step("indentation", ("djhtml", "--check", "--tabwidth", "2", *pages)),
        ]
    return steps


def templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))


def passes(step: Step, folder: str) -> bool:
    """Run the step and print its line."""
    began = time.monotonic()
    result = subprocess.run(
        in_this_environment(step.command),
        env=own_settings(folder) | (step.settings or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "ok" if result.returncode == 0 else "FAILED"
    print(f"{step.words:<12} {verdict:<6} {time.monotonic() - began:5.1f} s", flush=True)
    if result.returncode != 0:
        print(result.stdout.rstrip(), flush=True)
    return result.returncode == 0


def in_this_environment(command: tuple[str, ...]) -> list[str]:
    """Return the command with the virtual environment's own program, wherever PATH points."""
    program, *arguments = command
    return [program if "/" in program else str(BIN / program), *arguments]


def own_settings(folder: str) -> dict[str, str]:
    """Settings of nobody's installation, so that the checks neither need nor touch an .env."""
    return {
        **os.environ,
        "SECRET_KEY": "only-for-checks-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
        "FERNET_KEYS": urlsafe_b64encode(b"only-for-checks".ljust(32)).decode(),
        "DATA_DIR": folder,
        "DATABASE_URL": f"sqlite:///{folder}/checks.sqlite3",
    }


PRODUCTION = {
    "DEBUG": "no",
    "SITE_URL": "https://syndication.example.org",
    "ALLOWED_HOSTS": "syndication.example.org",
}


def test() -> bool:
    """Run the suite on SQLite, and before it what touches the database on PostgreSQL."""
    return on_postgres() and pytest(*PARALLEL)


def on_postgres() -> bool:
    reason = why_no_postgres()
    if reason is None:
        print("tests that touch the database, on PostgreSQL", flush=True)
        return pytest(*PARALLEL, DATABASE_URL=POSTGRES)
    print(f"PostgreSQL is not there ({reason}); `make services` gets it on Debian.", flush=True)
    return os.environ.get("CI", "").lower() != "true"


def why_no_postgres() -> str | None:
    """Return None when the tests' PostgreSQL answers, else the first line of why not."""
    import psycopg2

    try:
        psycopg2.connect(POSTGRES, connect_timeout=3).close()
    except psycopg2.OperationalError as error:
        return str(error).strip().splitlines()[0]
    return None


def pytest(*arguments: str, **settings: str) -> bool:
    # The last lines name what failed; what it was is told above them, at any length.
    command = [sys.executable, "-m", "pytest", "-q", "--force-short-summary", *arguments]
    return subprocess.call(command, env={**os.environ, **settings}) == 0


def coverage() -> bool:
    return pytest(*PARALLEL, "--cov", "--cov-report", "term")


def histories() -> bool:
    """Tell many histories that no run before this one has told."""
    chapters = os.environ.get("CHAPTERS", "50")
    first = str(int(time.time()))
    print(f"FIRST_CHAPTER={first} tells the same histories again", flush=True)
    told = {"CHAPTERS": chapters, "FIRST_CHAPTER": os.environ.get("FIRST_CHAPTER", first)}
    return pytest(*PARALLEL, "tests/engine/test_any_history.py", **told)


def golden() -> bool:
    """Let what adapters send today be what is expected of them."""
    return pytest(*PARALLEL, "-m", "golden", "tests/platforms", RECORD_GOLDEN="1")


def reformat() -> bool:
    commands: list[tuple[str, ...]] = [
        ("ruff", "check", "--quiet", "--fix", "."),
        ("ruff", "format", "--quiet", "."),
    ]
    if pages := templates():
        commands += [(*DJADE, *pages), ("djhtml", "--tabwidth", "2", *pages)]
    # djade and djhtml end with 1 when they changed a file, which is what they are here for.
    codes = [subprocess.call(in_this_environment(command)) for command in commands]
    return codes[1] == 0


if __name__ == "__main__":
    main()
