"""The adapter: what X is, and which of its parts does what."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from platforms.adapters.twitter import costs, publishing, reading
from platforms.adapters.twitter.api import API, Api, allowances, site_of
from platforms.adapters.twitter.login import X_LOGIN
from platforms.adapters.twitter.problems import problem_in
from platforms.adapters.twitter.rules import (
    CHANNELS,
    OPTIONS,
    POLL,
    THREAD,
    TIERS,
    answers_of,
    limits_of,
    problems_of,
    texts_of,
)
from platforms.contract import Connection, Journal
from platforms.errors import Unclear
from platforms.links import host_of
from platforms.looks import Aside, Look
from platforms.oauth import LoginPath
from platforms.parts import delete_each, deletion_step
from platforms.telling import DELETION
from platforms.values import (
    AccountFacts,
    Allowance,
    Channel,
    Json,
    Limits,
    Metric,
    Option,
    Price,
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
    # X's automation rules forbid duplicative or substantially similar posts over several accounts
    # of one owner, and name no time; a day is our reading of it (help.x.com, X automation rules).
    stops_alike_within: ClassVar[timedelta] = timedelta(hours=24)
    login_paths: ClassVar[tuple[LoginPath, ...]] = (X_LOGIN,)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.api = Api(connection)

    @classmethod
    def limits(cls, channel: str, server_facts: Mapping[str, Any]) -> Limits:
        return limits_of(channel, str(server_facts.get("tier") or ""))

    @classmethod
    def tiers(cls) -> Mapping[str, str]:
        return TIERS

    @classmethod
    def problems(cls, rendition: Rendition, limits: Limits) -> list[Problem]:
        return list(problems_of(rendition, limits))

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
    def prices(cls) -> tuple[Price, ...]:
        return costs.PRICES

    @classmethod
    def bill(cls, rendition: Rendition, comment: str = "") -> Mapping[str, str]:
        return costs.bill(rendition, comment)

    @classmethod
    def bill_of_deletion(cls, posts: int) -> Mapping[str, str]:
        return {deletion_step(place): costs.DELETION.name for place in range(1, posts + 1)}

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
        self.delete_parts([remote_id], journal)

    def delete_parts(self, remote_ids: Sequence[str], journal: Journal) -> None:
        delete_each(remote_ids, journal, self._delete)

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
