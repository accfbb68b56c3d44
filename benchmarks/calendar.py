"""How long do a month of the calendar and a move take, in a small database and in a large one?

`python -m benchmarks.calendar --posts 20000 1000000` seeds a database of its own as
`benchmarks.lists` does (`--postgres URL`: a database `syndication_calendar` beside that one), puts
2,000 of its posts into one month, asks for that month as a member of three brands, moves one of
the posts to and fro, and prints the best and the median server time and the number of queries.
The aims: a month in 200 ms and 10 queries, a move in 150 ms, and in the large database at most
1.2 times what the small one takes.
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
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.lists import ROOT, own_settings, seed, show_slow
from benchmarks.running import renew_database

IN_MONTH = 2000  # posts
AHEAD = timedelta(days=430)  # of what the seed spreads over a year
ROUNDS = 25
ZONE = "Europe/London"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[20_000, 1_000_000])
    parser.add_argument("--postgres", default="", help="a URL; else SQLite")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--plans", action="store_true", help="print the plan of each slow query")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure, plans=asked.plans)))
        return
    figures = {number: in_own_database(number, asked) for number in asked.posts}
    table(figures)
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")


def in_own_database(number: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Measure in a process of its own, whose settings name a fresh database."""
    folder = tempfile.mkdtemp(prefix="syndication-calendar-")
    url = f"sqlite:///{folder}/calendar.sqlite3"
    if asked.postgres:
        url = f"{asked.postgres.rpartition('/')[0]}/syndication_calendar"
        renew_database(asked.postgres, "syndication_calendar")
    command = [sys.executable, "-m", "benchmarks.calendar", "--measure", str(number)]
    try:
        done = subprocess.run(
            [*command, *["--plans"] * asked.plans],
            cwd=ROOT, env=os.environ | own_settings(folder, url), stdout=subprocess.PIPE,
            text=True, check=True,
        )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def measure(number: int, *, plans: bool) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    person = seed(number)
    first = (datetime.now(UTC) + AHEAD).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    fill(first)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    last = (first + timedelta(days=32)).replace(day=1)
    address = f"/syndication/scheduling/events?first={first:%Y-%m-%d}&last={last:%Y-%m-%d}"
    posts = client.get(address).json()["posts"]
    assert len(posts) == IN_MONTH, len(posts)
    return {
        "a month of 2,000 posts": timed(lambda: client.get(address), plans=plans),
        "the page": timed(lambda: client.get("/syndication/scheduling"), plans=plans),
        "a move": timed(mover(client, posts[0], first), plans=plans),
    }


def fill(first: datetime) -> None:
    """Spread some of the scheduled posts, from all over the table, over the month."""
    from django.db import connection, transaction

    from posting.models import Post

    ids = list(Post.objects.scheduled().order_by("pk").values_list("pk", flat=True))
    chosen = ids[:: len(ids) // IN_MONTH][:IN_MONTH]
    apart = timedelta(days=28) / IN_MONTH
    with transaction.atomic():
        for place, pk in enumerate(chosen):
            due = first + place * apart
            Post.objects.filter(pk=pk).update(due_at=due, wake_at=due)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def mover(client: Any, post: dict[str, Any], first: datetime) -> Callable[[], Any]:
    """Return a function that moves the post, each time to another day of the month."""
    seen = {"version": post["v"], "day": 0}

    def move() -> Any:
        seen["day"] = seen["day"] % 28 + 1
        wall = f"{first.replace(day=seen['day']):%Y-%m-%d}T09:30"
        address = f"/syndication/scheduling/posts/{post['id']}/move"
        asked = {"wall": wall, "zone": ZONE, "version": seen["version"]}
        answer = client.post(address, asked)
        seen["version"] = answer.json()["undo"]["version"]
        return answer

    return move


def timed(ask: Callable[[], Any], *, plans: bool) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as asked:
        answer = ask()
    queries = asked.captured_queries
    assert answer.status_code == 200, (answer.status_code, answer.content[:300])
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    if plans:
        show_slow(queries, "calendar")
    return {
        "median_ms": round(statistics.median(times), 1),
        "best_ms": round(min(times), 1),
        "slowest_ms": round(max(times), 1),
        "queries": len(queries),
        "kilobytes": len(answer.content) // 1024,
    }


def table(figures: dict[int, dict[str, Any]]) -> None:
    numbers = list(figures)
    print(f"{'':26}" + "".join(f"{f'{n:,} posts':>30}" for n in numbers) + f"{'ratio':>8}")
    for name in figures[numbers[0]]:
        cells = [figures[n][name] for n in numbers]
        told = "".join(
            f"{c['best_ms']:>8.0f} best {c['median_ms']:>6.0f} ms {c['queries']:>3} q"
            for c in cells
        )
        print(f"{name:26}{told}{cells[-1]['best_ms'] / cells[0]['best_ms']:>8.2f}")


if __name__ == "__main__":
    main()
