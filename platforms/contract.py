"""What an adapter may implement.

Every adapter publishes; the rest are small protocols, asked for with isinstance(). An adapter gets
frozen values and never a model. `docs/adding-a-platform.md` walks through writing one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, runtime_checkable

from platforms.errors import NotSent
from platforms.http import Client
from platforms.values import (
    AccountFacts,
    Allowance,
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


@dataclass(frozen=True)
class Connection:
    """All an adapter needs to talk for one account."""

    base_url: str  # without a version or a slash at the end
    version: str
    remote_id: str
    client: Client
    credentials: Mapping[str, str] = field(repr=False)  # by credential type
    read_media: Callable[[MediaItem], bytes] = field(repr=False)
    server_facts: Mapping[str, Any] = field(default_factory=dict)

    def bytes_of(self, item: MediaItem) -> bytes:
        """Return the picture's bytes. Raises NotSent when they cannot be read."""
        try:
            return self.read_media(item)
        except OSError as error:
            raise NotSent(
                f"Picture {item.position} could not be read from this server's disk. "
                "Nothing was sent."
            ) from error


class Journal(Protocol):
    """The write-ahead record through which an adapter does everything that leaves a trace.

    All three raise OutcomeUnknown or another PlatformError; the adapter lets them pass.
    """

    def once(self, step: str, send: Callable[[], Json], request: Json) -> Json:
        """Do what cannot be taken back. Never done a second time after an unclear outcome."""

    def keyed(
        self, step: str, send: Callable[[str], Json], request: Json, window: timedelta
    ) -> Json:
        """Do what the platform itself does only once per key, for as long as `window`."""

    def repeatable(
        self, step: str, do: Callable[[], Json], valid_for: timedelta = timedelta(hours=1)
    ) -> Json:
        """Do what may be done again, such as an upload. The result is reused for `valid_for`."""


@runtime_checkable
class Adapter(Protocol):
    """One platform. Instances live for one post."""

    slug: ClassVar[str]
    name: ClassVar[str]
    glyph: ClassVar[str]  # a Font Awesome name
    channels: ClassVar[tuple[Channel, ...]]
    api_base_url: ClassVar[str]  # empty where every account names its own server
    api_version: ClassVar[str]
    credential_types: ClassVar[tuple[str, ...]]  # what an account needs before it can send

    def __init__(self, connection: Connection) -> None: ...

    @classmethod
    def limits(cls, channel: str, server_facts: Mapping[str, Any]) -> Limits:
        """Return what the channel takes, by the server's own word where it gives one."""

    @classmethod
    def problems(cls, rendition: Rendition, limits: Limits) -> list[Problem]:
        """Return what this platform cannot do with the rendition beyond the general limits."""

    @classmethod
    def account_url(
        cls, base_url: str, remote_id: str, server_facts: Mapping[str, Any] | None = None
    ) -> str:
        """Return the page a person opens to look at the account, or an empty string."""

    @classmethod
    def sites(cls, base_url: str, server_facts: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Return the hosts at which people see the account's posts; their subdomains count too."""

    def publish(self, rendition: Rendition, journal: Journal) -> Receipt:
        """Put the rendition out. Every request that creates goes through the journal."""


@runtime_checkable
class TellsAllowances(Protocol):
    """Says with its answers what is left of its rate limits."""

    @classmethod
    def allowances(cls, headers: Mapping[str, str], now: datetime) -> list[Allowance]:
        """Read them from the headers of any answer; empty when there are none."""


@runtime_checkable
class FindsPosts(Protocol):
    """Can look whether a post is out after an unclear outcome."""

    def find(
        self,
        rendition: Rendition,
        steps: Sequence[StepRecord],
        known_ids: frozenset[str] = frozenset(),
    ) -> Sighting:
        """Look among what the account shows; `known_ids` are other posts' and do not count.

        Raises nothing: a platform that could not be read is CannotTell.
        """


@runtime_checkable
class Deletes(Protocol):
    """Can remove a post. Removing one that is gone already is a success."""

    def delete(self, remote_id: str, journal: Journal) -> None: ...


@runtime_checkable
class Comments(Protocol):
    """Can comment on its own post."""

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt: ...


@runtime_checkable
class Identifies(Protocol):
    """Can say which account the token belongs to, and what its server allows."""

    def identify(self) -> AccountFacts:
        """Ask the platform. Raises any PlatformError, Unclear included: it only reads."""
