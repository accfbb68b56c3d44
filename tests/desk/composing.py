"""Filling in the composer in tests, as its form would."""

import uuid
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from platforms.models import Account

COMPOSE = reverse("desk:compose")
CHECK = reverse("desk:compose_check")


def place_of(account: Account) -> str:
    return f"{account.pk}/{account.platform.adapter.channels[0].slug}"


def form(*accounts: Account, brand: Any = None, **more: Any) -> dict[str, Any]:
    """A form for these accounts, in two days at half past nine in London."""
    day = timezone.localdate() + timedelta(days=2)
    filled = {
        "key": str(uuid.uuid4()),
        "draft_edits": "0",
        "brand": str((brand or accounts[0].brand).pk),
        "text": "The kettle is on.",
        "to": [place_of(account) for account in accounts],
        "when": "at",
        "day": f"{day}",
        "time": "09:30",
        "zone": "Europe/London",
    }
    return filled | more
