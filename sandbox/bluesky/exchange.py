"""One request to Bluesky: which call it is, and its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sandbox.accounts import Account
from sandbox.bluesky import blobs, shapes
from sandbox.bluesky.blobs import Videos
from sandbox.bluesky.errors import invalid, refused
from sandbox.bluesky.rates import CREATE, DELETE, Meter
from sandbox.bluesky.repo import Gates, Repo
from sandbox.bluesky.sessions import Sessions
from sandbox.bluesky.shapes import NAME
from sandbox.platform import Call
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

SERVICE_TOKEN = 60  # seconds, where no end is asked for


@dataclass
class Services:
    """What one sandbox's Bluesky remembers beside its ledger."""

    meter: Meter
    sessions: Sessions = field(default_factory=Sessions)
    gates: Gates = field(default_factory=Gates)
    videos: Videos = field(default_factory=Videos)


class Exchange:
    """A request to the server, the directory or the video service. Methods raise `Refused`."""

    def __init__(self, request: Request, world: World, here: Services) -> None:
        self.request, self.world, self.here = request, world, here
        self.path = request.path.removeprefix(f"/{NAME}")

    def call(self) -> Call:
        if self.path.startswith("/did:"):
            return self._read(None, self._document)
        method = METHODS.get((self.request.method, self.path.removeprefix("/xrpc/")))
        if method is None or not self.path.startswith("/xrpc/"):
            raise refused(404, "XRPCNotSupported", "XRPC Method Not Implemented")
        return method(self)

    @property
    def said(self) -> dict[str, Any]:
        return self.request.form.fields

    def me(self, scope: str = "access") -> Account:
        return self.here.sessions.holder(self.world, self.request.bearer, scope)

    def repo(self, account: Account) -> Repo:
        return Repo(self.world, account, self.here.gates)

    def _read(self, account: Account | None, tell: Callable[[], Any]) -> Call:
        return Call(frozenset({"read"}), account, lambda: json_response(tell()))

    def _named(self, name: str) -> Account:
        """The account of a DID or handle. Raises `Refused`."""
        for account in self.world.accounts.all(NAME):
            if name.lower() in (account.id.lower(), shapes.handle(account)):
                return account
        raise invalid("Unable to resolve handle")

    def _document(self) -> dict[str, Any]:
        account = self.world.accounts.get(NAME, self.path[1:])
        if account is None:
            raise refused(404, "NotFound", f"DID not registered: {self.path[1:]}")
        return shapes.document(self.world, account)

    # Sessions

    def resolve(self) -> Call:
        name = self.request.query.get("handle", "")
        return self._read(None, lambda: {"did": self._named(name).id})

    def sign_in(self) -> Call:
        name = str(self.said.get("identifier", "")).lower()
        self.here.meter.admit_sign_in(name)
        known = [a for a in self.world.accounts.all(NAME) if name in (a.id, shapes.handle(a))]
        make = partial(self.here.sessions.sign_in, self.world, self.said)
        return Call(
            frozenset({"refresh"}), known[0] if known else None, lambda: json_response(make())
        )

    def renew(self) -> Call:
        me = self.me("refresh")
        make = partial(self.here.sessions.renew, self.world, self.request.bearer)
        return Call(frozenset({"refresh"}), me, lambda: json_response(make()))

    def session(self) -> Call:
        me = self.me()
        said = {"did": me.id, "handle": shapes.handle(me), "active": True}
        return self._read(me, lambda: said)

    def service_token(self) -> Call:
        me, query = self.me(), self.request.query
        if not query.get("aud"):
            raise invalid("Params must have the property aud")
        method = query.get("lxm", "")
        return self._read(me, lambda: {"token": self.here.sessions.make(me, method, SERVICE_TOKEN)})

    # Records

    def put(self) -> Call:
        me = self._writer()
        return self._writes(me, [self.said.get("record")], partial(self._put, me))

    def _put(self, me: Account) -> Response:
        self.here.meter.admit(me, CREATE)
        said, new = self.repo(me).put(self.said)
        commit = {"commit": {"cid": said["cid"], "rev": said["uri"][-13:]}} if new else {}
        return json_response({**said, **commit, "validationStatus": "valid"}, created=new)

    def apply(self) -> Call:
        me = self._writer()
        writes = self.said.get("writes")
        values = [w.get("value") for w in writes] if isinstance(writes, list) else []
        return self._writes(me, values, partial(self._apply, me))

    def _apply(self, me: Account) -> Response:
        self.here.meter.admit(me, CREATE * len(self.said["writes"]))
        return json_response(self.repo(me).apply(self.said), created=True)

    def _writes(self, me: Account, values: list[Any], perform: Callable[[], Response]) -> Call:
        replies = isinstance(values[0], dict) and "reply" in values[0] if values else False
        return Call(frozenset({"publish", "comment"} if replies else {"publish"}), me, perform)

    def _writer(self) -> Account:
        me = self.me()
        if self.said.get("repo") not in (me.id, shapes.handle(me)):
            raise refused(403, "AuthenticationRequired", "The repo is not yours")
        return me

    def delete(self) -> Call:
        return Call(frozenset({"delete"}), self._writer(), partial(self._delete, self._writer()))

    def _delete(self, me: Account) -> Response:
        self.here.meter.admit(me, DELETE)
        self.repo(me).delete(self.said)
        return json_response({})

    def record(self) -> Call:
        query = self.request.query
        account = self._named(query.get("repo", ""))
        return self._read(account, partial(self._record, account, query))

    def _record(self, account: Account, query: dict[str, str]) -> dict[str, Any]:
        found = self.repo(account).find(query.get("collection", ""), query.get("rkey", ""))
        if found is None:
            uri = shapes.uri(account, query.get("collection", ""), query.get("rkey", ""))
            raise refused(400, "RecordNotFound", f"Could not locate record: {uri}")
        return found

    def upload(self) -> Call:
        me = self.me()
        perform = partial(blobs.upload, self.world, me, self.request)
        return Call(frozenset({"upload"}), me, perform)

    # Video

    def upload_limits(self) -> Call:
        me = self.me("app.bsky.video.getUploadLimits")
        refuses = me.limits.get("no_videos")
        said = {"canUpload": not refuses, **({"message": str(refuses)} if refuses else {})}
        return self._read(me, lambda: said)

    def upload_video(self) -> Call:
        me = self.me("com.atproto.repo.uploadBlob")
        perform = partial(self.here.videos.take, self.world, me, self.request)
        return Call(frozenset({"upload"}), me, perform)

    def look_at_video(self) -> Call:
        return Call(frozenset({"read"}), None, partial(self.here.videos.look, self.request))

    # What Bluesky's own service adds

    def profile(self) -> Call:
        account = self._named(self.request.query.get("actor", ""))
        return self._read(self.me(), partial(shapes.profile, self.world, account))

    def posts(self) -> Call:
        return self._read(self.me(), self._posts)

    def _posts(self) -> dict[str, Any]:
        entry = self.world.ledger.live(NAME, self.request.query.get("uris", ""))
        account = self.world.accounts.get(NAME, entry.account) if entry else None
        if entry is None or account is None:
            return {"posts": []}
        return {"posts": [shapes.post_view(self.world, account, entry)]}


