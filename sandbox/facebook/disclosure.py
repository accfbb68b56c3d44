"""What a post has to disclose: who paid for it, and that it was made with AI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox import graph
from sandbox.accounts import Account


def check_disclosure(said: Mapping[str, Any], account: Account) -> None:
    """A sponsor is another Page, by its number, and the label a boolean. Raises `Refused`."""
    sponsor = said.get("sponsor_id")
    if sponsor is not None and (not str(sponsor).isdigit() or str(sponsor) == account.id):
        raise graph.invalid("param sponsor_id must be the id of another Page.")
    graph.truth(said.get("is_ai_generated", "false"), "is_ai_generated")
