"""What an adapter may implement.

Every adapter publishes; the rest are small protocols, asked for with isinstance(). An adapter gets
frozen values and never a model. `docs/adding-a-platform.md` walks through writing one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import IO, Any, ClassVar, Protocol, runtime_checkable

from platforms.errors import NotSent, Rejected
from platforms.http import Client
from platforms.streams import Stream
from platforms.values import (
    AccountFacts,
    Allowance,
    Channel,
    Json,
    Limits,
    MediaItem,
    Metric,
    Option,
    Price,
    Problem,
    Receipt,
    Rendition,
    Sighting,
    StepRecord,
)

CHUNK = 64 * 1024  # bytes of a file that are read, and must leave within a time-out, at once


def no_address(item: MediaItem) -> str:
    """Stand where a connection has no public address for its files. Raises Rejected."""
    raise Rejected("This server has no public address from which media could be fetched.")


@dataclass(frozen=True)
class Connection:
    """All an adapter needs to talk for one account."""

    base_url: str  # without a version or a slash at the end
    version: str
    remote_id: str
    client: Client
    credentials: Mapping[str, str] = field(repr=False)  # by credential type
    open_media: Callable[[MediaItem], IO[bytes]] = field(repr=False)  # it can seek
    server_facts: Mapping[str, Any] = field(default_factory=dict)
    fallback_version: str = ""  # used where the version is refused; empty: there is no other
    # Where a platform that takes no bytes can fetch the file. Raises NotSent or Rejected.
    address_of: Callable[[MediaItem], str] = field(default=no_address, repr=False)

    def bytes_of(self, item: MediaItem) -> bytes:
        """Return a whole picture. Raises NotSent when it cannot be read."""
        with self._opened(item) as file, _readable(item):
            return file.read()

    def stream_of(self, item: MediaItem, start: int = 0, end: int | None = None) -> Stream:
        """Return the bytes from `start` up to `end`, read piece by piece as they are sent.

        Raises NotSent when they cannot be read, before the first of them is sent or after.
        """
        end = item.size if end is None else min(end, item.size)

        def chunks() -> Iterator[bytes]:
            with self._opened(item) as file:
                with _readable(item):
                    file.seek(start)
                left = end - start
                while left > 0:
                    with _readable(item):
                        chunk = file.read(min(CHUNK, left))
                        if not chunk:
                            raise OSError("the file is shorter than it was")
                    left -= len(chunk)
                    yield chunk

        return Stream(end - start, chunks)

    def _opened(self, item: MediaItem) -> IO[bytes]:
        with _readable(item):
            return self.open_media(item)


@contextmanager
def _readable(item: MediaItem) -> Iterator[None]:
    """Say in words that a file of ours failed, and not the platform."""
    try:
        yield
    except OSError as error:
        raise NotSent(
            f"{item.noun} could not be read from this server's disk. Nothing was sent."
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
        self,
        step: str,
        do: Callable[[], Json],
        valid_for: timedelta = timedelta(hours=1),
        request: Json | None = None,
    ) -> Json:
        """Do what may be done again, such as an upload. The result is reused for `valid_for`.

        `request` is what it is about, such as the file's hash: for another one, as after an edit,
        it is done anew.
        Another step may be done inside this one.

        The lease is kept for as long as the client goes on sending, so that an upload may take
        hours. NotReady, raised in here or between two steps, gives the worker back; a later claim
        runs `publish` again, in which every step that is done answers at once.
        """

    def forget(self, step: str) -> None:
        """Give up the result of a repeatable step: it is no longer good at the platform."""


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
class OffersOptions(Protocol):
    """Has choices of its own for a post, which the composer shows."""

    @classmethod
    def options(cls, channel: str) -> tuple[Option, ...]:
        """Return what may be chosen on a channel. `problems` judges what was chosen."""


@runtime_checkable
class AnswersInPlaces(Protocol):
    """Its API stands elsewhere for some accounts than `api_base_url` says."""

    @classmethod
    def api_of(cls, server_facts: Mapping[str, Any]) -> str:
        """Return the address for an account of which these facts are known."""


@runtime_checkable
class WritesThreads(Protocol):
    """Cuts a long text into the posts of a thread, on channels that are for threads."""

    @classmethod
    def parts(cls, rendition: Rendition, limits: Limits) -> list[str]:
        """Return the text of each post, in order; none on any other channel. Pure."""


@runtime_checkable
class Charges(Protocol):
    """Takes money for each request of some kinds, which is said before it is spent."""

    @classmethod
    def prices(cls) -> tuple[Price, ...]:
        """Return what is charged for. The amounts are where staff's own settings begin."""

    @classmethod
    def bill(cls, rendition: Rendition, comment: str = "") -> Mapping[str, str]:
        """Return the name of the price of each step of the journal that `publish` will do.

        `comment`: what is written below it once it is out; its step is `comment`. Pure.
        """

    @classmethod
    def bill_of_deletion(cls, posts: int) -> Mapping[str, str]:
        """Return the same for removing so many posts of one thread, as `Deletes` does."""


