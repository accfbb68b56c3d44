"""How long does a table of ten thousand rows take, and how much memory?

`python -m benchmarks.imports --rows 10000` makes a database of its own (SQLite in a folder that is
removed afterwards; with `--postgres URL`, a database `syndication_imports` beside that one), writes
a table of pieces with labels, links and variants, and has it checked and imported by a process of
its own, whose highest resident memory is told. `--posts 500` does the same with rows that become
scheduled posts. It also times the transaction alone, during which nobody else writes on SQLite.
"""

import argparse
import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from benchmarks.running import renew_database

ROOT = Path(__file__).resolve().parent.parent
WORDS = "Harris Tweed smells of peat, since crottle, the lichen of Hebridean rocks, dyes it. "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--posts", type=int, default=0, help="of the rows, with a time")
    parser.add_argument("--postgres", default="", help="a URL; else SQLite")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(asked.measure)
        return
    folder = Path(tempfile.mkdtemp(prefix="syndication-imports-"))
    try:
        url = f"sqlite:///{folder}/imports.sqlite3"
        if asked.postgres:
            renew_database(asked.postgres, "syndication_imports")
            url = asked.postgres.rsplit("/", 1)[0] + "/syndication_imports"
        table = folder / "table.csv"
        write(table, asked.rows, asked.posts)
        environment = {
            **os.environ,
            "SECRET_KEY": "only-for-benchmarks-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
            "FERNET_KEYS": urlsafe_b64encode(b"only-for-benchmarks".ljust(32)).decode(),
            "DATA_DIR": str(folder), "STATE_DIR": str(folder / "state"), "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "syndication_project.settings",
        }  # fmt: skip
        for command in (("manage.py", "migrate", "--verbosity", "0"),
                        ("-m", "benchmarks.imports", "--measure", str(table))):  # fmt: skip
            subprocess.run((sys.executable, *command), env=environment, cwd=ROOT, check=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write(path: Path, rows: int, posts: int) -> None:
    """Write a table of texts that differ, about 400 characters each."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("title", "text", "link", "labels", "text: mastodon/status", "account",
                        "time"))  # fmt: skip
        for number in range(rows):
            wall = f"{time.gmtime().tm_year + 1}-{number // 1440 % 28 + 1:02}-01"
            at = f"{wall} {number // 60 % 24:02}:{number % 60:02}" if number < posts else ""
            table.writerow((
                f"Piece {number}", f"{number} {WORDS * 4}{uuid.uuid4()}",
                f"https://example.org/{number}", f"Label {number % 50}, Winter",
                f"{number} {WORDS}", "Glen & Loom" if at else "", at,
            ))  # fmt: skip


def measure(table: Path) -> None:
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from organisation.models import Brand, Membership, Role, User
    from platforms.models import Account, Platform
    from scheduling.importing import working
    from scheduling.importing.bringing import ask_to_save, bring, set_reading
    from scheduling.importing.judging import Reading

    brand = Brand.objects.create(name="Glen & Loom", slug="glen-and-loom")
    by = User.objects.create_user("mairi")
    Membership.objects.create(brand=brand, user=by, role=Role.PUBLISHER)
    Account.objects.create(brand=brand, platform=Platform.objects.get(slug="facebook"),
                           remote_id="1", name="Glen & Loom", timezone="Europe/London")  # fmt: skip
    spent = {}

    def timed(name, step):
        began = time.perf_counter()
        found = step()
        spent[name] = time.perf_counter() - began
        return found

    size = table.stat().st_size
    with table.open("rb") as file:
        now = timezone.now()
        imported = timed(
            "brought",
            lambda: bring(uuid.uuid4(), file, table.name, size, brand=brand, by=by, now=now),
        )
    set_reading(imported, Reading.of(imported.reading), version=1, now=timezone.now())
    timed("checked", lambda: working.work(imported.pk, timezone.now()))
    imported.refresh_from_db()
    ask_to_save(imported, digest=imported.digest, without_bad=True, by=by,
                version=imported.version, now=timezone.now())  # fmt: skip
    watch_transaction(spent)
    timed("imported", lambda: working.work(imported.pk, timezone.now()))
    imported.refresh_from_db()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items())
    print(
        f"{connection.vendor}: {imported.rows:,} rows, {size / 1024**2:.1f} MB, "
        f"{imported.pieces.count():,} pieces, {len(imported.made):,} posts, state "
        f"{imported.state}: {told}; peak {peak:.0f} MB"
    )


def watch_transaction(spent: dict[str, float]) -> None:
    """Note how long the outermost transaction of the import is open."""
    from django.db import connection, transaction

    class Watched(transaction.Atomic):
        def __enter__(self):
            self.began = time.perf_counter()
            super().__enter__()

        def __exit__(self, *raised):
            super().__exit__(*raised)
            if not connection.in_atomic_block:
                lasted = time.perf_counter() - self.began
                spent["longest transaction"] = max(spent.get("longest transaction", 0), lasted)

    def atomic(using=None, savepoint=True, durable=False):
        return Watched(using, savepoint, durable)

    transaction.atomic = atomic


if __name__ == "__main__":
    main()
