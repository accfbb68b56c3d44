"""The adapter: what a server with Mastodon's API is, and which of its parts does what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from platforms.adapters.mastodon import reading
from platforms.adapters.mastodon.login import LOGIN_PATHS
from platforms.adapters.mastodon.publishing import Publisher
from platforms.adapters.mastodon.rules import (
    CHANNELS,
    OPTIONS,
    THREAD,
    aside_of,
    limits_of,
    problems_of,
    texts_of,
)
from platforms.adapters.mastodon.server import NAME, Server
from platforms.contract import Connection, Journal
from platforms.links import host_of
from platforms.looks import Aside, Look
from platforms.oauth import LoginPath
from platforms.parts import delete_each
from platforms.pauses import moment_in
from platforms.values import (
    AccountFacts,
    Allowance,
    Channel,
    Limits,
    Metric,
    Option,
    Problem,
    Receipt,
    Rendition,
    Sighting,
    StepRecord,
)


class Mastodon:
    """Posts and threads of an account, with pictures, a video or a poll."""

    slug: ClassVar[str] = "mastodon"
    name: ClassVar[str] = NAME
    glyph: ClassVar[str] = "mastodon"
    channels: ClassVar[tuple[Channel, ...]] = CHANNELS
    look: ClassVar[Look] = Look(
        acts=(("reply", ""), ("retweet", ""), ("star", ""), ("bookmark", "")), handle=True
    )
    api_base_url: ClassVar[str] = ""
    api_version: ClassVar[str] = ""
    credential_types: ClassVar[tuple[str, ...]] = ("access_token",)
    login_paths: ClassVar[tuple[LoginPath, ...]] = LOGIN_PATHS

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        token = connection.credentials["access_token"]
        self.server = Server(connection.base_url, connection.client, token)
        self.publisher = Publisher(self.server, connection)

    @classmethod
    def limits(cls, channel: str, server_facts: Mapping[str, Any]) -> Limits:
        return limits_of(channel, server_facts)

    @classmethod
    def problems(cls, rendition: Rendition, limits: Limits) -> list[Problem]:
        return list(problems_of(rendition, limits))

    @classmethod
    def options(cls, channel: str) -> tuple[Option, ...]:
        return OPTIONS.get(channel, ())

    @classmethod
    def aside(cls, rendition: Rendition) -> Aside:
        return aside_of(rendition)

    @classmethod
    def parts(cls, rendition: Rendition, limits: Limits) -> list[str]:
        return texts_of(rendition, limits) if rendition.channel == THREAD else []

    @classmethod
    def account_url(
        cls, base_url: str, remote_id: str, server_facts: Mapping[str, Any] | None = None
    ) -> str:
        """The page is named after the handle, which only the server's facts hold."""
        return str((server_facts or {}).get("account_url") or "")

    @classmethod
    def allowances(cls, headers: Mapping[str, str], now: datetime) -> list[Allowance]:
        """300 requests in 5 minutes for each account and address, unless the server differs."""
        limit, left = headers.get("X-RateLimit-Limit", ""), headers.get("X-RateLimit-Remaining", "")
        if not (limit.isdecimal() and left.isdecimal()):
            return []
        resets_at = moment_in(headers.get("X-RateLimit-Reset"))
        return [Allowance("requests", int(limit), int(left), resets_at)]

    @classmethod
    def sites(cls, base_url: str, server_facts: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """A server's pages may stand at another name than its API."""
        seen = (base_url, cls.account_url(base_url, "", server_facts))
        return tuple(dict.fromkeys(host for host in map(host_of, seen) if host))

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        return self.publisher.publish(rendition, journal)

    def find(
        self,
        rendition: Rendition,
        steps: Sequence[StepRecord],
        known_ids: frozenset[str] = frozenset(),
    ) -> Sighting:
        limits = limits_of(rendition.channel, self.connection.server_facts)
        account = self.connection.remote_id
        return reading.find(self.server, account, rendition, limits, steps, known_ids)

    def delete(self, remote_id: str, journal: Journal) -> None:
        self.delete_parts([remote_id], journal)

    def delete_parts(self, remote_ids: Sequence[str], journal: Journal) -> None:
        delete_each(remote_ids, journal, self.publisher.delete)

    def edit(self, remote_id: str, text: str, journal: Journal) -> None:
        send = partial(self.publisher.edit, remote_id, text)
        journal.repeatable("edit", send, request={"text": text})

    def read_back(self, remote_id: str, channel: str) -> Sighting:
        return reading.read_back(self.server, remote_id, channel)

    def post_metrics(self, remote_id: str, channel: str) -> list[Metric]:
        return reading.post_metrics(self.server, remote_id)

    def account_metrics(self) -> list[Metric]:
        return reading.account_metrics(self.server)

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt:
        return self.publisher.comment(remote_id, text, journal)

    def identify(self) -> AccountFacts:
        return self.server.account()
