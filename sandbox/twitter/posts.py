"""Posts: what may stand in one, and that X does not take the same text twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.accounts import Account
from sandbox.ledger import Draft, Entry, Media
from sandbox.twitter import media as uploads
from sandbox.twitter.problems import DUPLICATE, forbidden, invalid
from sandbox.twitter.rates import Meter
from sandbox.twitter.shapes import NAME, path, snowflake_at
from sandbox.twitter.weights import ADDRESS, MOST, PREMIUM_MOST, count
from sandbox.wire import Response, json_response
from sandbox.world import World

FIELDS = {"text", "media", "poll", "reply", "reply_settings", "made_with_ai", "paid_partnership"}
REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")
SAME_FOR = timedelta(hours=24)  # in which the same text is refused
LOOKED_AT = 200  # of the account's newest posts


def create(world: World, account: Account, said: dict[str, Any], meter: Meter) -> Response:
    check_fields(said)
    text = said.get("text", "")
    if not isinstance(text, str) or not (text.strip() or said.get("media")):
        raise invalid("text or media is required")
    if count(text) > (PREMIUM_MOST if account.limits.get("premium") else MOST):
        raise invalid("Your Tweet text is too long.")
    check_poll(said)
    media = _media(world, account, said)
    parent = _parent(world, said)
    with world.ledger.lock:
        check_new(world, account, text)
        meter.pay(account, ADDRESS.search(text) is not None)
        entry = world.ledger.add(draft(account, text, media, parent, said))
    shown = {"id": entry.id, "text": entry.text, "edit_history_tweet_ids": [entry.id]}
    return json_response({"data": shown}, 201, created=True)


def check_fields(said: dict[str, Any]) -> None:
    if unknown := sorted(set(said) - FIELDS):
        raise invalid(f"$.{unknown[0]}: is not defined in the schema")
    for name in ("made_with_ai", "paid_partnership"):
        if name in said and not isinstance(said[name], bool):
            raise invalid(f"$.{name}: boolean expected")
    if "reply_settings" in said and said["reply_settings"] not in REPLY_SETTINGS:
        raise invalid("$.reply_settings: does not have a value in the enumeration")


def check_poll(said: dict[str, Any]) -> None:
    poll = said.get("poll")
    if poll is None:
        return
    if said.get("media"):
        raise invalid("A post has media or a poll, not both")
    options = poll.get("options") if isinstance(poll, dict) else None
    minutes = poll.get("duration_minutes") if isinstance(poll, dict) else None
    if not isinstance(options, list) or not 2 <= len(options) <= 4:
        raise invalid("$.poll.options: must have 2 to 4 elements")
    if not all(isinstance(one, str) and 1 <= len(one) <= 25 for one in options):
        raise invalid("$.poll.options: each must have 1 to 25 characters")
    if type(minutes) is not int or not 5 <= minutes <= 10_080:
        raise invalid("$.poll.duration_minutes: must be from 5 to 10080")


def _media(world: World, account: Account, said: dict[str, Any]) -> tuple[Media, ...]:
    wanted = said.get("media")
    if wanted is None:
        return ()
    if not isinstance(wanted, dict) or set(wanted) - {"media_ids", "tagged_user_ids"}:
        raise invalid("$.media: is not defined in the schema")
    return uploads.attached(world, account, wanted.get("media_ids"))


def _parent(world: World, said: dict[str, Any]) -> Entry | None:
    reply = said.get("reply")
    if reply is None:
        return None
    name = reply.get("in_reply_to_tweet_id") if isinstance(reply, dict) else None
    found = world.ledger.live(NAME, name) if isinstance(name, str) else None
    if found is None:
        raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
    return found


def check_new(world: World, account: Account, text: str) -> None:
    """Raises `Refused` for a text that stands there already, as X does."""
    since = world.ledger.now() - SAME_FOR
    for place, entry in enumerate(world.ledger.newest(NAME, account.id)):
        if place >= LOOKED_AT or entry.created_at < since:
            return
        if text.strip() and entry.text.split() == text.split():
            raise forbidden(DUPLICATE)


def draft(
    account: Account,
    text: str,
    media: tuple[Media, ...],
    parent: Entry | None,
    said: dict[str, Any],
) -> Draft:
    notes: dict[str, Any] = {
        name: said[name] for name in ("poll", "reply_settings") if name in said
    }
    if parent:
        notes["conversation"] = parent.notes.get("conversation", parent.id)

    def name(moment: Any, number: int) -> tuple[str, str]:
        made = snowflake_at(moment, number)
        return made, path(account, made)

    return Draft(
        platform=NAME,
        account=account.id,
        text=text,
        name=name,
        media=media,
        parent=parent.id if parent else None,
        notes=notes,
    )
