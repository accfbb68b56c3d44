"""A sandbox, accounts that live there, and posts that are due."""

import io
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from organisation.clock import database_now
from platforms.models import Account
from posting.database_threads import here
from posting.models import Post
from posting.publishing import publish_next
from tests.engine.working import Workers
from tests.factories import AccountFactory, PieceFactory, PostFactory
from tests.sandbox.conftest import Sandbox, running

PLATFORMS = ("facebook", "mastodon")
WORKER = "worker-of-a-test"
MakePost = Callable[..., Post]


@pytest.fixture(scope="session")
def _one_sandbox() -> Iterator[Sandbox]:
    with running() as client:
        yield client


@pytest.fixture
def sandbox(_one_sandbox: Sandbox, settings: Any, data_dir: Any) -> Sandbox:
    """The sandbox, empty, and the product's settings pointing to it."""
    for what in ("faults", "ledger", "requests"):
        _one_sandbox.control("DELETE", what)
    settings.SANDBOX_URL = _one_sandbox.address
    settings.CONNECT_TIMEOUT = 1.0
    settings.READ_TIMEOUT = 1.0
    return _one_sandbox


def make_account(sandbox: Sandbox, platform: str, **more: Any) -> Account:
    """An account the sandbox knows. A Mastodon one whose server says it is Mastodon."""
    facts = {"software": "mastodon"} if platform == "mastodon" else {}
    values = {
        "server": "sandbox",
        "token": f"{platform}-{secrets.token_hex(8)}",
        "server_facts": facts,
        **more,
    }
    limits = values.pop("limits", {})
    account = AccountFactory(platform=platform, **values)
    sandbox.register(platform, account.remote_id, values["token"], limits=limits)
    return account


@pytest.fixture
def make_post(sandbox: Sandbox) -> MakePost:
    """Makes a due post: `make_post("mastodon", text="…")`; `account=` for one that exists."""

    def make(platform: str = "facebook", *, account: Account | None = None, **more: Any) -> Post:
        account = account or make_account(sandbox, platform)
        media, text = more.pop("media", ()), more.pop("text", f"A text for {platform}")
        channel = more.pop("channel", account.platform.adapter.channels[0].slug)
        piece = PieceFactory(brand=account.brand, text=text, media=media, **more)
        kind = account.platform.channel_types.get(slug=channel)
        return PostFactory(account=account, piece=piece, channel_type=kind, scheduled=True)

    return make


@pytest.fixture
def workers(process_environment: dict[str, str], sandbox: Sandbox, tmp_path: Path) -> Workers:
    return Workers(process_environment, sandbox, tmp_path / "failpoints")


def send_due() -> int:
    """Send everything that is due, in this thread; return how much that was."""
    sent = 0
    while sent < 100 and publish_next(WORKER, here):
        sent += 1
    return sent


def later(minutes: float) -> Any:
    """An instant so many minutes from now, by the database's clock."""
    return database_now() + timedelta(minutes=minutes)


def wake(post: Post) -> None:
    """Let a post that waits for its next try be due now."""
    Post.objects.filter(pk=post.pk).update(wake_at=later(-1))


def live(sandbox: Sandbox, post: Post) -> int:
    """How many copies of the post are live, by the referee's word."""
    text = post.piece_version.text
    return sandbox.texts(account=post.account.remote_id).count(text)


@pytest.fixture
def picture() -> io.BytesIO:
    """A small PNG as a browser would upload it."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, "PNG")
    file.seek(0)
    return file
