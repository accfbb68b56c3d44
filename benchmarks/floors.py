"""What this machine can do at best: the same requests and the same commits with nothing around."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.bare import identity, post


def posts_per_second(accounts: int, sandbox: str, count: int, threads: int) -> float:
    """Bare POSTs by the product's own client, as many at once as the product has slots."""

    def send(number: int) -> None:
        post(identity(number % accounts), f"Bare {number}", sandbox)

    return per_second(send, count, threads)


def commits_per_second(count: int, threads: int) -> float:
    """Bare committed updates of one row each, on as many connections as a worker keeps."""
    from django.db import connection

    from organisation.clock import database_now
    from organisation.models import Heartbeat

    now = database_now()
    rows = [
        Heartbeat.objects.create(process=f"floor {n}", kind="beat", started_at=now, seen_at=now).pk
        for n in range(threads)
    ]

    def update(number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE organisation_heartbeat SET slots = %s WHERE id = %s",
                [number % 1000, rows[number % threads]],
            )

    try:
        return per_second(update, count, threads)
    finally:
        Heartbeat.objects.filter(process__startswith="floor ").delete()


def per_second(act: Callable[[int], None], count: int, threads: int) -> float:
    with ThreadPoolExecutor(threads) as pool:
        began = time.monotonic()
        list(pool.map(act, range(count)))
        return count / (time.monotonic() - began)
