"""Who asks, what goes wrong to order, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from sandbox import graph
from sandbox.accounts import Account
from sandbox.facebook import grants, login, tokens, videos
from sandbox.facebook.exchange import Exchange
from sandbox.facebook.shapes import NAME
from sandbox.platform import Call, LimitTypes, Refused
from sandbox.wire import Request, Response
from sandbox.world import World

UPLOADS = f"/{NAME}/video-upload"


class Facebook:
    """The stand-in for `graph.facebook.com`, as far as Pages are concerned."""

    name = NAME
    tokens_name_accounts = False  # the Page is named in the path
    limits: LimitTypes = {
        "app_id": str,
        "app_secret": str,
        "user_token": str,
        "usage": (int, float),
        "video_part": int,
        "video_processing": int,
        "video_after": str,
        "reels": int,
        "insights": dict,
    }

    def call(self, request: Request, world: World) -> Call:
        if request.path.startswith(UPLOADS):
            return upload_call(request, world)
        version, parts = graph.split_version(request.path.removeprefix(f"/{NAME}"))
        call = self._call(request, world, parts)
        return replace(call, perform=partial(answered, call.perform, version))

    def _call(self, request: Request, world: World, parts: list[str]) -> Call:
        if not parts or len(parts) > 2:
            raise graph.unknown_path("/" + "/".join(parts))
        if parts == ["debug_token"] and request.method == "GET":
            return Call(frozenset({"read"}), None, partial(tokens.debug_token, request, world))
        if parts == ["dialog", "oauth"] and request.method in ("GET", "POST"):
            return Call(frozenset(), None, partial(login.dialog, request, world))
        if parts == ["oauth", "access_token"]:
            return Call(frozenset({"refresh"}), None, partial(grants.exchange, request, world))
        node, edge = parts[0], parts[1] if len(parts) == 2 else ""
        granted = world.logins.token(NAME, graph.token_of(request))
        if granted and not granted.page:
            return grants.call(request, world, granted, node, edge)
        if node == "me" and (pages := tokens.pages_of_user(request, world)):
            return tokens.user_call(request, edge, pages)
        account = tokens.speaker(request, node, world)
        return Exchange(request, world, account).call(account.id if node == "me" else node, edge)

    def refusal(
        self, fault: str, seconds: float, call: Call, said: dict[str, Any] | None = None
    ) -> Response:
        return graph.refusal(fault, seconds, call.account, said)

    def signed(self, response: Response, account: Account | None) -> Response:
        said = {name for name, _ in response.headers}
        more = [pair for pair in graph.usage(account).items() if pair[0] not in said]
        return replace(response, headers=(*response.headers, *more))


def answered(perform: Callable[[], Response], version: str) -> Response:
    """The answer, with the version that gave it."""
    response = perform()
    return replace(response, headers=(*response.headers, ("facebook-api-version", version)))


def upload_call(request: Request, world: World) -> Call:
    """A file for the upload host: its token in the header, its video in the path."""
    _, parts = graph.split_version(request.path.removeprefix(UPLOADS))
    account = world.accounts.with_token(NAME, request.bearer)
    if account is None or account.expired:
        raise Refused(videos.trouble("OAuthError", "The access token is not valid", 401))
    upload = world.videos.get(account.id, parts[0] if parts else "")
    if upload is None or request.method != "POST":
        raise Refused(videos.trouble("NotFoundError", "There is no such upload", 404))
    perform = partial(videos.take_rest, world.videos, upload, request)
    return Call(frozenset({"upload"}), account, perform)
