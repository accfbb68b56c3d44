"""Putting a post or a thread out, answering it, changing it and taking it away.

Each post of a thread answers the one before it, and each is a step with a key of its own: one that
was refused or lost stops the rest, and what is out already is never sent again.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from platforms.adapters.mastodon import reading
from platforms.adapters.mastodon.media import media_id_of
from platforms.adapters.mastodon.polls import poll_after_edit, poll_in
from platforms.adapters.mastodon.rules import SAID_OF_EACH, THREAD, limits_of, texts_of
from platforms.adapters.mastodon.server import Server
from platforms.contract import Connection, Journal
from platforms.errors import Unclear
from platforms.links import web_address
from platforms.parts import step_of
from platforms.telling import COMMENT, DELETION, EDIT, POST, Act
from platforms.values import Json, Receipt, Rendition

STATUSES = "/api/v1/statuses"
KEY_LIFE = timedelta(hours=1)  # how long an Idempotency-Key is kept, by Mastodon's documentation
FOR_EVER = timedelta(days=3650)


class Publisher:
    """Everything that changes what readers see, for one account."""

    def __init__(self, server: Server, connection: Connection) -> None:
        self.server = server
        self.connection = connection

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        """Put the rendition out. See `Adapter.publish`."""
        media = [
            media_id_of(self.server, self.connection, item, journal) for item in rendition.media
        ]
        texts = self._texts(rendition, journal)
        each = {name: rendition.options[name] for name in SAID_OF_EACH if name in rendition.options}
        said: Json = {"status": texts[0]}
        said |= {"media_ids": media} if media else {}
        said |= {"poll": poll} if (poll := poll_in(rendition)) else {}
        rest = {"rest": texts[1:]} if texts[1:] else {}
        send = partial(self._send, POST, {**said, **each}, rest)
        first = last = self._create(step_of(1), send, rendition.request, journal)
        for place, text in enumerate(first.get("rest", texts[1:]), start=2):
            words = {"status": text, "in_reply_to_id": last["id"], **each}
            request = {"part": place, "text": text}
            last = self._create(
                step_of(place), partial(self._send, POST, words, {}), request, journal
            )
        return _receipt(first)

    def _texts(self, rendition: Rendition, journal: Journal) -> list[str]:
        """The posts' texts, cut once: a server that changes its limits must not move the cuts."""
        limits = limits_of(rendition.channel, self.connection.server_facts)
        if rendition.channel != THREAD:
            return texts_of(rendition, limits)
        texts = texts_of(rendition, limits)
        cut = journal.repeatable("parts", lambda: {"texts": texts}, FOR_EVER, rendition.request)
        return list(cut["texts"])

    def _create(
        self, step: str, send: Callable[[str], Json], request: Json, journal: Journal
    ) -> Json:
        """Send with a key where it counts. Other software than Mastodon ignores it."""
        if self.connection.server_facts.get("software") == "mastodon":
            return journal.keyed(step, send, request, KEY_LIFE)
        return journal.once(step, partial(send, ""), request)

    def _send(self, act: Act, status: Json, more: Json, key: str) -> Json:
        headers = {"Idempotency-Key": key} if key else {}
        said = self.server.ask(act, "POST", STATUSES, json=status, headers=headers)
        if said.get("scheduled_at"):
            words = "it says that it keeps it for later, which nobody asked for"
            raise self.server.tell.error(Unclear, act, words)
        url = web_address(said.get("url") or said.get("uri"))
        return {"id": self.server.id_in(said, act), "url": url, **more}

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt:
        """Answer a post of ours. See `Comments.comment`."""
        words = {"status": text, "in_reply_to_id": remote_id}
        send = partial(self._send, COMMENT, words, {})
        return _receipt(self._create("comment", send, {"text": text}, journal))

    def delete(self, remote_id: str) -> Json:
        """Remove one post; one that is gone already is no error."""
        answer = self.server.request("DELETE", reading.status_at(remote_id))
        if not reading.is_gone(answer):
            self.server.check(answer, DELETION)
            answer.json()  # a page of a proxy is no answer
        return {"gone": True}

    def edit(self, remote_id: str, text: str) -> Json:
        """Send the post anew with this text: what is left out of an edit, Mastodon takes away."""
        shown = self.server.ask(EDIT, "GET", reading.status_at(remote_id))
        written = reading.source(self.server, remote_id, EDIT)
        status: dict[str, Any] = {
            "status": text,
            "spoiler_text": str(written.get("spoiler_text") or ""),
            "sensitive": bool(shown.get("sensitive")),
            "media_ids": [self.server.id_in(one, EDIT) for one in reading.attachments_of(shown)],
        }
        if shown.get("language"):
            status["language"] = shown["language"]
        if shown.get("poll"):
            status["poll"] = poll_after_edit(shown["poll"], self.server.tell)
        said = self.server.ask(EDIT, "PUT", reading.status_at(remote_id), json=status)
        return {"id": self.server.id_in(said, EDIT)}


def _receipt(status: Json) -> Receipt:
    return Receipt(str(status["id"]), str(status["url"]))
