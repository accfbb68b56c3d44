"""One account: by which login it is connected, and how to ask Graph for it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from platforms.adapters.instagram.errors import Meaning, meaning_of
from platforms.contract import Connection
from platforms.errors import PlatformError
from platforms.graph import Graph
from platforms.graph_errors import refusal
from platforms.http import Answer
from platforms.telling import Act, Teller
from platforms.values import Json

API = "https://graph.instagram.com"
API_BY_FACEBOOK = "https://graph.facebook.com"
PUBLIC_SITE = "https://www.instagram.com"


class Profile:
    """What every call needs of the account."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tell = Teller("Instagram", connection.client.redactor)
        self.by_facebook = is_by_facebook(_facts(connection))
        self.graph = InstagramGraph(connection, self.tell)

    @property
    def id(self) -> str:
        return self.connection.remote_id


class InstagramGraph(Graph):
    """Graph, with Instagram's own table of refusals before the one that all share."""

    def _make_proof(self, secret: str) -> Json:
        """Instagram login knows no proof of the app."""
        by_facebook = is_by_facebook(_facts(self.connection))
        return super()._make_proof(secret) if by_facebook else {}

    def check(self, answer: Answer, act: Act) -> None:
        said = refusal(answer)
        if said and 400 <= answer.status < 500:
            meaning = meaning_of(said["code"], said.get("error_subcode"))
            if meaning:
                raise error_of(meaning)
        super().check(answer, act)


def error_of(meaning: Meaning) -> PlatformError:
    until = datetime.now(UTC) + meaning.pause if meaning.pause else None
    return meaning.kind(meaning.sentence, until=until)


def is_by_facebook(facts: Mapping[str, Any]) -> bool:
    """By which login an account is connected: where its API is tells, or what it said itself."""
    return facts.get("login") == "facebook" or facts.get("base_url") == API_BY_FACEBOOK


def _facts(connection: Connection) -> dict[str, Any]:
    return {**connection.server_facts, "base_url": connection.base_url}


def site_of(base_url: str) -> str:
    """Where people look: Instagram itself, or the stand-in that the API's address names."""
    return PUBLIC_SITE if base_url in (API, API_BY_FACEBOOK) else base_url
