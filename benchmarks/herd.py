"""How late are posts that are all due at one instant?

`python -m benchmarks.herd --posts 200 --accounts 10` starts the whole product as `make run` does,
in a folder of its own, schedules the posts for one second through the verbs pages use, and reads
from the sandbox's ledger when each was live. Lateness is the ledger's time minus the due time, so
it includes looking, waking, claiming, journalling and the request.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 120  # seconds
OUT_LIMIT = 300  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--accounts", type=int, default=10)
    parser.add_argument("--lead", type=int, default=0, help="seconds until due; 0 = as needed")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="syndication-herd-"))
    try:
        with product(folder) as (sandbox, process):
            figures = measure(asked.posts, asked.accounts, asked.lead, sandbox, process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, value in figures.items():
        print(f"{name:24} {value}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")


@contextmanager
def product(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The supervisor and all its children on free ports; yields the sandbox's address too."""
    os.environ.update(DATA_DIR=str(folder / "data"), PORT="8200", SANDBOX_PORT="8950")
    command = [sys.executable, "-m", "syndication_project.supervisor"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield _address(process), process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    address, end = "", time.monotonic() + START_LIMIT
    for line in process.stdout:
        if line.startswith("Sandbox: "):
            address = line.split()[1].rstrip("/")
        if line.startswith("Sign in: ") or time.monotonic() > end:
            return address
    raise SystemExit("The product did not start.")


def measure(
    posts: int, accounts: int, lead: int, sandbox: str, process: subprocess.Popen[str]
) -> dict[str, Any]:
    """Schedule, wait, and return the figures."""
    os.environ.update(SANDBOX_URL=sandbox, DJANGO_SETTINGS_MODULE="syndication_project.settings")
    import django

    django.setup()
    time.sleep(5)  # so that the demo's own start is over
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=lead or 10 + posts // 20)
    texts = schedule_all(posts, accounts, due, sandbox)
    if datetime.now(UTC) > due - timedelta(seconds=1):
        raise SystemExit("Scheduling took longer than the lead; give a larger --lead.")
    memory = memory_of(process.pid)
    late = sorted(lateness(texts, due, sandbox))
    return {
        "posts": posts,
        "accounts": accounts,
        "lateness p50 s": round(statistics.median(late), 2),
        "lateness p99 s": round(late[int(len(late) * 0.99) - 1], 2),
        "lateness max s": round(late[-1], 2),
        "posts per second": round(posts / late[-1], 1),
        "copies beyond one": len(late) - posts,
        "memory MB, proportional": round(memory),
        "load average": os.getloadavg()[0],
    }


def schedule_all(posts: int, accounts: int, due: datetime, sandbox: str) -> set[str]:
    """Make the accounts and posts with the verbs that people's pages use."""
    from content.writing import write_piece
    from organisation.models import Brand, User
    from posting.queueing import queue_post
    from scheduling.timing import schedule

    by, brand = User.objects.get(username="demo"), Brand.objects.first()
    assert brand is not None
    targets = [_account(brand, number, sandbox) for number in range(accounts)]
    texts = set()
    for number in range(posts):
        account = targets[number % accounts]
        piece = write_piece(brand=brand, title=f"Herd {number}", text=f"Herd {number}", by=by)
        channel = account.platform.channel_types.get()
        now = datetime.now(UTC)
        assert piece.current is not None
        post = queue_post(piece.current, account, channel, by=by, now=now)
        schedule(post, wall=f"{due:%Y-%m-%dT%H:%M:%S}", zone="UTC", by=by, now=now)
        texts.add(f"Herd {number}")
    return texts


def _account(brand: Any, number: int, sandbox: str) -> Any:
    from platforms.models import Account, Platform, PlatformCredential

    platform = Platform.objects.get(slug=("facebook", "mastodon")[number % 2])
    token = f"herd-token-{number:06}"
    account = Account.objects.create(
        brand=brand,
        platform=platform,
        server="sandbox",
        remote_id=str(900_000 + number),
        name=f"Herd {number}",
        server_facts={"software": "mastodon"},
    )
    PlatformCredential.objects.create(
        platform=platform, brand=brand, account=account, credential_type="access_token",
        credential_value=token, server="sandbox",
    )  # fmt: skip
    said = {"platform": platform.slug, "id": account.remote_id, "name": account.name}
    answer = requests.post(
        f"{sandbox}/_sandbox/accounts", json={**said, "token": token}, timeout=10
    )
    answer.raise_for_status()
    return account


def lateness(texts: set[str], due: datetime, sandbox: str) -> list[float]:
    """Wait until every text is live and return how many seconds after `due` each was."""
    end = time.monotonic() + OUT_LIMIT
    while time.monotonic() < end:
        ledger = requests.get(f"{sandbox}/_sandbox/ledger", timeout=10).json()["posts"]
        live = [post for post in ledger if post["text"] in texts]
        if len({post["text"] for post in live}) == len(texts):
            made = [datetime.fromisoformat(post["created_at"]) for post in live]
            return [(moment - due).total_seconds() for moment in made]
        time.sleep(0.5)
    raise SystemExit("Not all posts were live in time.")


def memory_of(pid: int) -> float:
    """Return the proportional memory in MB of a process and all below it (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    own = Path(f"/proc/{pid}/smaps_rollup").read_text()
    kilobytes = next(int(line.split()[1]) for line in own.splitlines() if line.startswith("Pss:"))
    below = sum(memory_of(int(child)) for child in children.read_text().split())
    return kilobytes / 1024 + below


if __name__ == "__main__":
    main()
