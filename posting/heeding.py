"""Listening to what a platform says beside its answer."""

from datetime import UTC, datetime

from organisation.notices import open_notice
from platforms.budgets import learn, news_in
from platforms.http import Client
from platforms.models import Account
from platforms.registry import adapter_for
from posting.connecting import Target
from posting.database_threads import Run


def heed(account: Account, target: Target, client: Client, run: Run) -> None:
    """Learn what the answers say is left of the platform's rate limits, and tell remarks."""
    now = datetime.now(UTC)  # only how old a reading is depends on it
    news = news_in(adapter_for(target.adapter_slug), account, client.heard, now, client.told)
    if news:
        run(learn, account, news, now)
    for sentence in client.remarks:
        run(open_notice, f"platform:{account.platform.slug}", sentence)
