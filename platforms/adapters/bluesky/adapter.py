"""The adapter: what Bluesky is, and which of its parts does what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from platforms.adapters.bluesky import publishing, reading, xrpc
from platforms.adapters.bluesky.records import POSTGATE, THREADGATE
from platforms.adapters.bluesky.rules import (
    CHANNELS,
    OPTIONS,
    THREAD,
    limits_of,
    problems_of,
    texts_of,
)
from platforms.adapters.bluesky.sessions import APP_PASSWORD
from platforms.adapters.bluesky.threads import PARTS_MAX
from platforms.adapters.bluesky.tid import tid_after
from platforms.contract import Connection, Journal
from platforms.links import host_of
from platforms.looks import Look
from platforms.oauth import PasswordPath
from platforms.telling import DELETION
from platforms.values import (
    AccountFacts,
    Allowance,
    Channel,
    Json,
    Limits,
    Metric,
    Option,
    Problem,
    Receipt,
    Rendition,
    Sighting,
    StepRecord,
)


class Bluesky:
    """Posts and threads of an account, at whichever server keeps it."""

    slug: ClassVar[str] = "bluesky"
    name: ClassVar[str] = "Bluesky"
    glyph: ClassVar[str] = "bluesky"
    channels: ClassVar[tuple[Channel, ...]] = CHANNELS
    look: ClassVar[Look] = Look(
        acts=(("comment", ""), ("retweet", ""), ("heart", ""), ("bookmark", "")), handle=True
    )
    api_base_url: ClassVar[str] = ""
    api_version: ClassVar[str] = ""
    credential_types: ClassVar[tuple[str, ...]] = ("access_token",)
    password_path: ClassVar[PasswordPath] = APP_PASSWORD

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.repo = xrpc.Repo(connection)

    @classmethod
    def limits(cls, channel: str, server_facts: Mapping[str, Any]) -> Limits:
        return limits_of(channel)

    @classmethod
    def problems(cls, rendition: Rendition, limits: Limits) -> list[Problem]:
        return list(problems_of(rendition))

    @classmethod
    def options(cls, channel: str) -> tuple[Option, ...]:
        return OPTIONS.get(channel, ())

    @classmethod
    def parts(cls, rendition: Rendition, limits: Limits) -> list[str]:
        return texts_of(rendition) if rendition.channel == THREAD else []

    @classmethod
    def account_url(
        cls, base_url: str, remote_id: str, server_facts: Mapping[str, Any] | None = None
    ) -> str:
        name = (server_facts or {}).get("handle") or remote_id
        return f"{xrpc.site_of(base_url)}/profile/{name}"

    @classmethod
    def sites(cls, base_url: str, server_facts: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        return (host_of(xrpc.site_of(base_url)),)

    @classmethod
    def allowances(cls, headers: Mapping[str, str], now: datetime) -> list[Allowance]:
        return xrpc.allowances(headers, now)

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        return publishing.publish(self.repo, rendition, journal)

    def find(
        self,
        rendition: Rendition,
        steps: Sequence[StepRecord],
        known_ids: frozenset[str] = frozenset(),
    ) -> Sighting:
        return reading.find(self.repo, steps)

    def read_back(self, remote_id: str, channel: str) -> Sighting:
        return reading.read_back(self.repo, remote_id)

    def post_metrics(self, remote_id: str, channel: str) -> list[Metric]:
        return reading.post_metrics(self.repo, remote_id)

    def account_metrics(self) -> list[Metric]:
        return reading.account_metrics(self.repo)

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt:
        return publishing.comment(self.repo, remote_id, text, journal)

    def delete(self, remote_id: str, journal: Journal) -> None:
        journal.repeatable("delete", partial(self._delete, remote_id))

    def _delete(self, remote_id: str) -> Json:
        """Delete a post with its gates, and before it the rest of its thread, the last first."""
        rkey = xrpc.rkey_in(remote_id)
        for key in reversed(self._rest_of_thread(remote_id, rkey)):
            self._delete_record(xrpc.POST_TYPE, key)
        for collection in (THREADGATE, POSTGATE, xrpc.POST_TYPE):
            self._delete_record(collection, rkey)
        return {"gone": True}

    def _rest_of_thread(self, remote_id: str, rkey: str) -> list[str]:
        """Return the keys of the posts that went out with this one: those right after its own."""
        found: list[str] = []
        for place in range(1, PARTS_MAX):
            key = tid_after(rkey, place)
            record = self.repo.record(DELETION, key)
            reply = record["value"].get("reply") if record else None
            root = reply.get("root", {}).get("uri") if isinstance(reply, dict) else None
            if root != remote_id:
                break
            found.append(key)
        return found

    def _delete_record(self, collection: str, rkey: str) -> None:
        said = {"collection": collection, "rkey": rkey}
        self.repo.procedure(DELETION, "com.atproto.repo.deleteRecord", said)

    def identify(self) -> AccountFacts:
        return reading.identify(self.repo)
