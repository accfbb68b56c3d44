"""Who asks, what goes wrong to order, and the headers of every answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from sandbox import graph, linked
from sandbox.accounts import Account
from sandbox.facebook import grants
from sandbox.facebook import shapes as facebook
from sandbox.instagram import login
from sandbox.instagram.exchange import Exchange
from sandbox.instagram.making import take_bytes
from sandbox.instagram.media import refused
from sandbox.linked import NAME
from sandbox.logins import Token
from sandbox.platform import Call, LimitTypes, Refused
from sandbox.wire import Request, Response
from sandbox.world import World

RATE_LIMITED = 80002  # Business Use Case limit of Instagram


class Instagram:
    """The stand-in for `graph.instagram.com`, and for Instagram at `graph.facebook.com`."""

    name = NAME
    tokens_name_accounts = True
    limits: LimitTypes = {
        "login": str,  # `facebook` for that login; anything else is Instagram's own
        "account_type": str,  # `PERSONAL` for one that no app may post to
        "unlinked": bool,  # the Page of Facebook login has no account
        "app_secret": str,  # then `appsecret_proof` is needed
        "looks": int,  # how often a video is found being processed
        "dies_of": str,  # the subcode that every container's processing ends with
        "container_life": (int, float),  # seconds, instead of a day
        "quota_total": int,  # posts in 24 hours, instead of 50
        "quota_used": int,  # besides those in the ledger
        "metrics": dict,  # numbers that insights show
        "usage": (int, float),  # percent for the headers
    }

    def call(self, request: Request, world: World) -> Call:
        path = request.path.removeprefix(f"/{NAME}")
        if signing_in := login.call(request, path, world):
            return signing_in
        uploads = path.startswith("/ig-api-upload/")
        _, parts = graph.split_version(path.removeprefix("/ig-api-upload"))
        if not parts or len(parts) > 2 or (uploads and len(parts) != 1):
            raise graph.unknown_path("/" + "/".join(parts))
        if uploads:
            account = speaker(request, request.bearer, world)
            perform = partial(take_bytes, request, world, account, parts[0])
            return Call(frozenset({"upload"}), account, perform)
        account = speaker(request, graph.token_of(request), world)
        graph.check_proof(request, account)
        return Exchange(request, world, account).call(parts[0], "".join(parts[1:]))

    def refusal(
        self, fault: str, seconds: float, call: Call, said: dict[str, Any] | None = None
    ) -> Response:
        if said:
            return graph.refusal(fault, seconds, call.account, said)
        if fault == "quota":
            words = "You reached the maximum number of posts that is allowed."
            return refused(9, 2207042, words).response
        if fault == "refuse":
            words = "The submitted image has an invalid aspect ratio."
            return refused(36003, 2207009, words).response
        return graph.refusal(fault, seconds, call.account)

    def signed(self, response: Response, account: Account | None) -> Response:
        said = {name for name, _ in response.headers}
        usage = graph.usage(account, kind=NAME)
        more = [pair for pair in usage.items() if pair[0] not in said]
        version = ("facebook-api-version", graph.VERSIONS[-1])
        return replace(response, headers=(*response.headers, version, *more))


def speaker(request: Request, token: str, world: World) -> Account:
    """The account whose token this is. Raises `Refused` for no, a wrong or an expired token."""
    if not token:
        raise graph.missing_token()
    if granted := world.logins.token(NAME, token):
        return of_login(request, granted, linked.account_of(granted.consent.person, NAME, world))
    page = world.logins.token(facebook.NAME, token)
    person = linked.BY_PAGE.get(page.page) if page else None
    if page and person:
        grants.check_proof(request, page, world)
        return of_login(request, page, linked.account_of(person, facebook.NAME, world))
    account = world.accounts.with_token(NAME, token)
    if account is None:
        raise Refused(graph.bad_token())
    if account.expired:
        raise Refused(graph.expired_token())
    return account


# What a call needs, by the last part of its path; the first is Facebook login's.
SCOPES = {
    "media_publish": ("instagram_content_publish", "instagram_business_content_publish"),
    "comments": ("instagram_manage_comments", "instagram_business_manage_comments"),
    "insights": ("instagram_manage_insights", "instagram_business_manage_insights"),
}


def of_login(request: Request, token: Token, account: Account) -> Account:
    """The account that a token from a login speaks for, if it may do what is asked."""
    grants.check_alive(token)
    last = request.path.rpartition("/")[2]
    if request.method == "POST" and last == "media":
        last = "media_publish"
    by_facebook, by_itself = SCOPES.get(last, ("instagram_basic", "instagram_business_basic"))
    grants.require(token, by_facebook if token.platform == facebook.NAME else by_itself)
    return account
