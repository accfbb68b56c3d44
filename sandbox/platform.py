"""What a simulated platform has to offer. One file per platform implements `Platform`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.accounts import Account
from sandbox.wire import Request, Response
from sandbox.world import World

LimitTypes = dict[str, type | tuple[type, ...]]


class Refused(Exception):
    """The platform refuses a request of its own accord, with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"refused with {response.status}")
        self.response = response


@dataclass(frozen=True, slots=True)
class Call:
    """What a request asks for, once it is known who asks and before anything has happened.

    `kinds` are the names by which a fault can mean it: a reply is both `publish` and `comment`.
    `perform` does it and may raise `Refused`.
    """

    kinds: frozenset[str]
    account: Account | None
    perform: Callable[[], Response]

    @property
    def account_id(self) -> str:
        return self.account.id if self.account else ""


class Platform(Protocol):
    """One platform, served below `/{name}`."""

    name: str
    tokens_name_accounts: bool  # the token alone tells the account, so it must be unique
    limits: LimitTypes  # what `limits` of an account may set

    def call(self, request: Request, world: World) -> Call:
        """Finds out what is asked, and by whom. Raises `Refused`."""

    def refusal(
        self, fault: str, seconds: float, call: Call, said: dict[str, Any] | None = None
    ) -> Response:
        """One of `faults.REFUSALS`, or `error_500`, in the platform's own words.

        `said`: which of the platform's errors a `refuse` is; None: the one for content.
        """

    def signed(self, response: Response, account: Account | None) -> Response:
        """The answer with the headers that the platform puts on every answer."""
