"""Publishing, editing and deleting statuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sandbox.accounts import Account
from sandbox.ledger import Draft, Entry
from sandbox.mastodon import instance
from sandbox.mastodon.errors import not_found, refused, unprocessable, validation
from sandbox.mastodon.media import attached, listed
from sandbox.mastodon.polls import poll_of
from sandbox.mastodon.shapes import NAME, status_path
from sandbox.mastodon.text import length
from sandbox.world import World

KEY_LIFE = timedelta(hours=1)  # how long an Idempotency-Key is remembered
VISIBILITIES = ("public", "unlisted", "private", "direct")
NOT_SIMULATED = ("scheduled_at", "quoted_status_id")

Said = Mapping[str, Any]


def publish(world: World, account: Account, said: Said, key: str) -> tuple[Entry, bool]:
    """The status, and whether it is new. `key` is the Idempotency-Key, '' = none.

    Looking for the key and adding the status are one step, so that two requests at the same
    moment with one key make one status.
    """
    if account.limits.get("idempotency") is False:
        key = ""
    with world.ledger.lock:
        earlier = with_key(world, account, key)
        if earlier is not None:
            return earlier, False
        return accept(world, account, said, key), True


def with_key(world: World, account: Account, key: str) -> Entry | None:
    """The status made with this key within the last hour. Raises `Refused` if it is deleted."""
    entry = world.ledger.get(NAME, alias(account, key)) if key else None
    if entry is None or datetime.now(UTC) - entry.created_at > KEY_LIFE:
        return None
    if entry.deleted_at:
        raise not_found()
    return entry


def alias(account: Account, key: str) -> str:
    return f"key:{account.id}:{key}"


def accept(world: World, account: Account, said: Said, key: str) -> Entry:
    text, warning = words(account, said)
    poll = poll_of(said, account.limits)
    uploads = attached(world, account, said.get("media_ids") or [], poll is not None)
    if not (text or uploads):
        raise validation("Text can't be blank")
    kept = {
        "media_ids": [upload.id for upload in uploads],
        "focus": {upload.id: list(upload.focus) for upload in uploads},
        "poll": poll,
    }
    draft = Draft(
        platform=NAME,
        account=account.id,
        text=text,
        name=partial(status_path, account),
        media=tuple(upload.media for upload in uploads),
        parent=parent_of(world, said),
        aliases=(alias(account, key),) if key else (),
        notes=options(said, warning) | kept,
    )
    for upload in uploads:
        upload.attached = True
    return world.ledger.add(draft)


def words(account: Account, said: Said) -> tuple[str, str]:
    """Text and content warning, which count together. Raises `Refused`."""
    for name in NOT_SIMULATED:
        if said.get(name):
            raise unprocessable(f"This sandbox does not simulate {name}.")
    text = str(said.get("status") or "").strip()
    warning = str(said.get("spoiler_text") or "").strip()
    if not text and not said.get("media_ids"):
        text, warning = warning, ""  # a warning alone is the text, as on a real server
    most = instance.configuration(account.limits)["statuses"]["max_characters"]
    if length(text, warning) > most:
        raise validation(f"Text character limit of {most} exceeded")
    return text, warning


def options(said: Said, warning: str) -> dict[str, Any]:
    visibility = str(said.get("visibility") or "public")
    if visibility not in VISIBILITIES:
        raise validation("Visibility is not included in the list")
    sensitive = str(said.get("sensitive", "")).lower() in ("true", "1") or bool(warning)
    return {
        "spoiler_text": warning,
        "sensitive": sensitive,
        "visibility": visibility,
        "language": said.get("language") or "en",
    }


def parent_of(world: World, said: Said) -> str | None:
    name = said.get("in_reply_to_id")
    if not name:
        return None
    if world.ledger.live(NAME, str(name)) is None:
        raise refused(404, "The post you are trying to reply to does not appear to exist.")
    return str(name)


def edit(world: World, account: Account, entry: Entry, said: Said) -> Entry:
    """New text, content warning and media: what is left out is taken away.

    Raises `Refused`.
    """
    text, warning = words(account, said)
    media, names = media_after_edit(world, account, entry, said)
    if not (text or media):
        raise validation("Text can't be blank")
    sensitive = str(said.get("sensitive", "")).lower() in ("true", "1") or bool(warning)
    notes = entry.notes | {
        "poll": poll_of(said, account.limits),
        "spoiler_text": warning,
        "media_ids": names,
        "sensitive": sensitive,
        "language": said.get("language") or entry.notes["language"],
    }
    return world.ledger.revise(entry, text=text, media=media, notes=notes)


def media_after_edit(
    world: World, account: Account, entry: Entry, said: Said
) -> tuple[tuple[Any, ...], list[str]]:
    """Kept media by their old ids, and new uploads, in the order of `media_ids`."""
    wanted = listed(said.get("media_ids") or [])
    kept = dict(zip(entry.notes["media_ids"], entry.media, strict=True))
    fresh = attached(world, account, [name for name in wanted if name not in kept])
    for upload in fresh:
        upload.attached = True
        kept[upload.id] = upload.media
    return tuple(kept[name] for name in wanted), wanted