@runtime_checkable
class HasTiers(Protocol):
    """Takes more from accounts with a subscription, and does not tell which have one."""

    @classmethod
    def tiers(cls) -> Mapping[str, str]:
        """Return each kind of account with its words; that of most accounts is the empty name.

        `limits` finds it among the facts, as `tier`.
        """


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
class PublishesInParts(Protocol):
    """Sends each post of a thread by a request of its own, so that a thread can be half out.

    Their steps are called as `platforms.parts` says, and the result of each has `id` and `url`.
    """

    def delete_parts(self, remote_ids: Sequence[str], journal: Journal) -> None:
        """Remove the posts of a thread, first to last as they are given.

        Raises Rejected that names those which the platform keeps, once all were tried.
        """


@runtime_checkable
class Edits(Protocol):
    """Can change the text of a post that is out, on channels whose posts take that."""

    def edit(self, remote_id: str, text: str, journal: Journal) -> None:
        """Let the post say this instead. Doing it twice is the same as once."""


@runtime_checkable
class ReadsBack(Protocol):
    """Can read one post by its id, to see that it is there and stays there."""

    def read_back(self, remote_id: str, channel: str) -> Sighting:
        """Return Found, with its text where that is told, or Absent when it is gone.

        Unpublished: the platform could not prepare it and never showed it. CannotTell: nobody
        knows, or it is being prepared still. Raises nothing.
        """


@runtime_checkable
class ReadsMetrics(Protocol):
    """Can say how a post and its account do. What one set of figures lacks, others may have."""

    def post_metrics(self, remote_id: str, channel: str) -> list[Metric]:
        """Read a post's figures since it is out. Raises any PlatformError when none can be read."""

    def account_metrics(self) -> list[Metric]:
        """Read the account's figures of the last day. Raises any PlatformError."""


@runtime_checkable
class Versioned(Protocol):
    """Its API has versions that end."""

    @classmethod
    def versions(cls) -> Mapping[str, date | None]:
        """Return those it knows, and the day on which each ends; None where no day is set."""


@runtime_checkable
class Comments(Protocol):
    """Can comment on its own post."""

    def comment(self, remote_id: str, text: str, journal: Journal) -> Receipt: ...


def stops_alike_within(adapter: Any) -> timedelta | None:
    """Within what time the platform forbids nearly the same text on several accounts of one owner.

    None where it does not; an adapter says so by the attribute `stops_alike_within`.
    """
    within: timedelta | None = getattr(adapter, "stops_alike_within", None)
    return within


def reading_costs(adapter: Any) -> bool:
    """Say whether the platform charges for each post that is read, so that few are."""
    return bool(getattr(adapter, "reading_costs", False))


def api_of(adapter: Any, server_facts: Mapping[str, Any]) -> str:
    """Return where an adapter's API answers for an account; empty where each names its server."""
    if isinstance(adapter, AnswersInPlaces):
        return adapter.api_of(server_facts)
    return str(adapter.api_base_url)


@runtime_checkable
class Identifies(Protocol):
    """Can say which account the token belongs to, and what its server allows."""

    def identify(self) -> AccountFacts:
        """Ask the platform. Raises any PlatformError, Unclear included: it only reads."""
