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
from benchmarks.running import Measurement, run

BARE = 10  # seconds for which a bare client sends


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20, help="posts a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--accounts", type=int, default=20)
    parser.add_argument("--sick", action="store_true")
    run(parser, Steady)


class Steady(Measurement):
    """Posts one by one, at random instants."""

    def prepare(self) -> list[Any]:
        """Make the accounts, and return them."""
        from benchmarks import load

        random.seed(20)
        return load.make_accounts(self.asked.accounts, self.running.sandbox)

    def measure(self, shared: list[Any], number: int) -> dict[str, Any]:
        """Return how late the posts of the healthy accounts were, and a bare client's."""
        from benchmarks import load
        from benchmarks.herd import lateness

        asked, sandbox = self.asked, self.running.sandbox
        offsets = [random.uniform(0, BARE) for _ in range(int(asked.rate * BARE))]
        bare = bare_lateness(sandbox, asked.accounts, offsets)
        healthy = fall_ill(shared, sandbox) if asked.sick else shared
        count = int(asked.rate * asked.seconds)
        start = datetime.now(UTC) + timedelta(seconds=4 + count // 200)
        moments = [
            start + timedelta(seconds=random.uniform(0, asked.seconds)) for _ in range(count)
        ]
        share = len(healthy) * count // len(shared)
        texts = load.make_posts(f"the healthy {number}", healthy, moments[:share])
        ill = [account for account in shared if account not in healthy]
        if ill:
            load.make_posts(f"the ill {number}", ill, moments[share:])
        time.sleep(max(0.0, (start - datetime.now(UTC)).total_seconds()))
        before = self.running.cpu()
        time.sleep(asked.seconds)  # reading the ledger meanwhile would disturb
        late = sorted(lateness(texts, sandbox))
        used = {part: seconds - before[part] for part, seconds in self.running.cpu().items()}
        if ill:
            get_well(ill, sandbox)
        return {
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


def fall_ill(accounts: list[Any], sandbox: str) -> list[Any]:
    """Let Facebook hang and one Mastodon account be told to wait; return the healthy ones."""
    from benchmarks import load

    load.order(sandbox, "facebook", "hang")
    limited = next(a for a in accounts if a.platform.slug == "mastodon")
    load.order(sandbox, "mastodon", "rate_limit", account=limited.remote_id)
    return [a for a in accounts if a.platform.slug == "mastodon" and a != limited]


def get_well(ill: list[Any], sandbox: str) -> None:
    """End the faults, and take what the ill ones still have to send out of the next round."""
    from django.conf import settings

    from benchmarks import load
    from posting.models import Post
    from posting.states import Status

    load.no_more_faults(sandbox)
    ends = time.monotonic() + 2 * settings.READ_TIMEOUT
    theirs = Post.objects.filter(account__in=ill)
    while time.monotonic() < ends and theirs.publishing().exists():
        theirs.filter(status=Status.SCHEDULED).update(status=Status.CANCELLED)
        time.sleep(0.5)
    theirs.filter(status=Status.SCHEDULED).update(status=Status.CANCELLED)


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
