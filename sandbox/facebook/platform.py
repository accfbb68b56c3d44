"""Who asks, what goes wrong to order, and the headers of every answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sandbox import graph
from sandbox.accounts import Account
from sandbox.facebook import tokens
from sandbox.facebook.exchange import Exchange
from sandbox.facebook.shapes import NAME
from sandbox.platform import Call, LimitTypes
from sandbox.wire import Request, Response
from sandbox.world import World


class Facebook:
    """The stand-in for `graph.facebook.com`, as far as Pages are concerned."""

    name = NAME
    tokens_name_accounts = False  # the Page is named in the path
    limits: LimitTypes = {
        "app_id": str,
        "app_secret": str,
        "user_token": str,
        "usage": (int, float),
    }

    def call(self, request: Request, world: World) -> Call:
        _, parts = graph.split_version(request.path.removeprefix(f"/{NAME}"))
        if not parts or len(parts) > 2:
            raise graph.unknown_path("/" + "/".join(parts))
        if parts == ["debug_token"] and request.method == "GET":
            return Call(frozenset({"read"}), None, partial(tokens.debug_token, request, world))
        node, edge = parts[0], parts[1] if len(parts) == 2 else ""
        if node == "me" and (pages := tokens.pages_of_user(request, world)):
            return tokens.user_call(request, edge, pages)
        account = tokens.speaker(request, node, world)
        return Exchange(request, world, account).call(account.id if node == "me" else node, edge)

    def refusal(self, fault: str, seconds: float, call: Call) -> Response:
        return graph.refusal(fault, seconds, call.account)

    def signed(self, response: Response, account: Account | None) -> Response:
        said = {name for name, _ in response.headers}
        more = [pair for pair in graph.usage(account).items() if pair[0] not in said]
        version = ("facebook-api-version", graph.VERSIONS[-1])
        return replace(response, headers=(*response.headers, version, *more))
