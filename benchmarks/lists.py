"""How long do the list pages take, with a thousand posts and with a million?

`python -m benchmarks.lists --posts 1000 1000000` seeds a database of its own (SQLite in a folder
that is removed afterwards; with `--postgres URL`, a database `syndication_lists` beside that one),
asks each page for its first, a middle and a narrowed page as a member of three brands would, and
prints the best and the median server time and the number of queries. Times include templates and
everything Django does, but no network. The ratio compares the best times, which a busy machine
disturbs least.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.running import renew_database

ROOT = Path(__file__).resolve().parent.parent
BRANDS, ACCOUNTS = 3, 4  # accounts of each brand
PER_PIECE = 4  # posts
ROUNDS = 15

# By the last three digits of a post's number: what it came to.
STATES = (
    ("published", 800), ("scheduled", 900), ("ready", 940), ("failed", 960),
    ("missed", 970), ("unconfirmed", 975), ("cancelled", 1000),
)  # fmt: skip
WORDS = (
    "tweed",
    "loom",
    "peat",
    "wool",
    "saltire",
    "stones",
    "castle",
    "skink",
    "island",
    "fiddle",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[1000, 1_000_000])
    parser.add_argument("--postgres", default="", help="a URL; else SQLite")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--plans", action="store_true", help="print the plan of each slow query")
    parser.add_argument("--only", nargs="*", default=[], help="pages whose names hold these words")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure, plans=asked.plans, only=asked.only)))
        return
    figures = {number: in_own_database(number, asked) for number in asked.posts}
    table(figures)
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")


def in_own_database(number: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Measure in a process of its own, whose settings name a fresh database."""
    folder = tempfile.mkdtemp(prefix="syndication-lists-")
    url = f"sqlite:///{folder}/lists.sqlite3"
    if asked.postgres:
        server, _, _ = asked.postgres.rpartition("/")
        url = f"{server}/syndication_lists"
        renew_database(asked.postgres, "syndication_lists")
    command = [sys.executable, "-m", "benchmarks.lists", "--measure", str(number)]
    try:
        done = subprocess.run(
            [*command, *["--plans"] * asked.plans, "--only", *asked.only],
            cwd=ROOT, env=os.environ | own_settings(folder, url), stdout=subprocess.PIPE,
            text=True, check=True,
        )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def own_settings(folder: str, url: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "syndication_project.settings",
        "SECRET_KEY": "only-for-figures-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
        "FERNET_KEYS": urlsafe_b64encode(b"only-for-figures".ljust(32)).decode(),
        "DATA_DIR": f"{folder}/data",
        "DATABASE_URL": url,
        "SITE_URL": "http://localhost:8000",
        "DEBUG": "no",
    }


def measure(number: int, *, plans: bool, only: list[str]) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    began = time.monotonic()
    person = seed(number)
    print(f"{number:,} posts in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return {
        name: timed(person, address, plans=plans)
        for name, address in pages().items()
        if not only or any(word in name for word in only)
    }


def pages() -> dict[str, str]:
    """The pages by name. The cursors and filters are those the pages themselves link to."""
    from django.utils import timezone

    from platforms.models import Account

    first = Account.objects.select_related("platform").order_by("id")[0]
    account, platform = first.pk, first.platform
    channel = f"{platform.slug}/{platform.adapter.channels[0].slug}"
    now = timezone.now()
    middle = f"{now:%Y%m%dT%H%M%S.000000}~{500}"
    later = f"{now + timedelta(days=100):%Y%m%dT%H%M%S.000000}~{500}"
    hub, going = "/syndication/posting", "/syndication/scheduling/queue"
    return {
        "home": "/syndication",
        "queue": hub,
        "queue, from the middle": f"{hub}?after={middle}",
        "queue, last changed first": f"{hub}?sort=-updated",
        "queue, one account": f"{hub}?account={account}",
        "queue, one platform, failed": f"{hub}?platform=mastodon&status=failed",
        "queue, a week": f"{hub}?from={now:%Y-%m-%d}&to={now:%Y-%m-%d}",
        "queue, a common word": f"{hub}?q=tweed",
        "queue, a rare word": f"{hub}?q=tweed77",
        "schedule queue": going,
        "schedule queue, from the middle": f"{going}?after={later}",
        "schedule queue, one account": f"{going}?account={account}",
        "late work": f"{hub}/late",
        "published": f"{hub}/published",
        "published, from the middle": f"{hub}/published?after={middle}",
        "published, one account": f"{hub}/published?account={account}",
        "needs attention": f"{hub}/attention",
        "dashboard": "/syndication/dashboard",
        "channel": f"{hub}/{channel}?account={account}",
        "ready pieces": f"{hub}/pieces",
        "ready pieces, a word": f"{hub}/pieces?q=loom",
    }


def timed(person: Any, address: str, *, plans: bool) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    queries = asked.captured_queries
    assert answer.status_code == 200, (address, answer.status_code)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - began) * 1000)
    if plans:
        show_slow(queries, address)
    return {
        "median_ms": round(statistics.median(times), 1),
        "best_ms": round(min(times), 1),
        "slowest_ms": round(max(times), 1),
        "queries": len(queries),
        "kilobytes": len(answer.content) // 1024,
    }


def show_slow(queries: list[dict[str, str]], address: str) -> None:
    from django.db import connection

    how = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS)"
    for query in queries:
        if float(query["time"]) < 0.02:  # seconds
            continue
        print(f"\n{address}: {query['time']} s\n{query['sql'][:1500]}", file=sys.stderr)
        with connection.cursor() as cursor:
            cursor.execute(f"{how} {query['sql']}" if connection.vendor != "sqlite" else "SELECT 1")
            for row in cursor.fetchall()[:40]:
                print("   ", *row, file=sys.stderr)