METHODS: dict[tuple[str, str], Callable[[Exchange], Call]] = {
    ("GET", "com.atproto.identity.resolveHandle"): Exchange.resolve,
    ("POST", "com.atproto.server.createSession"): Exchange.sign_in,
    ("POST", "com.atproto.server.refreshSession"): Exchange.renew,
    ("GET", "com.atproto.server.getSession"): Exchange.session,
    ("GET", "com.atproto.server.getServiceAuth"): Exchange.service_token,
    ("POST", "com.atproto.repo.putRecord"): Exchange.put,
    ("POST", "com.atproto.repo.applyWrites"): Exchange.apply,
    ("POST", "com.atproto.repo.deleteRecord"): Exchange.delete,
    ("GET", "com.atproto.repo.getRecord"): Exchange.record,
    ("POST", "com.atproto.repo.uploadBlob"): Exchange.upload,
    ("GET", "app.bsky.video.getUploadLimits"): Exchange.upload_limits,
    ("POST", "app.bsky.video.uploadVideo"): Exchange.upload_video,
    ("GET", "app.bsky.video.getJobStatus"): Exchange.look_at_video,
    ("GET", "app.bsky.actor.getProfile"): Exchange.profile,
    ("GET", "app.bsky.feed.getPosts"): Exchange.posts,
}
