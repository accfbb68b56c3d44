"""One request to X: which call it is, and its answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sandbox.accounts import Account
from sandbox.ledger import Entry
from sandbox.platform import Call
from sandbox.twitter import login, media, posts, shapes
from sandbox.twitter.login import Tokens
from sandbox.twitter.problems import forbidden, invalid, missing, refused, unauthorized
from sandbox.twitter.rates import Meter
from sandbox.twitter.shapes import NAME
from sandbox.wire import Request, Response, json_response
from sandbox.world import World

POST_FIELDS = {
    "created_at", "entities", "public_metrics", "non_public_metrics", "author_id",
    "conversation_id",
}  # fmt: skip
USER_FIELDS = {"profile_image_url", "public_metrics"}
LISTED = {"max_results", "exclude", "start_time", "since_id"}


@dataclass
class Services:
    """What one sandbox's X remembers beside its ledger."""

    meter: Meter = field(default_factory=Meter)
    tokens: Tokens = field(default_factory=Tokens)


class Exchange:
    """A request. Methods raise `Refused`."""

    def __init__(self, request: Request, world: World, here: Services) -> None:
        self.request, self.world, self.here = request, world, here
        self.path = request.path.removeprefix(f"/{NAME}")
        self.kind = "read"  # of the rate limit that is told of

    def call(self) -> Call:
        if self.path == "/i/oauth2/authorize" and self.request.method in ("GET", "POST"):
            return Call(
                frozenset(), None,
                lambda: login.dialog(self.request, self.world, self.here.tokens),
            )  # fmt: skip
        if (self.request.method, self.path) == ("POST", "/2/oauth2/token"):
            return login.token_call(self.request, self.world, self.here.tokens)
        for method, pattern, kind, scope, make in CALLS:
            match = re.fullmatch(pattern, self.path)
            if match and method == self.request.method:
                self.kind = kind
                return make(self, self._holder(scope), *match.groups())
        raise refused(404, "Not Found", f"Nothing is at {self.path}.")

    def _holder(self, scope: str) -> Account:
        held = self.here.tokens.holder(self.world, self.request.bearer)
        if held is None:
            raise unauthorized()
        account, scopes = held
        if scope not in scopes:
            raise forbidden(f"Your token lacks the scope {scope}.")
        return account

    @property
    def said(self) -> dict[str, Any]:
        return self.request.form.fields

    def _counted(self, kinds: set[str], account: Account, perform: Callable[[], Response]) -> Call:
        def do() -> Response:
            self.here.meter.admit(account, self.kind)
            return perform()

        return Call(frozenset(kinds), account, do)

    # Posts

    def create(self, me: Account) -> Call:
        kinds = {"publish", "comment"} if "reply" in self.said else {"publish"}
        make = partial(posts.create, self.world, me, self.said, self.here.meter)
        return self._counted(kinds, me, make)

    def delete(self, me: Account, name: str) -> Call:
        return self._counted({"delete"}, me, partial(self._delete, me, name))

    def _delete(self, me: Account, name: str) -> Response:
        entry = self.world.ledger.get(NAME, name)
        if entry is not None and entry.account != me.id:
            raise forbidden("You are not authorized to delete this Tweet.")
        if entry is not None:
            self.world.ledger.delete(entry)
        return json_response({"data": {"deleted": True}})

    def show(self, me: Account, name: str) -> Call:
        fields = self._fields(me, POST_FIELDS)
        return self._counted({"read"}, me, partial(self._show, name, fields))

    def _show(self, name: str, fields: set[str]) -> Response:
        entry = self.world.ledger.live(NAME, name)
        account = self.world.accounts.get(NAME, entry.account) if entry else None
        if entry is None or account is None:
            raise missing(name)
        return json_response({"data": shapes.post(self.world, account, entry, fields)})

    def timeline(self, me: Account, name: str) -> Call:
        fields = self._fields(me, POST_FIELDS, LISTED)
        account = self.world.accounts.get(NAME, name)
        if account is None:
            raise missing(name)
        return self._counted({"read"}, me, partial(self._timeline, account, fields))

    def _timeline(self, account: Account, fields: set[str]) -> Response:
        query = self.request.query
        most = query.get("max_results", "10")
        if not most.isdecimal() or not 5 <= int(most) <= 100:
            raise invalid("The `max_results` query parameter value is not between 5 and 100")
        found: list[Entry] = []
        for entry in self.world.ledger.newest(NAME, account.id):
            if "start_time" in query and entry.created_at < moment(query["start_time"]):
                break
            if len(found) > int(most):
                break
            found.append(entry)
        shown = [shapes.post(self.world, account, e, fields) for e in found[: int(most)]]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if len(found) > int(most):
            meta["next_token"] = "7140dibdnow9c7btw482"  # noqa: S105 (says that there is more)
        return json_response({"data": shown, "meta": meta} if shown else {"meta": meta})

    def _fields(self, me: Account, known: set[str], more: set[str] | None = None) -> set[str]:
        """What is asked for. Raises `Refused` for a parameter or field that X does not know."""
        old = bool(me.limits.get("old_names", True))
        name = "tweet.fields" if old else "post.fields"
        allowed = {name, *(more or ())}
        for sent in self.request.query:
            if sent not in allowed:
                raise invalid(
                    f"The query parameter [{sent}] is not one of [{','.join(sorted(allowed))}]"
                )
        return self._wanted(name, known) | ({"tweet"} if old else set())

    def _wanted(self, name: str, known: set[str]) -> set[str]:
        fields = set(filter(None, self.request.query.get(name, "").split(",")))
        if unknown := sorted(fields - known):
            raise invalid(f"The `{name}` query parameter value [{unknown[0]}] is not one of those")
        return fields

    def me(self, me: Account) -> Call:
        if unknown := sorted(set(self.request.query) - {"user.fields"}):
            raise invalid(f"The query parameter [{unknown[0]}] is not one of [user.fields]")
        fields = self._wanted("user.fields", USER_FIELDS)
        show = lambda: json_response({"data": shapes.user(self.world, me, fields)})  # noqa: E731
        return self._counted({"read"}, me, show)

    # Media

    def upload(self, me: Account) -> Call:
        file = self.request.form.files.get("media")
        take = partial(media.take_whole, self.world, me, self.said, file)
        return self._counted({"upload"}, me, take)

    def initialize(self, me: Account) -> Call:
        return self._counted({"upload"}, me, partial(media.begin, self.world, me, self.said))

    def append(self, me: Account, name: str) -> Call:
        file = self.request.form.files.get("media")
        take = partial(media.append, self.world, me, name, self.said, file)
        return self._counted({"upload"}, me, take)

    def finalize(self, me: Account, name: str) -> Call:
        return self._counted({"upload"}, me, partial(media.finalize, self.world, me, name))

    def status(self, me: Account) -> Call:
        query = self.request.query
        if query.get("command") != "STATUS" or set(query) - {"command", "media_id"}:
            raise invalid("The query parameter [command] must be STATUS")
        name = query.get("media_id", "")
        return self._counted({"read"}, me, partial(media.look, self.world, me, name))

    def describe(self, me: Account) -> Call:
        return self._counted({"upload"}, me, partial(media.describe, self.world, me, self.said))


