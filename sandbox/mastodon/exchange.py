"""One request to Mastodon: which call it is, and its answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

from sandbox.accounts import Account
from sandbox.ledger import Entry
from sandbox.mastodon import instance, shapes, statuses
from sandbox.mastodon.errors import not_found, refused, unauthorised, unprocessable
from sandbox.mastodon.media import make_upload, prepares
from sandbox.mastodon.shapes import NAME
from sandbox.platform import Call
from sandbox.uploads import Upload
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

LISTED = 20  # statuses in a list, unless `limit` says otherwise
MOST_LISTED = 40


class Exchange:
    """A request of an account, or of nobody. Its methods raise `Refused`."""

    def __init__(self, request: Request, world: World, account: Account | None) -> None:
        self.request = request
        self.world = world
        self.account = account
        self.said: dict[str, Any] = {**request.query, **request.form.fields}

    def call(self) -> Call:
        path = self.request.path.removeprefix(f"/{NAME}")
        for method, pattern, route in ROUTES:
            match = pattern.fullmatch(path) if method == self.request.method else None
            if match:
                return route(self, *match.groups())
        raise refused(404, "Not Found")

    @property
    def me(self) -> Account:
        """The account of the token, which this call cannot do without."""
        if self.account is None:
            raise unauthorised("This method requires an authenticated user")
        return self.account

    def limits(self) -> instance.Limits:
        """Those of the account that asks, or else of the one registered last."""
        accounts = [self.account] if self.account else self.world.accounts.all(NAME)[-1:]
        return accounts[0].limits if accounts else {}

    def _read(self, tell: Callable[[], Any], account: Account | None = None) -> Call:
        return Call(frozenset({"read"}), account or self.account, lambda: json_response(tell()))

    def second_instance(self) -> Call:
        return self._read(lambda: instance.second_version(self.world.origin, self.limits()))

    def first_instance(self) -> Call:
        return self._read(lambda: instance.first_version(self.world.origin, self.limits()))

    def nodeinfo_links(self) -> Call:
        return self._read(lambda: instance.nodeinfo_links(f"{self.world.origin}/{NAME}"))

    def nodeinfo(self) -> Call:
        return self._read(lambda: instance.nodeinfo(self.limits()))

    def verify(self) -> Call:
        me = self.me
        return self._read(lambda: shapes.credentials(self.world, me))

    def publish(self) -> Call:
        kinds = {"publish", "comment"} if self.said.get("in_reply_to_id") else {"publish"}
        return Call(frozenset(kinds), self.me, partial(self._publish, self.me))

    def _publish(self, me: Account) -> Response:
        key = self.request.headers.get("idempotency-key", "")
        entry, new = statuses.publish(self.world, me, self.said, key)
        return json_response(self._status(entry), created=new)

    def look(self, name: str) -> Call:
        entry = self._visible(name)
        return self._read(lambda: self._status(entry), self._owner(entry))

    def source(self, name: str) -> Call:
        """A StatusSource: what was written, for who wrote it."""
        entry = self._mine(name)
        said = {
            "id": entry.id,
            "text": entry.text,
            "spoiler_text": entry.notes["spoiler_text"],
        }
        return self._read(lambda: said, self.me)

    def edit(self, name: str) -> Call:
        me, entry = self.me, self._mine(name)
        return Call(frozenset({"edit"}), me, partial(self._edit, me, entry))

    def _edit(self, me: Account, entry: Entry) -> Response:
        with self.world.ledger.lock:
            entry = statuses.edit(self.world, me, entry, self.said)
        return json_response(self._status(entry))

    def delete(self, name: str) -> Call:
        me, entry = self.me, self._mine(name)
        return Call(frozenset({"delete"}), me, partial(self._delete, entry))

    def _delete(self, entry: Entry) -> Response:
        """Answers the status with its source text, so that it could be written again."""
        shown = self._status(entry) | {"text": entry.text}
        self.world.ledger.delete(entry)
        return json_response(shown)

    def listing(self, name: str) -> Call:
        account = self.world.accounts.get(NAME, name)
        if account is None:
            raise not_found()
        return self._read(partial(self._list, account), account)

    def _list(self, account: Account) -> list[dict[str, Any]]:
        most = min(MOST_LISTED, self._number("limit", LISTED))
        newest = self._number("max_id", 2**80)
        oldest = max(self._number("since_id", 0), self._number("min_id", 0))
        found = (
            entry
            for entry in self.world.ledger.newest(NAME, account.id)
            if oldest < int(entry.id) < newest and self._may_see(entry) and self._wanted(entry)
        )
        return [self._status(entry) for entry in islice(found, most)]

    def _number(self, name: str, default: int) -> int:
        text = str(self.said.get(name, ""))
        return int(text) if text.isascii() and text.isdigit() else default

    def _wanted(self, entry: Entry) -> bool:
        without_replies, only_media = (
            str(self.said.get(name, "")).lower() in ("true", "1")
            for name in ("exclude_replies", "only_media")
        )
        return not (without_replies and entry.parent) and not (only_media and not entry.media)

    def upload(self) -> Call:
        return Call(frozenset({"upload"}), self.me, partial(self._upload, self.me))

    def _upload(self, me: Account) -> Response:
        """200 when the media is ready at once, 202 while it is processed."""
        alt, focus = (str(self.said.get(name) or "") for name in ("description", "focus"))
        file = self.request.form.files.get("file")
        upload = make_upload(self.world, me, file, alt, focus)
        ready = not prepares(upload)
        shown = shapes.uploaded(self.world, upload, ready)
        return json_response(shown, 200 if ready else 202, created=True)

    def look_at_upload(self, name: str) -> Call:
        upload = self.world.uploads.get(NAME, self.me.id, name)
        if upload is None or upload.attached:
            raise not_found()
        return Call(frozenset({"read"}), self.me, partial(self._look_at_upload, upload))

    def _look_at_upload(self, upload: Upload) -> Response:
        ready = self.world.uploads.look(upload)
        if ready and upload.broken:
            raise unprocessable("Error processing thumbnail for uploaded media")
        shown = shapes.uploaded(self.world, upload, ready)
        return json_response(shown, 200 if ready else 206)

    def _owner(self, entry: Entry) -> Account:
        account = self.world.accounts.get(NAME, entry.account)
        if account is None:
            raise not_found()  # posted before a restart, by an account nobody registered again
        return account

    def _status(self, entry: Entry) -> dict[str, Any]:
        return shapes.status(self.world, self._owner(entry), entry)

    def _visible(self, name: str) -> Entry:
        entry = self.world.ledger.live(NAME, name)
        if entry is None or not self._may_see(entry):
            raise not_found()
        return entry

    def _may_see(self, entry: Entry) -> bool:
        own = self.account is not None and self.account.id == entry.account
        return own or entry.notes["visibility"] in ("public", "unlisted")

    def _mine(self, name: str) -> Entry:
        entry = self._visible(name)
        if entry.account != self.me.id:
            raise not_found()
        return entry


Route = tuple[str, re.Pattern[str], Callable[..., Call]]

ROUTES: tuple[Route, ...] = tuple(
    (method, re.compile(pattern), route)
    for method, pattern, route in (
        ("POST", r"/api/v1/statuses", Exchange.publish),
        ("GET", r"/api/v1/statuses/(\d+)", Exchange.look),
        ("GET", r"/api/v1/statuses/(\d+)/source", Exchange.source),
        ("PUT", r"/api/v1/statuses/(\d+)", Exchange.edit),
        ("DELETE", r"/api/v1/statuses/(\d+)", Exchange.delete),
        ("GET", r"/api/v1/accounts/verify_credentials", Exchange.verify),
        ("GET", r"/api/v1/accounts/([^/]+)/statuses", Exchange.listing),
        ("POST", r"/api/v2/media", Exchange.upload),
        ("GET", r"/api/v1/media/(\d+)", Exchange.look_at_upload),
        ("GET", r"/api/v2/instance", Exchange.second_instance),
        ("GET", r"/api/v1/instance", Exchange.first_instance),
        ("GET", r"/\.well-known/nodeinfo", Exchange.nodeinfo_links),
        ("GET", r"/nodeinfo/2\.0", Exchange.nodeinfo),
    )
)
