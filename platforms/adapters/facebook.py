"""Facebook."""

from collections.abc import Mapping
from typing import Any, ClassVar

from platforms.contract import Connection, Journal
from platforms.values import Channel, Limits, Problem, Receipt, Rendition


class Facebook:
    slug: ClassVar[str] = "facebook"
    name: ClassVar[str] = "Facebook"
    glyph: ClassVar[str] = "facebook-f"
    channels: ClassVar[tuple[Channel, ...]] = (Channel("feed-post", "Page post"),)
    api_base_url: ClassVar[str] = "https://graph.facebook.com"
    api_version: ClassVar[str] = "v26.0"
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
