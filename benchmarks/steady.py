"""How late are posts that come one by one, and does a sick platform make the healthy ones late?

`python -m benchmarks.steady --way server --rate 20 --seconds 60` schedules posts at random instants
and reads from the sandbox's ledger when each was live. The floor beside it sleeps until each moment
and POSTs. With `--sick` Facebook hangs and one Mastodon account gets nothing but 429; then only the
lateness of the healthy accounts counts.
"""

import argparse
import os
import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.bare import identity, post
from benchmarks.running import Product, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20, help="posts a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--accounts", type=int, default=20)
    parser.add_argument("--sick", action="store_true")
    run(parser, measure)


def measure(running: Product, asked: argparse.Namespace) -> dict[str, Any]:
    from benchmarks import load
    from benchmarks.herd import lateness

    accounts = load.make_accounts(asked.accounts, running.sandbox)
    random.seed(20)
    count = int(asked.rate * asked.seconds)
    offsets = [random.uniform(0, 10) for _ in range(int(asked.rate * 10))]
    bare = bare_lateness(running.sandbox, asked.accounts, offsets)
    healthy = accounts
    if asked.sick:
        load.order(running.sandbox, "facebook", "hang")
        limited = next(a for a in accounts if a.platform.slug == "mastodon")
        load.order(running.sandbox, "mastodon", "rate_limit", account=limited.remote_id)
        healthy = [a for a in accounts if a.platform.slug == "mastodon" and a != limited]
    start = datetime.now(UTC) + timedelta(seconds=10 + count // 200)
    moments = [start + timedelta(seconds=random.uniform(0, asked.seconds)) for _ in range(count)]
    ill = [a for a in accounts if a not in healthy]
    share = len(healthy) * count // len(accounts)
    texts = load.make_posts("the healthy", healthy, moments[:share])
    if ill:
        load.make_posts("the ill", ill, moments[share:])
    time.sleep(max(0.0, (start - datetime.now(UTC)).total_seconds()))
    before = running.cpu()
    time.sleep(asked.seconds)  # reading the ledger meanwhile would disturb
    late = sorted(lateness(texts, running.sandbox))
    used = {part: seconds - before[part] for part, seconds in running.cpu().items()}
    return {
        "way": asked.way,
        "sick": asked.sick,
        "posts a second": asked.rate,
        "posts counted": len(late),
        "lateness p50 s": round(statistics.median(late), 3),
        "lateness p99 s": round(percentile(late, 0.99), 3),
        "lateness max s": round(late[-1], 3),
        "bare p50 s": round(statistics.median(bare), 3),
        "bare p99 s": round(percentile(bare, 0.99), 3),
        **{f"CPU ms per post, {part}": round(s * 1000 / count, 1) for part, s in used.items()},
        "load average": round(os.getloadavg()[0], 1),
    }


def percentile(ordered: list[float], share: float) -> float:
    return ordered[max(int(len(ordered) * share) - 1, 0)]


def bare_lateness(sandbox: str, accounts: int, offsets: list[float]) -> list[float]:
    """Sleep until each moment, POST, and return how late the answer was."""
    start = time.monotonic() + 1

    def one(pair: tuple[int, float]) -> float:
        number, offset = pair
        time.sleep(max(0.0, start + offset - time.monotonic()))
        post(identity(number % accounts), f"Bare {number}", sandbox)
        return time.monotonic() - start - offset

    with ThreadPoolExecutor(len(offsets)) as pool:
        return sorted(pool.map(one, enumerate(offsets)))


if __name__ == "__main__":
    main()
