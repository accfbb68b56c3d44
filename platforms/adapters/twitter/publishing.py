"""Putting a post or a thread out, and answering it. What creates goes through the journal, once.

Each post of a thread answers the one before it, and each is a step: one that was refused or lost
stops the rest, and what is out already is never sent again.
"""

from functools import partial
from typing import Any

from platforms.adapters.twitter.api import Api
from platforms.adapters.twitter.media import media_id_of
from platforms.adapters.twitter.rules import (
    POLL,
    POLL_HOURS,
    POLL_HOURS_DEFAULT,
    REPLIES,
    answers_of,
    minutes_of,
    texts_of,
)
from platforms.contract import Journal
from platforms.parts import step_of
from platforms.telling import COMMENT, POST, Act
from platforms.values import Json, Receipt, Rendition

# An option, and what X calls it.
DISCLOSED = {"ai_generated": "made_with_ai", "paid_partnership": "paid_partnership"}


def publish(api: Api, rendition: Rendition, journal: Journal) -> Receipt:
    """Put the rendition out. See `Adapter.publish`."""
    media = [media_id_of(api, item, journal) for item in rendition.media]
    text, *rest = texts_of(rendition)
    send = partial(_create, api, POST, _words(rendition, text, media))
    first = last = journal.once(step_of(1), send, request=rendition.request)
    for place, text in enumerate(rest, start=2):
        words = _answering(str(last["id"]), text)
        request = {"part": place, "text": text}
        last = journal.once(step_of(place), partial(_create, api, POST, words), request=request)
    return Receipt(str(first["id"]), api.post_url(str(first["id"])))


def _answering(post_id: str, text: str) -> Json:
    return {"text": text, "reply": {"in_reply_to_tweet_id": post_id}}


def comment(api: Api, remote_id: str, text: str, journal: Journal) -> Receipt:
    """Answer a post of ours, which X allows everybody. See `Comments.comment`."""
    send = partial(_create, api, COMMENT, _answering(remote_id, text))
    said = journal.once("comment", send, request={"text": text})
    return Receipt(str(said["id"]), api.post_url(str(said["id"])))


def _create(api: Api, act: Act, words: Json) -> Json:
    post_id = api.id_in(api.ask(act, "POST", "tweets", json=words), act)
    return {"id": post_id, "url": api.post_url(post_id)}


def _words(rendition: Rendition, text: str, media: list[str]) -> Json:
    options = rendition.options
    words: dict[str, Any] = {"text": text} if text else {}
    if media:
        words["media"] = {"media_ids": media}
    if options.get(POLL.name):
        hours = options.get(POLL_HOURS.name, POLL_HOURS_DEFAULT)
        words["poll"] = {
            "options": answers_of(options[POLL.name]),
            "duration_minutes": minutes_of(hours),
        }
    for name, setting in REPLIES.items():
        if options.get(name):
            words["reply_settings"] = setting
    return words | {said: True for name, said in DISCLOSED.items() if options.get(name)}
