"""The adapter: what X is, and which of its parts does what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from platforms.adapters.twitter import publishing, reading
from platforms.adapters.twitter.api import API, Api, allowances, site_of
from platforms.adapters.twitter.login import X_LOGIN
from platforms.adapters.twitter.problems import problem_in
from platforms.adapters.twitter.rules import (
    CHANNELS,
    LIMITS,
    OPTIONS,
    POLL,
    THREAD,
    answers_of,
    problems_of,
    texts_of,
)
from platforms.contract import Connection, Journal
from platforms.errors import Unclear
from platforms.links import host_of
from platforms.looks import Aside, Look
from platforms.oauth import LoginPath
from platforms.telling import DELETION
from platforms.threads import delete_from_the_end
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

PUBLIC_SITES = ("x.com", "twitter.com", "t.co")


class Twitter:
    """Posts and threads of an account, with pictures, a GIF, a video or a poll."""

    slug: ClassVar[str] = "twitter"
    name: ClassVar[str] = "X"
    glyph: ClassVar[str] = "x-twitter"
    channels: ClassVar[tuple[Channel, ...]] = CHANNELS
    look: ClassVar[Look] = Look(
        acts=(("comment", ""), ("retweet", ""), ("heart", ""), ("chart-simple", "")), handle=True
    )
    api_base_url: ClassVar[str] = API
    api_version: ClassVar[str] = "2"
    credential_types: ClassVar[tuple[str, ...]] = ("access_token",)
    reading_costs: ClassVar[bool] = True
    login_paths: ClassVar[tuple[LoginPath, ...]] = (X_LOGIN,)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.api = Api(connection)

    @classmethod
    def limits(cls, channel: str, server_facts: Mapping[str, Any]) -> Limits:
        return LIMITS[channel]

    @classmethod
    def problems(cls, rendition: Rendition, limits: Limits) -> list[Problem]:
        return list(problems_of(rendition))

    @classmethod
    def options(cls, channel: str) -> tuple[Option, ...]:
        return OPTIONS.get(channel, ())

    @classmethod
    def aside(cls, rendition: Rendition) -> Aside:
        return Aside(answers=tuple(answers_of(rendition.options.get(POLL.name))))

    @classmethod
    def parts(cls, rendition: Rendition, limits: Limits) -> list[str]:
        return texts_of(rendition) if rendition.channel == THREAD else []

    @classmethod
    def account_url(
        cls, base_url: str, remote_id: str, server_facts: Mapping[str, Any] | None = None
    ) -> str:
        handle = (server_facts or {}).get("handle")
        return f"{site_of(base_url)}/{handle or f'i/user/{remote_id}'}"

    @classmethod
    def sites(cls, base_url: str, server_facts: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        return PUBLIC_SITES if base_url == cls.api_base_url else (host_of(base_url),)

    @classmethod
    def allowances(cls, headers: Mapping[str, str], now: datetime) -> list[Allowance]:
        return allowances(headers, now)

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        return publishing.publish(self.api, rendition, journal)

    def find(
        self,
        rendition: Rendition,
        steps: Sequence[StepRecord],
        known_ids: frozenset[str] = frozenset(),
    ) -> Sighting:
        return reading.find(self.api, rendition, steps, known_ids)

    def read_back(self, remote_id: str, channel: str) -> Sighting:
        return reading.read_back(self.api, remote_id)

    def post_metrics(self, remote_id: str, channel: str) -> list[Metric]:
        return reading.post_metrics(self.api, remote_id)

    def account_metrics(self) -> list[Metric]:
        return reading.account_metrics(self.api)

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt:
        return publishing.comment(self.api, remote_id, text, journal)

    def delete(self, remote_id: str, journal: Journal) -> None:
        journal.repeatable("delete", partial(self._delete, remote_id))

    def delete_thread(self, remote_ids: Sequence[str], journal: Journal) -> None:
        delete_from_the_end(remote_ids, self._delete, journal)

    def _delete(self, remote_id: str) -> Json:
        answer = self.api.request("DELETE", f"tweets/{remote_id}")
        if answer.status == 404 and problem_in(answer) is not None:
            return {"gone": True}
        self.api.check(answer, DELETION)
        if self.api.data_in(answer.json(), DELETION).get("deleted") is not True:
            raise self.api.tell.error(Unclear, DELETION, "it did not say that it is done")
        return {"gone": True}

    def identify(self) -> AccountFacts:
        return reading.identify(self.api)