def moment(text: str) -> datetime:
    wrong = invalid("The `start_time` query parameter is not a valid date-time")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise wrong from None
    if found.tzinfo is None:
        raise wrong
    return found


ID = r"([0-9]{1,19})"
Make = Callable[..., Call]
# Method, path, which rate limit it counts for, the scope it needs, what it does.
CALLS: tuple[tuple[str, str, str, str, Make], ...] = (
    ("POST", r"/2/tweets", "post", "tweet.write", Exchange.create),
    ("DELETE", rf"/2/tweets/{ID}", "delete", "tweet.write", Exchange.delete),
    ("GET", rf"/2/tweets/{ID}", "read", "tweet.read", Exchange.show),
    ("GET", rf"/2/users/{ID}/tweets", "read", "tweet.read", Exchange.timeline),
    ("GET", r"/2/users/me", "me", "users.read", Exchange.me),
    ("POST", r"/2/media/upload", "upload", "media.write", Exchange.upload),
    ("GET", r"/2/media/upload", "segment", "media.write", Exchange.status),
    ("POST", r"/2/media/upload/initialize", "segment", "media.write", Exchange.initialize),
    ("POST", rf"/2/media/upload/{ID}/append", "segment", "media.write", Exchange.append),
    ("POST", rf"/2/media/upload/{ID}/finalize", "segment", "media.write", Exchange.finalize),
    ("POST", r"/2/media/metadata", "upload", "media.write", Exchange.describe),
)
