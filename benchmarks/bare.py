"""Posting with nothing around it: one request by the product's own client. Needs no database."""

from typing import NamedTuple

from platforms.adapters.facebook import Facebook
from platforms.clock import boottime
from platforms.http import Client
from platforms.redaction import Redactor

PATIENCE = 600.0  # seconds


class Identity(NamedTuple):
    """One of the accounts of a measurement, as the sandbox knows it."""

    platform: str
    remote_id: str
    token: str


def identity(number: int) -> Identity:
    """Return the measurement's account of that number; the platforms take turns."""
    platform = ("facebook", "mastodon")[number % 2]
    return Identity(platform, str(900_000 + number), f"figures-token-{number:06}")


def post(account: Identity, text: str, sandbox: str) -> None:
    """Send one post, as the platform's adapter would. Raises AssertionError when it is refused."""
    client = Client(Redactor([]), boottime() + PATIENCE, read_timeout=60)
    if account.platform == "mastodon":
        answer = client.request(
            "POST",
            f"{sandbox}/mastodon/api/v1/statuses",
            json={"status": text},
            headers={"Authorization": f"Bearer {account.token}"},
        )
    else:
        answer = client.request(
            "POST",
            f"{sandbox}/facebook/{Facebook.api_version}/{account.remote_id}/feed",
            data={"message": text, "access_token": account.token},
        )
    assert answer.status == 200, (answer.status, answer.body)
