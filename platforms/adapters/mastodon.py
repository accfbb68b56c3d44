"""Mastodon."""

from collections.abc import Mapping
from typing import Any, ClassVar

from platforms.contract import Connection, Journal
from platforms.values import Channel, Limits, Problem, Receipt, Rendition


class Mastodon:
    slug: ClassVar[str] = "mastodon"
    name: ClassVar[str] = "Mastodon"
    glyph: ClassVar[str] = "mastodon"
    channels: ClassVar[tuple[Channel, ...]] = (Channel("status", "Post"),)
    api_base_url: ClassVar[str] = ""
    api_version: ClassVar[str] = ""
    credential_types: ClassVar[tuple[str, ...]] = ("access_token",)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @classmethod
    def limits(cls, channel: str, server_facts: Mapping[str, Any]) -> Limits:
        return Limits(text_max=500)

    @classmethod
    def problems(cls, rendition: Rendition) -> list[Problem]:
        return []

    @classmethod
    def account_url(cls, base_url: str, remote_id: str) -> str:
        return ""

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        raise LookupError
