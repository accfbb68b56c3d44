"""One function for each kind of post. What creates goes through the journal, once."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from platforms.adapters.facebook.limits import FEED, REEL, STORY
from platforms.adapters.facebook.page import Page
from platforms.adapters.facebook.videos import Session, finish_parts, upload_in_parts
from platforms.contract import Journal
from platforms.streams import Part
from platforms.telling import POST, Act, picture
from platforms.values import Json, MediaItem, Receipt, Rendition

# An unpublished photo that no post uses is dropped, commonly after a day (unsure).
PHOTO_LIFE = timedelta(hours=20)

Publish = Callable[[Page, Rendition, Journal], Receipt]


def publish(page: Page, rendition: Rendition, journal: Journal) -> Receipt:
    """Put the rendition out in the way its channel and its media ask for."""
    return _kind_of(rendition)(page, rendition, journal)


def _kind_of(rendition: Rendition) -> Publish:
    if rendition.channel == FEED and not rendition.videos:
        return (_text, _photo, _photos)[min(len(rendition.media), 2)]
    has_video = bool(rendition.videos)
    return KINDS[rendition.channel, has_video]


def _text(page: Page, rendition: Rendition, journal: Journal) -> Receipt:
    words = {"message": rendition.text, "link": rendition.link, **_disclosed(rendition)}
    return _feed_post(page, rendition, journal, partial(create, page, words))


def _photo(page: Page, rendition: Rendition, journal: Journal) -> Receipt:
    words = {"caption": rendition.text, **_disclosed(rendition)}
    send = partial(_upload_photo, page, rendition.media[0], POST, words)
    return _feed_post(page, rendition, journal, send)


def _photos(page: Page, rendition: Rendition, journal: Journal) -> Receipt:
    uploaded = [_unpublished(page, photo, journal) for photo in rendition.media]
    attached = json.dumps([{"media_fbid": name} for name in uploaded])
    words = {"message": rendition.text, "attached_media": attached, **_disclosed(rendition)}
    return _feed_post(page, rendition, journal, partial(create, page, words))


def _feed_post(
    page: Page, rendition: Rendition, journal: Journal, send: Callable[[], Json]
) -> Receipt:
    post = journal.once("post", send, request=rendition.request)
    return Receipt(post["id"], page.post_url(post["id"]))


def create(page: Page, words: dict[str, str]) -> Json:
    """Make a post of the feed that says these words; return its id."""
    said = page.graph.ask(POST, "POST", f"{page.id}/feed", _said(words))
    return {"id": page.graph.id_in(said, POST)}


def _upload_photo(page: Page, photo: MediaItem, act: Act, words: dict[str, str]) -> Json:
    words = _said({**words, "alt_text_custom": photo.alt})
    extension = photo.mime.removeprefix("image/")
    source: Part = (f"picture.{extension}", page.connection.bytes_of(photo), photo.mime)
    said = page.graph.ask(act, "POST", f"{page.id}/photos", words, files={"source": source})
    # `post_id` is the post on the Page, `id` the photo alone.
    return {"id": page.graph.id_in(said, act, "post_id", "id")}


def _unpublished(page: Page, photo: MediaItem, journal: Journal) -> str:
    """Upload a photo that nobody sees until a post uses it; return its id."""
    act = picture(photo.position)
    send = partial(_upload_photo, page, photo, act, {"published": "false"})
    about = {"sha256": photo.sha256, "alt": photo.alt}
    step = journal.repeatable(f"photo:{photo.position}", send, PHOTO_LIFE, about)
    return str(step["id"])


def _video(page: Page, rendition: Rendition, journal: Journal) -> Receipt:
    film = rendition.videos[0]
    begun = upload_in_parts(page, film, journal)
    words = {"description": rendition.text, **_disclosed(rendition)}
    send = partial(finish_parts, page, begun, words)
    post = journal.once("post", send, request=rendition.request)
    return Receipt(post["id"], page.video_url(post["id"]))


def _reel(page: Page, rendition: Rendition, journal: Journal) -> Receipt:
    session = Session(page, "video_reels", rendition.videos[0])
    words = {"description": rendition.text, **_disclosed(rendition)}
    send = partial(session.finish, session.upload(journal), words)
    reel = journal.once("post", send, request=rendition.request)
    return Receipt(reel["id"], page.reel_url(reel["id"]))


def _photo_story(page: Page, rendition: Rendition, journal: Journal) -> Receipt:
    photo = _unpublished(page, rendition.media[0], journal)
    story = journal.once("post", partial(_tell, page, photo), request=rendition.request)
    return Receipt(story["id"], page.post_url(story["id"]))


def _tell(page: Page, photo: str) -> Json:
    said = page.graph.ask(POST, "POST", f"{page.id}/photo_stories", {"photo_id": photo})
    return {"id": page.graph.id_in(said, POST, "post_id"), "media_id": photo}


def _video_story(page: Page, rendition: Rendition, journal: Journal) -> Receipt:
    session = Session(page, "video_stories", rendition.videos[0])
    send = partial(session.finish, session.upload(journal), _disclosed(rendition))
    story = journal.once("post", send, request=rendition.request)
    # A story without a post's id is known by its video's.
    name = story["post_id"] or story["id"]
    return Receipt(name, page.post_url(name))


def _disclosed(rendition: Rendition) -> dict[str, str]:
    """What readers have to be told of how the post came to be."""
    chosen = rendition.options
    return {
        "sponsor_id": str(chosen.get("sponsor_id", "")),
        "is_ai_generated": "true" if chosen.get("ai_generated") else "",
    }


def _said(words: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in words.items() if value}


KINDS: dict[tuple[str, bool], Publish] = {
    (FEED, True): _video,
    (REEL, True): _reel,
    (STORY, False): _photo_story,
    (STORY, True): _video_story,
}
