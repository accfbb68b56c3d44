"""Facebook Pages, through Meta's Graph API.

Graph has no idempotency key: a request that creates and gets no answer is never repeated, only
looked for among what the Page shows.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar

from platforms import graph
from platforms.adapters.facebook import metrics, reading
from platforms.adapters.facebook.limits import CHANNELS, LIMITS, OPTIONS, problems_of
from platforms.adapters.facebook.page import API, Page, site_of
from platforms.adapters.facebook.publishing import publish
from platforms.contract import Connection, Journal
from platforms.errors import Rejected
from platforms.graph_errors import is_not_there, refusal
from platforms.links import host_of, web_address
from platforms.looks import Look
from platforms.meta_login import FACEBOOK_LOGIN
from platforms.oauth import LoginPath
from platforms.telling import COMMENT, DELETION, EDIT, READING, Act
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

PUBLIC_SITES = ("facebook.com", "fb.com", "fb.watch")  # also those of its share buttons


class Facebook:
    """Texts, links, photos, videos, reels and stories on a Page."""

    slug: ClassVar[str] = "facebook"
    name: ClassVar[str] = "Facebook"
    glyph: ClassVar[str] = "facebook-f"
    channels: ClassVar[tuple[Channel, ...]] = CHANNELS
    look: ClassVar[Look] = Look(
        fold=477,  # characters, as seen in the feed (unsure)
        acts=(("thumbs-up", "Like"), ("comment", "Comment"), ("share", "Share")),
        flush=True,
    )
    api_base_url: ClassVar[str] = API
    api_version: ClassVar[str] = "v26.0"
    credential_types: ClassVar[tuple[str, ...]] = ("access_token",)
    login_paths: ClassVar[tuple[LoginPath, ...]] = (FACEBOOK_LOGIN,)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.page = Page(connection)

    @classmethod
    def versions(cls) -> Mapping[str, date | None]:
        return graph.VERSIONS

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
    def account_url(
        cls, base_url: str, remote_id: str, server_facts: Mapping[str, Any] | None = None
    ) -> str:
        return f"{site_of(base_url)}/{remote_id}"

    @classmethod
    def allowances(cls, headers: Mapping[str, str], now: datetime) -> list[Allowance]:
        return graph.allowances(headers, now)

    @classmethod
    def sites(cls, base_url: str, server_facts: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        return PUBLIC_SITES if base_url == cls.api_base_url else (host_of(base_url),)

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        return publish(self.page, rendition, journal)

    def find(
        self,
        rendition: Rendition,
        steps: Sequence[StepRecord],
        known_ids: frozenset[str] = frozenset(),
    ) -> Sighting:
        return reading.find(self.page, rendition, steps, known_ids)

    def read_back(self, remote_id: str, channel: str) -> Sighting:
        return reading.read_back(self.page, remote_id, channel)

    def post_metrics(self, remote_id: str, channel: str) -> list[Metric]:
        return metrics.post_metrics(self.page, remote_id, channel)

    def account_metrics(self) -> list[Metric]:
        return metrics.account_metrics(self.page)

    def delete(self, remote_id: str, journal: Journal) -> None:
        journal.repeatable("delete", partial(self._delete, remote_id))

    def _delete(self, remote_id: str) -> Json:
        answer = self.page.graph.request("DELETE", remote_id, {})
        said = refusal(answer)
        if said and is_not_there(said):
            return {"gone": True}
        self.page.graph.check(answer, DELETION)
        self.page.graph.expect_success(answer.json(), DELETION)
        return {"gone": True}

    def edit(self, remote_id: str, text: str, journal: Journal) -> None:
        journal.repeatable("edit", partial(self._edit, remote_id, text), request={"text": text})

    def _edit(self, remote_id: str, text: str) -> Json:
        # A post of the feed has `{page}_{post}` for an id; a video and a reel go by their own.
        name = "message" if "_" in remote_id else "description"
        said = self._ask_post(EDIT, remote_id, {name: text})
        self.page.graph.expect_success(said, EDIT)
        return {"edited": True}

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt:
        send = partial(self._send_comment, remote_id, text)
        comment = journal.once("comment", send, request={"text": text})
        return Receipt(comment["id"], self.page.post_url(remote_id))

    def _send_comment(self, remote_id: str, text: str) -> Json:
        said = self._ask_post(COMMENT, f"{remote_id}/comments", {"message": text})
        return {"id": self.page.graph.id_in(said, COMMENT)}

    def _ask_post(self, act: Act, path: str, words: Mapping[str, str]) -> Json:
        """Ask for something to be done to a post. One that is gone says nothing of the Page."""
        answer = self.page.graph.request("POST", path, words)
        said = refusal(answer)
        if said and is_not_there(said):
            raise self.page.tell.error(Rejected, act, "the post is not there any more")
        self.page.graph.check(answer, act)
        return answer.json()

    def identify(self) -> AccountFacts:
        # A person has no category, so that only a Page's token gets an answer.
        try:
            fields = {"fields": "id,name,link,category,picture"}
            said = self.page.graph.ask(READING, "GET", "me", fields)
        except Rejected as error:
            raise Rejected(
                "Facebook does not take this for the token of a Page. Use a Page access token."
            ) from error
        picture = (said.get("picture") or {}).get("data") or {}
        page = self.page.graph.id_in(said, READING)
        url = web_address(said.get("link")) or self.account_url(self.connection.base_url, page)
        return AccountFacts(
            page, str(said.get("name") or page), url, web_address(picture.get("url"))
        )
