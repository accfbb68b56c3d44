"""The card of a link. Bluesky reads no pages: whoever posts says what the card shows."""

from datetime import timedelta
from functools import partial

from platforms.adapters.bluesky.media import upload_bytes
from platforms.adapters.bluesky.xrpc import Repo
from platforms.contract import Journal
from platforms.errors import PlatformError
from platforms.jpeg import thumbnail
from platforms.pages import fetch, look_at
from platforms.telling import Act
from platforms.values import Json

CARD_LIFE = timedelta(minutes=50)  # no longer than the blob of its picture
THUMB_BYTES_MAX = 1_000_000
THUMB_WIDTH = 1_200  # pixels
THUMB = Act("the picture of the link's card")


def card_of(repo: Repo, link: str, journal: Journal) -> Json:
    """Return the embed that shows a link. A page that cannot be read is shown by its host."""
    same = {"link": link}
    return journal.repeatable("card", partial(_card, repo, link), CARD_LIFE, same)


def _card(repo: Repo, link: str) -> Json:
    page = look_at(repo.connection.client, link)
    external: Json = {"uri": link, "title": page.title, "description": page.description}
    if page.picture and (thumb := _thumb(repo, page.picture)):
        external["thumb"] = thumb
    return {"$type": "app.bsky.embed.external", "external": external}


def _thumb(repo: Repo, address: str) -> Json | None:
    """Return the blob of a page's picture. The card is good without one, so nothing is raised."""
    fetched = fetch(repo.connection.client, address)
    if fetched is None:
        return None
    try:
        data = thumbnail(fetched[1].body, THUMB_WIDTH, THUMB_BYTES_MAX)
        return dict(upload_bytes(repo, data, "image/jpeg", THUMB)["blob"])
    except (ValueError, PlatformError):
        return None
