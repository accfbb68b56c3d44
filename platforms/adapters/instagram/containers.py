"""Containers: making one, and what it says of itself until it is published."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from platforms.adapters.instagram.errors import meaning_of
from platforms.adapters.instagram.profile import API_BY_FACEBOOK, Profile, error_of
from platforms.contract import Journal
from platforms.errors import NotReady, NotSent, PlatformError, Unclear
from platforms.graph_errors import is_not_there, refusal
from platforms.rupload import HOST, send_rest
from platforms.telling import POST, Act
from platforms.values import Json, MediaItem

# Containers live for 24 hours. Ours are made anew an hour earlier.
LIFE = timedelta(hours=23)
NOT_KEPT = timedelta(0)  # how far a container is, is asked anew each time
SUBCODE = re.compile(r"\b(2207\d{3})\b")
PREPARING = Act("the picture or video")
FINISHED, PUBLISHED = "FINISHED", "PUBLISHED"
WORKING, EXPIRED, ERROR, GONE = "IN_PROGRESS", "EXPIRED", "ERROR", "GONE"


@dataclass(frozen=True)
class Container:
    """One that may be published, or that is already."""

    id: str
    published: bool = False


def prepared(
    profile: Profile, step: str, make: Callable[[], Json], request: Json, journal: Journal
) -> Container:
    """Return a container that is ready. Raises NotReady, and what Instagram refused it for.

    One that died of a fault of theirs, or of old age, is made anew; once for each claim.
    """
    for last in (False, True):
        name = str(journal.repeatable(step, make, LIFE, request)["id"])
        fate = journal.repeatable(f"{step}:ready", partial(fate_of, profile, name), NOT_KEPT)
        code = fate["code"]
        if code == WORKING:
            raise profile.tell.error(NotReady, PREPARING)
        if code not in (EXPIRED, ERROR, GONE):
            return Container(name, code == PUBLISHED)
        error = _death(fate)
        if last or not isinstance(error, NotSent):
            raise error
        journal.forget(step)
    raise AssertionError("the loop returns or raises")


def fate_of(profile: Profile, name: str) -> Json:
    """Ask a container how far it is: its `code`, and `words` that say why."""
    answer = profile.graph.request("GET", name, {"fields": "status_code,status"})
    said = refusal(answer)
    if said and is_not_there(said):
        return {"id": name, "code": GONE, "words": "it is not there"}
    profile.graph.check(answer, PREPARING)
    status = answer.json()
    code, words = status.get("status_code"), status.get("status")
    return {"id": name, "code": str(code), "words": str(words or "")}


def _death(fate: Json) -> PlatformError:
    """Why a container cannot be published any more; NotSent where a new one may do."""
    found = SUBCODE.search(fate["words"])
    meaning = meaning_of(None, int(found[1]) if found else None)
    if meaning and meaning.kind is not Unclear:
        return error_of(meaning)
    if meaning:
        return NotSent(meaning.sentence)
    return NotSent(f"Instagram could not prepare the post ({fate['code'].lower()}).")


def make_with(profile: Profile, item: MediaItem, words: Json) -> Json:
    """Make a container of one picture or video, by its address or, where that is taken, bytes."""
    if item.type == "image":
        return make(profile, {**words, "image_url": profile.connection.address_of(item)})
    if not profile.by_facebook:
        return make(profile, {**words, "video_url": profile.connection.address_of(item)})
    made = make(profile, {**words, "upload_type": "resumable"})
    send_rest(profile.graph, _upload_url(profile, str(made["id"])), item, PREPARING)
    return made


def make(profile: Profile, words: Json) -> Json:
    """Make a container of these parameters; those that are empty are left out."""
    sent = {name: value for name, value in words.items() if value not in ("", None)}
    said = profile.graph.ask(POST, "POST", f"{profile.id}/media", sent)
    return {"id": profile.graph.id_in(said, POST)}


def _upload_url(profile: Profile, name: str) -> str:
    base: Any = profile.connection.base_url
    host = f"https://{HOST}" if base == API_BY_FACEBOOK else base
    return f"{host}/ig-api-upload/{profile.graph.version}/{name}"
