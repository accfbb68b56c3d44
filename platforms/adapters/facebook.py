"""Facebook Pages, through Meta's Graph API.

Graph has no idempotency key: a request that creates and gets no answer is never repeated, only
looked for among the Page's newest posts.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from platforms import graph
from platforms.contract import Connection, Journal
from platforms.errors import PlatformError, RateLimited, Rejected, Unclear
from platforms.http import Answer
from platforms.links import host_of, web_address
from platforms.looking import Candidate, Listing, look_for, started_at
from platforms.looks import Look
from platforms.pauses import moment_in
from platforms.telling import COMMENT, DELETION, POST, READING, Act, Teller
from platforms.values import (
    AccountFacts,
    Allowance,
    CannotTell,
    Channel,
    Json,
    Limits,
    MediaItem,
    Problem,
    Receipt,
    Rendition,
    Sighting,
    StepRecord,
)

TEXT_MAX = 63_206  # characters; the limit of Facebook's own pages, in no API document (unsure)
PHOTO_BYTES_MAX = 10 * 1024 * 1024  # Page photo guide; an old error text says 4 MB (unsure)
ALT_MAX = 0  # characters; no limit is documented (unsure)
PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff"})
POSTS_READ = 25
PUBLIC_SITE = "https://www.facebook.com"
PUBLIC_SITES = ("facebook.com", "fb.com", "fb.watch")  # also those of its share buttons


class Facebook:
    """Texts, links and one photo on a Page."""

    slug: ClassVar[str] = "facebook"
    name: ClassVar[str] = "Facebook"
    glyph: ClassVar[str] = "facebook-f"
    channels: ClassVar[tuple[Channel, ...]] = (Channel("feed-post", "Page post"),)
    look: ClassVar[Look] = Look(
        fold=477,  # characters, as seen in the feed (unsure)
        acts=(("thumbs-up", "Like"), ("comment", "Comment"), ("share", "Share")),
        flush=True,
    )
    api_base_url: ClassVar[str] = "https://graph.facebook.com"
    api_version: ClassVar[str] = "v26.0"
    credential_types: ClassVar[tuple[str, ...]] = ("access_token",)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tell = Teller(self.name, connection.client.redactor)
        self._token = connection.credentials["access_token"]
        self._proof = self._make_proof(connection.credentials.get("app_secret", ""))

    def _make_proof(self, secret: str) -> dict[str, str]:
        """Every call proves that it comes from the app, where its secret is known."""
        if not secret:
            return {}
        proof = graph.proof(self._token, secret)
        self.connection.client.redactor.hide(proof)
        return {"appsecret_proof": proof}

    @classmethod
    def limits(cls, channel: str, server_facts: Mapping[str, Any]) -> Limits:
        return Limits(
            text_max=TEXT_MAX,
            images_max=1,
            image_types=PHOTO_TYPES,
            image_bytes_max=PHOTO_BYTES_MAX,
            alt_max=ALT_MAX,
        )

    @classmethod
    def problems(cls, rendition: Rendition, limits: Limits) -> list[Problem]:
        found = [
            Problem("unknown_option", f"Facebook has no option “{name}” here. Remove it.")
            for name in rendition.options
        ]
        if rendition.link and rendition.media:
            found.append(
                Problem(
                    "link_with_picture",
                    "Facebook shows a picture or a link, not both. Remove the picture, or write "
                    "the link into the text.",
                )
            )
        return found

    @classmethod
    def account_url(
        cls, base_url: str, remote_id: str, server_facts: Mapping[str, Any] | None = None
    ) -> str:
        return f"{_site(base_url)}/{remote_id}"

    @classmethod
    def allowances(cls, headers: Mapping[str, str], now: datetime) -> list[Allowance]:
        return graph.allowances(headers, now)

    @classmethod
    def sites(cls, base_url: str, server_facts: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        return PUBLIC_SITES if base_url == cls.api_base_url else (host_of(base_url),)

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        send = self._send_photo if rendition.media else self._send_text
        post = journal.once("post", partial(send, rendition), request=rendition.request)
        return self._receipt(post["id"])

    def _send_text(self, rendition: Rendition) -> Json:
        words = {"message": rendition.text, "link": rendition.link}
        said = self._ask(POST, "POST", f"{self._page}/feed", {k: v for k, v in words.items() if v})
        return {"id": self._id_in(said, POST)}

    def _send_photo(self, rendition: Rendition) -> Json:
        photo = rendition.media[0]
        words = {"caption": rendition.text, "alt_text_custom": photo.alt}
        said = self._ask(
            POST,
            "POST",
            f"{self._page}/photos",
            {name: value for name, value in words.items() if value},
            photo,
        )
        # `post_id` is the post on the Page, `id` the photo alone.
        return {"id": self._id_in(said, POST, "post_id", "id")}

    def find(
        self,
        rendition: Rendition,
        steps: Sequence[StepRecord],
        known_ids: frozenset[str] = frozenset(),
    ) -> Sighting:
        started = started_at(steps)
        if started is None or not rendition.text.strip():
            return CannotTell("A post without a text cannot be told from others. Look at the Page.")
        try:
            return look_for(rendition.text, started, self._newest_posts(), known_ids)
        except PlatformError as error:
            return CannotTell(error.sentence)

    def _newest_posts(self) -> Listing:
        query = {"fields": "id,message,created_time,permalink_url", "limit": POSTS_READ}
        said = self._ask(READING, "GET", f"{self._page}/published_posts", query)
        posts = said.get("data")
        if not isinstance(posts, list) or not all(isinstance(post, dict) for post in posts):
            raise self.tell.error(Unclear, READING, "the list of posts is missing")
        more = len(posts) >= POSTS_READ or "next" in (said.get("paging") or {})
        return Listing("The Page", [self._candidate(post) for post in posts], more)

    def _candidate(self, post: Json) -> Candidate:
        created = moment_in(post.get("created_time"))
        if created is None:
            raise self.tell.error(Unclear, READING, "a post has no time")
        name = self._id_in(post, READING)
        url = web_address(post.get("permalink_url")) or self._post_url(name)
        return Candidate(name, created, str(post.get("message") or ""), url)

    def delete(self, remote_id: str, journal: Journal) -> None:
        journal.repeatable("delete", partial(self._delete, remote_id))

    def _delete(self, remote_id: str) -> Json:
        answer = self._request("DELETE", remote_id, {})
        said = graph.refusal(answer)
        if said and graph.is_not_there(said):
            return {"gone": True}
        self._check(answer, DELETION)
        if answer.json().get("success") is not True:
            raise self.tell.error(Unclear, DELETION, "it did not say that it is done")
        return {"gone": True}

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt:
        send = partial(self._send_comment, remote_id, text)
        comment = journal.once("comment", send, request={"text": text})
        return Receipt(comment["id"], self._post_url(remote_id))

    def _send_comment(self, remote_id: str, text: str) -> Json:
        said = self._ask(COMMENT, "POST", f"{remote_id}/comments", {"message": text})
        return {"id": self._id_in(said, COMMENT)}

    def identify(self) -> AccountFacts:
        # A person has no category, so that only a Page's token gets an answer.
        try:
            said = self._ask(READING, "GET", "me", {"fields": "id,name,link,category,picture"})
        except Rejected as error:
            raise Rejected(
                "Facebook does not take this for the token of a Page. Use a Page access token."
            ) from error
        picture = (said.get("picture") or {}).get("data") or {}
        page = self._id_in(said, READING)
        url = web_address(said.get("link")) or self.account_url(self.connection.base_url, page)
        return AccountFacts(
            page, str(said.get("name") or page), url, web_address(picture.get("url"))
        )

    @property
    def _page(self) -> str:
        return self.connection.remote_id

    def _ask(
        self,
        act: Act,
        method: str,
        path: str,
        words: Mapping[str, Any],
        file: MediaItem | None = None,
    ) -> Json:
        answer = self._request(method, path, words, file)
        self._check(answer, act)
        return answer.json()

    def _request(
        self, method: str, path: str, words: Mapping[str, Any], file: MediaItem | None = None
    ) -> Answer:
        """The token travels in a header: addresses end up in logs."""
        parameters = {**words, **self._proof}
        posted = method == "POST"
        return self.connection.client.request(
            method,
            f"{self.connection.base_url}/{self.connection.version}/{path}",
            headers={"Authorization": f"Bearer {self._token}"},
            files={"source": self._file(file)} if file else None,
            data=parameters if posted else None,
            params=None if posted else parameters,
        )

    def _file(self, item: MediaItem) -> tuple[str, bytes, str]:
        extension = item.mime.removeprefix("image/")
        return f"picture.{extension}", self.connection.bytes_of(item), item.mime

    def _check(self, answer: Answer, act: Act) -> None:
        """Raise what a refusal means. An answer that is neither yes nor no is Unclear."""
        if 200 <= answer.status < 300:
            return
        said = graph.refusal(answer)
        if said is None:
            raise self.tell.error(Unclear, act, f"it answered {answer.status} and nothing readable")
        kind, until = graph.kind_of(answer.status, said), None
        if kind is RateLimited:
            until = graph.regained_at(answer.headers, datetime.now(UTC))
        raise self.tell.error(kind, act, graph.words_of(said), until=until)

    def _id_in(self, said: Json, act: Act, *names: str) -> str:
        for name in names or ("id",):
            if said.get(name):
                return str(said[name])
        raise self.tell.error(Unclear, act, "it said yes and gave no id")

    def _receipt(self, remote_id: str) -> Receipt:
        return Receipt(remote_id, self._post_url(remote_id))

    def _post_url(self, remote_id: str) -> str:
        site = _site(self.connection.base_url)
        page, divided, number = remote_id.partition("_")
        return f"{site}/{page}/posts/{number}" if divided else f"{site}/{remote_id}"


def _site(base_url: str) -> str:
    """Where people look: Facebook itself, or the stand-in that the API's address names."""
    return PUBLIC_SITE if base_url == Facebook.api_base_url else base_url
