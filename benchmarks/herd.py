"""How late are posts that are all due at one instant, and how near is that to the machine's best?

`python -m benchmarks.herd --way server --posts 500 --accounts 50` starts the whole product, makes
the posts due at one second, and reads from the sandbox's ledger when each was live. Lateness is the
ledger's time minus the due time, so it includes looking, waking, claiming, journalling and the
request. `--answer` lets the platforms take so many seconds; `--backlog` adds posts for later.
"""

import argparse
import os
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.running import Measurement, run

OUT_LIMIT = 600  # seconds
SEARCHES = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--accounts", type=int, default=10)
    parser.add_argument("--answer", type=float, default=0, help="seconds a platform takes")
    parser.add_argument("--backlog", type=int, default=0, help="posts scheduled for later")
    run(parser, Herd)


class Herd(Measurement):
    """Many posts that are due at one second."""

    def prepare(self) -> list[Any]:
        """Make the accounts, which it returns, and what is scheduled for later."""
        from benchmarks import load

        asked, sandbox = self.asked, self.running.sandbox
        accounts = load.make_accounts(asked.accounts, sandbox, in_flight=asked.slots)
        if asked.backlog:
            _fill(accounts, asked.backlog)
        load.answer_after(sandbox, asked.answer)
        return accounts

    def measure(self, shared: list[Any], number: int) -> dict[str, Any]:
        """Schedule, wait, and return the figures and their floors, all from this one round."""
        from django.conf import settings

        from benchmarks import floors, load

        asked, sandbox = self.asked, self.running.sandbox
        count = min(asked.posts, 500)
        posts = floors.posts_per_second(asked.accounts, sandbox, count, asked.slots)
        commits = floors.commits_per_second(1000, settings.DB_CONNECTIONS)
        lead = timedelta(seconds=4 + asked.posts // 100)
        due = datetime.now(UTC).replace(microsecond=0) + lead
        texts = load.make_posts(f"herd {number}", shared, [due] * asked.posts)
        if datetime.now(UTC) > due - timedelta(seconds=1):
            raise SystemExit("Making the posts took longer than their lead.")
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds() - 0.5))
        before, memory = self.running.cpu(), self.running.memory()
        late = sorted(lateness(texts, sandbox))
        used = {part: seconds - before[part] for part, seconds in self.running.cpu().items()}
        best = min(posts, commits / 3)
        return {
            "accounts": asked.accounts,
            "platform answers after s": asked.answer,
            "slots": asked.slots,
            "backlog": asked.backlog,
            **figures_of(late, asked.posts, used),
            "bare POSTs per second": round(posts, 1),
            "bare commits per second": round(commits, 1),
            "share of min(POST, commit / 3)": round(asked.posts / late[-1] / best, 2),
            "memory MB, proportional": round(memory),
            **(of_many_rows() if asked.backlog else {}),
        }


def figures_of(late: list[float], posts: int, used: dict[str, float]) -> dict[str, Any]:
    """Return what a herd came to: its lateness, ordered, and the processor seconds by part."""
    return {
        "posts": posts,
        "lateness p50 s": round(statistics.median(late), 2),
        "lateness p99 s": round(late[int(len(late) * 0.99) - 1], 2),
        "lateness max s": round(late[-1], 2),
        "posts per second": round(posts / late[-1], 1),
        "copies beyond one": len(late) - posts,
        **{f"CPU ms per post, {part}": round(s * 1000 / posts, 1) for part, s in used.items()},
        "load average": round(os.getloadavg()[0], 1),
    }


def lateness(texts: dict[str, datetime], sandbox: str) -> list[float]:
    """Wait until every text is live and return how many seconds after its time each was."""
    from benchmarks.load import live

    end = time.monotonic() + OUT_LIMIT
    while time.monotonic() < end:
        there = [post for post in live(sandbox) if post["text"] in texts]
        if len({post["text"] for post in there}) == len(texts):
            return [
                (datetime.fromisoformat(post["created_at"]) - texts[post["text"]]).total_seconds()
                for post in there
            ]
        time.sleep(1)  # reading the ledger is work for the sandbox
    raise SystemExit("Not all posts were live in time.")


def of_many_rows() -> dict[str, Any]:
    """Return what a claim's two searches take among all these rows, and what a row takes."""
    from django.db import connection

    from organisation.clock import database_now
    from platforms.models import Account
    from posting.claiming import in_line
    from posting.eligibility import accounts_with_work
    from posting.models import Post

    accounts, times = list(Account.objects.select_related("platform")), []
    for number in range(SEARCHES):
        began = time.perf_counter()
        list(accounts_with_work(database_now()))
        in_line(accounts[number % len(accounts)], database_now()).first()
        times.append((time.perf_counter() - began) * 1000)
    size = (
        "SELECT pg_total_relation_size('scheduled_posts')"
        if connection.vendor == "postgresql"
        else "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%post%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(size)
        (taken,) = cursor.fetchone()
    return {
        "claim's searches p99 ms": round(sorted(times)[int(SEARCHES * 0.99) - 1], 1),
        "bytes per post with its indexes": round(taken / Post.objects.count()),
    }


def _fill(accounts: list[Any], backlog: int) -> None:
    """Schedule posts for the coming year, all of one piece, so that only their number counts."""
    from django.db import connection

    from benchmarks.load import make_posts
    from posting.models import Post

    later = datetime.now(UTC) + timedelta(days=2)
    make_posts("the backlog", accounts, [later] * len(accounts))
    with connection.cursor() as cursor:
        template = Post.objects.filter(due_at=later).order_by("pk")
        first, step = template.first(), backlog // len(accounts)
        assert first is not None
        fields = Post._meta.concrete_fields
        columns = [str(f.column) for f in fields if f.column not in ("id", "copy")]
        names = ", ".join(columns)
        numbers = (
            f"generate_series(2, {step}) AS seq(n)"
            if connection.vendor == "postgresql"
            else f"(WITH RECURSIVE s(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM s "
            f"WHERE n < {step}) SELECT n FROM s) AS seq"
        )
        cursor.execute(
            f"INSERT INTO scheduled_posts ({names}, copy) "
            f"SELECT {names}, n FROM scheduled_posts, {numbers} WHERE due_at = %s",
            [later],
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


if __name__ == "__main__":
    main()
