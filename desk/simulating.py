"""Ordering a fault at the sandbox, to see what becomes of a post that meets it."""

from django.conf import settings

from platforms.clock import boottime
from platforms.errors import PlatformError
from platforms.http import Client
from platforms.models import Account
from platforms.redaction import Redactor

PATIENCE = 5.0  # seconds: a person waits for the page
# What can be pretended, by the sandbox's own names.
FAULTS = {
    "refuse": "it refuses the post",
    "rate_limit": "it asks for a pause",
    "expired_token": "the token has ended",
    "duplicate": "it says the post is there already",
    "reset_before": "the connection breaks before anything is taken",
    "error_500_before": "it has a fault before anything is taken",
    "reset_after_accept": "it takes the post and its answer is lost",
    "error_500_after_accept": "it takes the post and answers with a fault",
    "garbage": "it takes the post and its answer cannot be read",
}


class CannotPretend(Exception):
    """The sandbox could not be told. The sentence is for the person who asked."""


def pretend(account: Account, fault: str) -> str:
    """Let the next post of a sandbox account meet this fault, once. Return what will happen.

    Raises CannotPretend for a real account, an unknown fault and a sandbox that is not there.
    """
    if not account.is_sandboxed or not settings.SANDBOX_URL:
        raise CannotPretend(
            "Only accounts in the sandbox can pretend. Nothing was changed. Connect one there."
        )
    if fault not in FAULTS:
        raise CannotPretend("Choose what should be pretended. Nothing was changed.")
    said = {
        "platform": account.platform.slug,
        "account": account.remote_id,
        "call": "publish",
        "fault": fault,
    }
    client = Client(Redactor([]), boottime() + PATIENCE, PATIENCE)
    try:
        answer = client.request("POST", f"{settings.SANDBOX_URL}/_sandbox/faults", json=said)
    except PlatformError as error:
        raise CannotPretend(f"The sandbox does not answer: {error} Nothing was changed.") from error
    if answer.status != 201:
        raise CannotPretend(
            f"The sandbox did not take that ({answer.status}). Nothing was changed."
        )
    return f"The next post of {account.name} meets this, once: {FAULTS[fault]}."
