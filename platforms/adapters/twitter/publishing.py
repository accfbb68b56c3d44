"""Putting a post out, and answering it. What creates goes through the journal, once."""

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
)
from platforms.contract import Journal
from platforms.telling import COMMENT, POST, Act
from platforms.values import Json, Receipt, Rendition

SAID_OF_IT = ("made_with_ai", "paid_partnership")


def publish(api: Api, rendition: Rendition, journal: Journal) -> Receipt:
    """Put the rendition out. See `Adapter.publish`."""
    media = [media_id_of(api, item, journal) for item in rendition.media]
    send = partial(_create, api, POST, _words(rendition, media))
    post = journal.once("post", send, request=rendition.request)
    return Receipt(str(post["id"]), api.post_url(str(post["id"])))


def comment(api: Api, remote_id: str, text: str, journal: Journal) -> Receipt:
    """Answer a post of ours, which X allows everybody. See `Comments.comment`."""
    words = {"text": text, "reply": {"in_reply_to_tweet_id": remote_id}}
    said = journal.once("comment", partial(_create, api, COMMENT, words), request={"text": text})
    return Receipt(str(said["id"]), api.post_url(str(said["id"])))


def _create(api: Api, act: Act, words: Json) -> Json:
    return {"id": api.id_in(api.ask(act, "POST", "tweets", json=words), act)}


def _words(rendition: Rendition, media: list[str]) -> Json:
    options = rendition.options
    words: dict[str, Any] = {"text": rendition.text} if rendition.text else {}
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
    return words | {name: True for name in SAID_OF_IT if options.get(name)}