def seed(number: int) -> Any:
    """Fill the database by a few large statements; return the person who looks."""
    from django.db import connection, transaction

    from tests.factories import AccountFactory, BrandFactory, MembershipFactory, UserFactory

    person = UserFactory(username="mairi")
    accounts = []
    for _ in range(BRANDS):
        brand = BrandFactory()
        MembershipFactory(user=person, brand=brand)
        slugs = ("facebook", "mastodon", "facebook", "mastodon")
        accounts += [AccountFactory(brand=brand, platform=slug) for slug in slugs]
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements(number, accounts[0].pk, accounts[0].brand_id):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return person


def statements(number: int, account: int, brand: int) -> list[str]:
    """The SQL that makes the rows, in what the two databases have in common."""
    from django.db import connection

    lite = connection.vendor == "sqlite"

    def rows(how_many: int) -> str:
        if lite:
            return (f"(WITH RECURSIVE seq(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM seq "
                    f"WHERE n + 1 < {how_many}) SELECT n FROM seq) AS seq")  # fmt: skip
        return f"generate_series(0::bigint, {how_many - 1}) AS seq(n)"

    def at(seconds: str) -> str:
        if lite:
            return f"datetime('now', ({seconds}) || ' seconds')"
        return f"now() + make_interval(secs => {seconds})"

    pieces = max(number // PER_PIECE, 1)
    words = " || ' ' || ".join(
        f"CASE n % {len(WORDS)} " + " ".join(
            f"WHEN {i} THEN '{WORDS[(i + shift) % len(WORDS)]}'" for i in range(len(WORDS))
        ) + " END" for shift in (0, 3, 7)
    )  # fmt: skip
    title = f"{words} || ' tweed' || (n % 5000)"
    state = "CASE " + " ".join(f"WHEN n % 1000 < {top} THEN '{s}'" for s, top in STATES) + " END"
    spread = "((n * 7919) % 31000000)"  # seconds, most of a year
    due = (f"CASE WHEN n % 1000 < 800 THEN {at(f'-{spread}')} "
           f"WHEN n % 1000 < 900 THEN {at(spread)} WHEN n % 1000 < 940 THEN NULL "
           f"ELSE {at(f'-{spread}')} END")  # fmt: skip
    out = f"CASE WHEN n % 1000 < 800 THEN {at(f'-{spread}')} END"
    whole = f"n / {PER_PIECE}"
    yes, no = ("1", "0") if lite else ("true", "false")
    columns = (
        "id, brand_id, platform_id, channel_type_id, account_id, piece_id, piece_version_id, copy, "
        "status, wall_time, zone, fold, due_at, wake_at, priority, holds, attempts, "
        "unanswered_claims, looks, irrevocable, remote_id, remote_url, published_at, error_class, "
        "error_sentence, version, created_at, updated_at, lease_token, on_wire, snapshot"
    )
    search = (
        "INSERT INTO piece_search (rowid, brand, words) "
        "SELECT id, 'brand' || brand_id, title FROM content_piece"
        if lite
        else "INSERT INTO piece_search (piece_id, brand_id, words) "
        "SELECT id, brand_id, array_to_tsvector(string_to_array(title, ' ')) FROM content_piece"
    )
    return [
        ("INSERT INTO content_piece (id, brand_id, title, status, origin, edits, created_at, "
        f"updated_at) SELECT n + 1, {brand} + n % {BRANDS}, {title}, 'ready', 'written', 1, "
        f"{at(f'-{spread}')}, {at(f'-{spread}')} FROM {rows(pieces)}"),
        ("INSERT INTO content_pieceversion (id, piece_id, number, text, link, variants, "
        "created_at) "
        f"SELECT n + 1, n + 1, 1, {title}, '', '{{}}', {at('0')} FROM {rows(pieces)}"),
        "UPDATE content_piece SET current_id = id",
        f"INSERT INTO scheduled_posts ({columns}) SELECT n + 1, a.brand_id, a.platform_id, "
        "(SELECT min(c.id) FROM channel_types c WHERE c.platform_id = a.platform_id), a.id, "
        f"{whole} + 1, {whole} + 1, 1, {state}, '', 'UTC', 0, {due}, {due}, 0, 0, 0, 0, 0, "
        f"CASE WHEN n % 1000 < 800 THEN {yes} ELSE {no} END, "
        f"CASE WHEN n % 1000 < 800 THEN 'r' || n ELSE '' END, '', {out}, '', "
        "CASE WHEN n % 1000 >= 940 THEN 'Facebook refused the text. The post is not out.' "
        f"ELSE '' END, 1, {at(f'-{spread}')}, {at(f'-{spread}')}, 0, '', "
        "CASE WHEN n % 1000 < 800 THEN '{}' END" + ("" if lite else "::jsonb")
        + f" FROM {rows(number)} JOIN platforms_account a ON a.id = {account} + "
        f"(({whole}) % {BRANDS}) * {ACCOUNTS} + n % {ACCOUNTS}",
        search,
    ]  # fmt: skip


def table(figures: dict[int, dict[str, Any]]) -> None:
    numbers = list(figures)
    print(f"{'':32}" + "".join(f"{f'{n:,} posts':>28}" for n in numbers) + f"{'ratio':>8}")
    for name in figures[numbers[0]]:
        cells = [figures[n][name] for n in numbers]
        told = "".join(
            f"{c['best_ms']:>6.0f} best {c['median_ms']:>6.0f} ms {c['queries']:>3} q"
            for c in cells
        )
        ratio = cells[-1]["best_ms"] / cells[0]["best_ms"]
        print(f"{name:32}{told}{ratio:>8.2f}")


if __name__ == "__main__":
    main()
