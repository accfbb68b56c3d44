"""What can be done with an account at a server with Mastodon's API."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from platforms import fediverse
from platforms.adapters.mastodon import reading
from platforms.adapters.mastodon.login import LOGIN_PATHS
from platforms.adapters.mastodon.server import NAME, Server
from platforms.contract import Connection, Journal
from platforms.errors import NotReady, PlatformError, Unclear
from platforms.links import host_of, web_address
from platforms.looking import (
    Candidate,
    Listing,
    look_for,
    started_at,
    without_servers,
    words_of_html,
)
from platforms.looks import Look
from platforms.oauth import LoginPath
from platforms.pauses import moment_in
from platforms.telling import COMMENT, DELETION, EDIT, POST, READING, Act, picture
from platforms.values import (
    AccountFacts,
    Allowance,
    CannotTell,
    Channel,
    Json,
    Limits,
    MediaItem,
    Metric,
    Problem,
    Receipt,
    Rendition,
    Sighting,
    StepRecord,
)

KEY_LIFE = timedelta(hours=1)  # how long an Idempotency-Key is kept, by Mastodon's documentation
UPLOAD_LIFE = timedelta(hours=12)  # Mastodon drops unused uploads after a day (unsure)
LOOKS = 3  # at a picture that is being processed, before the post waits
BETWEEN_LOOKS = 1.0  # seconds
PROCESSING = timedelta(seconds=10)  # until such a picture is looked at again
STATUSES_READ = 20
VISIBILITIES = ("public", "unlisted", "private", "direct")
OPTIONS = ("visibility", "language", "spoiler_text", "sensitive")


class Mastodon:
    """Texts and pictures as statuses."""

    slug: ClassVar[str] = "mastodon"
    name: ClassVar[str] = NAME
    glyph: ClassVar[str] = "mastodon"
    channels: ClassVar[tuple[Channel, ...]] = (Channel("status", "Post"),)
    look: ClassVar[Look] = Look(
        acts=(("reply", ""), ("retweet", ""), ("star", ""), ("bookmark", "")), handle=True
    )
    api_base_url: ClassVar[str] = ""
    api_version: ClassVar[str] = ""
    credential_types: ClassVar[tuple[str, ...]] = ("access_token",)
    login_paths: ClassVar[tuple[LoginPath, ...]] = LOGIN_PATHS

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.server = Server(
            connection.base_url, connection.client, connection.credentials["access_token"]
        )
        self.tell = self.server.tell

    @classmethod
    def limits(cls, channel: str, server_facts: Mapping[str, Any]) -> Limits:
        return fediverse.limits_from(server_facts)

    @classmethod
    def problems(cls, rendition: Rendition, limits: Limits) -> list[Problem]:
        options = rendition.options
        found = [
            Problem("unknown_option", f"Mastodon has no option “{name}”. Remove it.")
            for name in options
            if name not in OPTIONS
        ]
        if options.get("visibility", "public") not in VISIBILITIES:
            found.append(
                Problem("visibility", f"Choose a visibility from {', '.join(VISIBILITIES)}.")
            )
        return found + cls._warning_problems(rendition, limits)

    @classmethod
    def _warning_problems(cls, rendition: Rendition, limits: Limits) -> list[Problem]:
        """The content warning counts with the text."""
        text = limits.count(rendition.text)
        both = text + limits.count(str(rendition.options.get("spoiler_text") or ""))
        if not text <= limits.text_max < both:
            return []
        sentence = (
            f"The text and its content warning have {both:,} {limits.unit} together and Mastodon "
            f"takes {limits.text_max:,}. Shorten them by {both - limits.text_max:,}."
        )
        return [Problem("text_too_long", sentence)]

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
        media = [self._uploaded(item, journal) for item in rendition.media]
        send = partial(self._send, POST, self._status(rendition, media))
        return self._receipt(self._create("post", send, rendition.request, journal))

    def _create(
        self, step: str, send: Callable[[str], Json], request: Json, journal: Journal
    ) -> Json:
        if self.connection.server_facts.get("software") == "mastodon":
            return journal.keyed(step, send, request, KEY_LIFE)
        return journal.once(step, partial(send, ""), request)

    def _status(self, rendition: Rendition, media: list[str]) -> Json:
        said: Json = {"status": rendition.text}
        if media:
            said["media_ids"] = media
        return said | {
            name: rendition.options[name] for name in OPTIONS if name in rendition.options
        }

    def _send(self, act: Act, status: Json, key: str) -> Json:
        headers = {"Idempotency-Key": key} if key else {}
        said = self.server.ask(act, "POST", "/api/v1/statuses", json=status, headers=headers)
        return {
            "id": self.server.id_in(said, act),
            "url": web_address(said.get("url") or said.get("uri")),
        }

    def _uploaded(self, item: MediaItem, journal: Journal) -> str:
        """Return the id of the picture at the server once it may be attached."""
        step = f"media:{item.position}"
        same = {"sha256": item.sha256, "alt": item.alt}
        upload = journal.repeatable(step, partial(self._upload, item), UPLOAD_LIFE, same)
        if not upload["ready"]:
            look = partial(self._await, str(upload["id"]), picture(item.position))
            journal.repeatable(f"{step}:ready", look, UPLOAD_LIFE, same)
        return str(upload["id"])

    def _upload(self, item: MediaItem) -> Json:
        act = picture(item.position)
        name = f"picture.{item.mime.removeprefix('image/')}"
        answer = self.server.request(
            "POST",
            "/api/v2/media",
            files={"file": (name, self.connection.bytes_of(item), item.mime)},
            data={"description": item.alt} if item.alt else None,
        )
        self.server.check(answer, act)
        return {"id": self.server.id_in(answer.json(), act), "ready": answer.status != 202}

    def _await(self, upload: str, act: Act) -> Json:
        """Look a few times whether the server has processed a picture. Raises NotReady."""
        for look in range(LOOKS):
            if look:
                time.sleep(BETWEEN_LOOKS)
            answer = self.server.request("GET", f"/api/v1/media/{upload}")
            self.server.check(answer, act)
            if answer.status != 206:
                return {"ready": True}
        raise self.tell.error(NotReady, act, until=datetime.now(UTC) + PROCESSING)

    def find(
        self,
        rendition: Rendition,
        steps: Sequence[StepRecord],
        known_ids: frozenset[str] = frozenset(),
    ) -> Sighting:
        started = started_at(steps)
        if started is None or not rendition.text.strip():
            return CannotTell(
                "A post without a text cannot be told from others. Look at the account."
            )
        try:
            listing = self._newest_statuses()
        except PlatformError as error:
            return CannotTell(error.sentence)
        return look_for(without_servers(rendition.text), started, listing, known_ids)

    def _newest_statuses(self) -> Listing:
        path = f"/api/v1/accounts/{self.connection.remote_id}/statuses"
        query = {"limit": STATUSES_READ, "exclude_reblogs": "true"}
        answer = self.server.request("GET", path, params=query)
        self.server.check(answer, READING)
        statuses = answer.json_list()
        own = [self._candidate(item) for item in statuses if not item.get("in_reply_to_id")]
        more = len(statuses) >= STATUSES_READ or 'rel="next"' in answer.headers.get("Link", "")
        return Listing("The account", own, more)

    def _candidate(self, status: Json) -> Candidate:
        created = moment_in(str(status.get("created_at")))
        if created is None:
            raise self.tell.error(Unclear, READING, "a status has no time")
        # Some servers give the source; the HTML that all give shows mentions without their server.
        text = status.get("text") or words_of_html(str(status.get("content") or ""))
        url = web_address(status.get("url"))
        return Candidate(
            self.server.id_in(status, READING), created, without_servers(str(text)), url
        )

    def delete(self, remote_id: str, journal: Journal) -> None:
        journal.repeatable("delete", partial(self._delete, remote_id))

    def _delete(self, remote_id: str) -> Json:
        answer = self.server.request("DELETE", f"/api/v1/statuses/{remote_id}")
        if not reading.is_gone(answer):
            self.server.check(answer, DELETION)
            answer.json()  # a page of a proxy is no answer
        return {"gone": True}

    def edit(self, remote_id: str, text: str, journal: Journal) -> None:
        journal.repeatable("edit", partial(self._edit, remote_id, text), request={"text": text})

    def _edit(self, remote_id: str, text: str) -> Json:
        """Send the post anew with this text: what is left out of an edit, Mastodon takes away."""
        shown = self.server.ask(EDIT, "GET", reading.status_at(remote_id))
        written = reading.source(self.server, remote_id, EDIT)
        status = {
            "status": text,
            "spoiler_text": str(written.get("spoiler_text") or ""),
            "sensitive": bool(shown.get("sensitive")),
            "media_ids": [self.server.id_in(one, EDIT) for one in _pictures_in(shown)],
        }
        if shown.get("language"):
            status["language"] = shown["language"]
        said = self.server.ask(EDIT, "PUT", reading.status_at(remote_id), json=status)
        return {"id": self.server.id_in(said, EDIT)}

    def read_back(self, remote_id: str, channel: str) -> Sighting:
        return reading.read_back(self.server, remote_id)

    def post_metrics(self, remote_id: str, channel: str) -> list[Metric]:
        return reading.post_metrics(self.server, remote_id)

    def account_metrics(self) -> list[Metric]:
        return reading.account_metrics(self.server)

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt:
        send = partial(self._send, COMMENT, {"status": text, "in_reply_to_id": remote_id})
        return self._receipt(self._create("comment", send, {"text": text}, journal))

    def identify(self) -> AccountFacts:
        return self.server.account()

    def _receipt(self, status: Json) -> Receipt:
        return Receipt(status["id"], status["url"])


def _pictures_in(status: Json) -> list[Json]:
    shown = status.get("media_attachments")
    return [one for one in shown if isinstance(one, dict)] if isinstance(shown, list) else []
