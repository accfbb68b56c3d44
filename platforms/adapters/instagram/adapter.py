"""The adapter: what Instagram is, and which of its parts does what."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar

from platforms import graph
from platforms.adapters.instagram import metrics, reading
from platforms.adapters.instagram.login import LOGIN_PATHS
from platforms.adapters.instagram.profile import (
    API,
    API_BY_FACEBOOK,
    PUBLIC_SITE,
    Profile,
    is_by_facebook,
    site_of,
)
from platforms.adapters.instagram.publishing import publish
from platforms.adapters.instagram.rules import CHANNELS, OPTIONS, limits_of, problems_of
from platforms.contract import Connection, Journal
from platforms.errors import Rejected
from platforms.graph_errors import is_not_there, refusal
from platforms.links import host_of
from platforms.looks import Look
from platforms.oauth import LoginPath
from platforms.telling import COMMENT, DELETION
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


class Instagram:
    """Pictures, carousels, reels and stories of a professional account."""

    slug: ClassVar[str] = "instagram"
    name: ClassVar[str] = "Instagram"
    glyph: ClassVar[str] = "instagram"
    channels: ClassVar[tuple[Channel, ...]] = CHANNELS
    look: ClassVar[Look] = Look(
        fold=125,  # characters, as seen in the feed (unsure)
        acts=(("heart", "Like"), ("comment", "Comment"), ("paper-plane", "Share")),
        flush=True,
    )
    api_base_url: ClassVar[str] = API
    api_version: ClassVar[str] = "v26.0"
    credential_types: ClassVar[tuple[str, ...]] = ("access_token",)
    login_paths: ClassVar[tuple[LoginPath, ...]] = LOGIN_PATHS

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.profile = Profile(connection)

    @classmethod
    def limits(cls, channel: str, server_facts: Mapping[str, Any]) -> Limits:
        return limits_of(channel, is_by_facebook(server_facts))

    @classmethod
    def api_of(cls, server_facts: Mapping[str, Any]) -> str:
        return API_BY_FACEBOOK if is_by_facebook(server_facts) else API

    @classmethod
    def problems(cls, rendition: Rendition, limits: Limits) -> list[Problem]:
        return list(problems_of(rendition))

    @classmethod
    def options(cls, channel: str) -> tuple[Option, ...]:
        return OPTIONS.get(channel, ())

    @classmethod
    def account_url(
        cls, base_url: str, remote_id: str, server_facts: Mapping[str, Any] | None = None
    ) -> str:
        name = (server_facts or {}).get("username") or remote_id
        return f"{site_of(base_url)}/{name}"

    @classmethod
    def sites(cls, base_url: str, server_facts: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        is_real = site_of(base_url) == PUBLIC_SITE
        return ("instagram.com",) if is_real else (host_of(base_url),)

    @classmethod
    def versions(cls) -> Mapping[str, date | None]:
        """Return those of Graph; the two logins share them."""
        return graph.VERSIONS

    @classmethod
    def allowances(cls, headers: Mapping[str, str], now: datetime) -> list[Allowance]:
        return graph.allowances(headers, now)

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        return publish(self.profile, rendition, journal)

    def find(
        self,
        rendition: Rendition,
        steps: Sequence[StepRecord],
        known_ids: frozenset[str] = frozenset(),
    ) -> Sighting:
        return reading.find(self.profile, rendition, steps, known_ids)

    def read_back(self, remote_id: str, channel: str) -> Sighting:
        return reading.read_back(self.profile, remote_id, channel)

    def post_metrics(self, remote_id: str, channel: str) -> list[Metric]:
        return metrics.post_metrics(self.profile, remote_id, channel)

    def account_metrics(self) -> list[Metric]:
        return metrics.account_metrics(self.profile)

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt:
        send = partial(self._send_comment, remote_id, text)
        return Receipt(str(journal.once("comment", send, request={"text": text})["id"]))

    def _send_comment(self, remote_id: str, text: str) -> Json:
        asked = self.profile.graph
        said = asked.ask(COMMENT, "POST", f"{remote_id}/comments", {"message": text})
        return {"id": asked.id_in(said, COMMENT)}

    def delete(self, remote_id: str, journal: Journal) -> None:
        if not self.profile.by_facebook:
            raise Rejected(
                "Instagram lets apps delete only for accounts connected by Facebook login. "
                "Delete the post in the Instagram app."
            )
        journal.repeatable("delete", partial(self._delete, remote_id))

    def _delete(self, remote_id: str) -> Json:
        answer = self.profile.graph.request("DELETE", remote_id, {})
        said = refusal(answer)
        if said and is_not_there(said):
            return {"gone": True}
        self.profile.graph.check(answer, DELETION)
        self.profile.graph.expect_success(answer.json(), DELETION)
        return {"gone": True}

    def identify(self) -> AccountFacts:
        return reading.identify(self.profile)
