"""What a test class says about its platform, and what the contract's tests are made from."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from platforms.checking import limits_for
from platforms.clock import boottime
from platforms.contract import Adapter, Connection
from platforms.errors import NotSent, PlatformError
from platforms.http import Client
from platforms.redaction import Redactor
from platforms.values import Absent, Limits, MediaItem, Rendition, StepRecord
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply, ReplyServer

TOKEN = "tok-3f9a7c51e2d84b60"
SECRET = "app-secret-77aa88bb99cc"
SOON = 0.2  # seconds; patience with a server that will say nothing
STARTED = datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC)

# After any of these the platform may have taken the request.
UNCLEAR = {
    "silence": Reply(ending="hang"),
    "a reset": Reply(ending="reset"),
    "500": Reply(500, {"error": "something went wrong"}),
    "a proxy's page": Reply(502, "<html>Bad gateway</html>"),
    "503 without a word": Reply(503),
    "garbage": Reply(200, "\x00\x01 not json"),
    "a page": Reply(200, "<html>Welcome</html>", {"Content-Type": "text/html"}),
    "nothing": Reply(200, ""),
    "a list": Reply(200, []),
    "no id": Reply(200, {"ok": True}),
    "a redirect": Reply(307, "", {"Location": "/elsewhere"}),
    "a refusal nobody can read": Reply(400, "<html>Bad request</html>"),
}


def picture(position: int = 1, **facts: Any) -> MediaItem:
    known: dict[str, Any] = {"mime": "image/png", "size": 8, "width": 40, "height": 30}
    known |= {"type": "image", "name": f"{position}.png", "sha256": f"{position:064d}"}
    return MediaItem(position=position, **{**known, "alt": f"Picture {position}", **facts})


def left_open(journal: MemoryJournal) -> list[str]:
    """The steps that were begun and whose outcome nobody knows."""
    return [name for name, step in journal.steps.items() if step.state == "started"]


def unreadable(item: MediaItem) -> Any:
    raise OSError("disk")


def unreachable(item: MediaItem) -> str:
    raise NotSent(f"{item.noun} cannot be fetched from this server.")


class ContractBase:
    """What a test class says about its platform, and the fixtures made from it.

    The simplest post is `text_post` on the first channel; where a platform takes no text alone, it
    is the simplest there is. `create_path` is the request that puts it out: the one that must never
    be sent twice. What else such a post asks for is answered by `play_around`.
    """

    adapter: ClassVar[type[Adapter]]
    credentials: ClassVar[dict[str, str]] = {"access_token": TOKEN}
    remote_id: ClassVar[str] = "1001"
    server_facts: ClassVar[dict[str, Any]] = {}

    # The request that puts a post out, and what it is answered when all goes well.
    create_path: ClassVar[str]
    created: ClassVar[Reply]
    post_id: ClassVar[str]
    has_key: ClassVar[bool] = False  # the platform honours idempotency keys
    looks_again: ClassVar[int] = 0  # questions that are asked anew each time a post goes on

    refusals: ClassVar[dict[str, tuple[Reply, type[PlatformError]]]]
    refusal_with_token: ClassVar[Reply]  # a refusal that repeats the token

    list_path: ClassVar[str]
    # What `find` says of a post that the list lacks.
    not_listed: ClassVar[type] = Absent
    delete_path: ClassVar[str]
    deleted: ClassVar[Reply]
    gone: ClassVar[Reply]  # the answer to deleting what is not there
    comment_path: ClassVar[str]
    commented: ClassVar[Reply]

    def listing(self, *posts: tuple[str, datetime, str], more: bool = False) -> Reply:
        """The newest posts of the account: id, created at, text."""
        raise NotImplementedError

    def play_around(self, server: ReplyServer) -> None:
        """Answer what any post asks for before and after `create_path`; most ask for nothing."""

    def play_pictures(self, server: ReplyServer) -> None:
        """Let everything that a post with pictures needs go well."""
        raise NotImplementedError

    def derived_secrets(self) -> tuple[str, ...]:
        """What is made from the credentials and as secret as they are, such as a signature."""
        return ()

    @pytest.fixture(autouse=True)
    def _played_around(self, server: ReplyServer) -> None:
        self.play_around(server)

    @pytest.fixture
    def client(self) -> Client:
        secrets = [*self.credentials.values()]
        return Client(Redactor(secrets), boottime() + 20, read_timeout=5.0)

    @pytest.fixture
    def make(self, server: ReplyServer, client: Client) -> Callable[..., Any]:
        def make(**changes: Any) -> Any:
            connection: dict[str, Any] = {
                "base_url": server.url,
                "version": self.adapter.api_version,
                "remote_id": self.remote_id,
                "client": client,
                "credentials": self.credentials,
                "open_media": lambda item: io.BytesIO(f"bytes of {item.position}".encode()),
                "server_facts": self.server_facts,
                "address_of": lambda item: f"https://media.example/{item.name}",
            }
            return self.adapter(Connection(**{**connection, **changes}))

        return make

    @pytest.fixture
    def adapter_here(self, make: Callable[..., Any]) -> Any:
        return make()

    @property
    def text_post(self) -> Rendition:
        return Rendition(self.adapter.channels[0].slug, "Ferries run late today.")

    @property
    def picture_post(self) -> Rendition:
        return Rendition(self.adapter.channels[0].slug, "Look.", media=(picture(),))

    def limits(self) -> Limits:
        channel = self.adapter.channels[0].slug
        return limits_for(self.adapter, channel, self.server_facts)

    def play(self, server: ReplyServer, client: Client, method: str, path: str, what: str) -> None:
        """Give one of the answers that are none."""
        server.on(method, path, UNCLEAR[what])
        if UNCLEAR[what].ending == "hang":
            client.read_timeout = SOON

    def open_step(self, started_at: datetime = STARTED) -> list[StepRecord]:
        """The journal after a request at `started_at` whose answer never came."""
        return [StepRecord("post", "once", "started", started_at)]
