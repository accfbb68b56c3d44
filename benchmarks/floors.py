"""What this machine can do at best: the same requests and the same commits with nothing around."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def posts_per_second(accounts: list[Any], count: int, threads: int) -> float:
    """Bare POSTs by the product's own client, as many at once as the product has slots."""
    return per_second(bare_post(accounts), count, threads)


def bare_post(accounts: list[Any]) -> Callable[[int], None]:
    """Return what sends one post by the product's client, without journal or database."""
    from django.conf import settings

    from platforms.clock import boottime
    from platforms.http import Client
    from platforms.redaction import Redactor

    tokens = {a.pk: a.credentials.get().credential_value for a in accounts}

    def post(number: int) -> None:
        account = accounts[number % len(accounts)]
        client = Client(Redactor([]), boottime() + 600, read_timeout=60)
        headers = {"Authorization": f"Bearer {tokens[account.pk]}"}
        text = f"Bare {number}"
        if account.platform.slug == "mastodon":
            address = f"{settings.SANDBOX_URL}/mastodon/api/v1/statuses"
            answer = client.request("POST", address, json={"status": text}, headers=headers)
        else:
            version = account.platform.adapter.api_version
            address = f"{settings.SANDBOX_URL}/facebook/{version}/{account.remote_id}/feed"
            data = {"message": text, "access_token": tokens[account.pk]}
            answer = client.request("POST", address, data=data)
        assert answer.status == 200, (answer.status, answer.body)

    return post


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
