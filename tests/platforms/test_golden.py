"""Golden pairs of every kind of post, recorded at the sandbox, and of all that may follow one."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from platforms.adapters.facebook import Facebook
from platforms.adapters.instagram import Instagram
from platforms.adapters.mastodon import Mastodon
from platforms.adapters.twitter import Twitter
from platforms.contract import (
    Comments,
    Connection,
    Deletes,
    Edits,
    FindsPosts,
    Identifies,
    ReadsBack,
    ReadsMetrics,
)
from platforms.values import MediaItem, Rendition
from tests.content.films import film
from tests.platforms.conftest import MakeClient
from tests.platforms.golden import FOLDER, RECORDING, recorded, write
from tests.platforms.journal import MemoryJournal
from tests.platforms.pages import KINDS as ON_PAGES
from tests.platforms.pages import PageAt
from tests.platforms.test_instagram import (  # noqa: F401 (fixtures)
    KINDS,
    LOGINS,
    SECRET,
    TOKEN,
    connect,
    files,
    sandbox,
)
from tests.sandbox.conftest import Sandbox

SECRETS = {"access_token": TOKEN, "app_secret": SECRET}
SAID = {"visibility": "unlisted", "language": "gd", "spoiler_text": "Wet", "sensitive": True}
Life = Callable[[Any, Rendition], None]


def publish(adapter: Any, post: Rendition) -> None:
    adapter.publish(post, MemoryJournal())


def live(adapter: Any, post: Rendition) -> None:
    """Everything an adapter may ever ask for, from the account's name to the post's deletion."""
    if isinstance(adapter, Identifies):
        adapter.identify()
    journal = MemoryJournal()
    name = adapter.publish(post, journal).remote_id
    if isinstance(adapter, FindsPosts):
        adapter.find(post, journal.records())
    if isinstance(adapter, ReadsBack):
        adapter.read_back(name, post.channel)
    if isinstance(adapter, ReadsMetrics):
        adapter.post_metrics(name, post.channel)
        adapter.account_metrics()
    if isinstance(adapter, Comments):
        adapter.comment(name, "First.", MemoryJournal())
    if isinstance(adapter, Edits) and adapter.channels[0].takes_edit:
        adapter.edit(name, "Better.", MemoryJournal())
    if isinstance(adapter, Deletes):
        adapter.delete(name, MemoryJournal())


def play(adapter: Any, name: str, act: Life, post: Rendition, **names: str) -> None:
    """Let an adapter act towards what was recorded."""
    connection: Connection = adapter.connection
    with recorded(name, connection.base_url, {**SECRETS, **names}) as base_url:
        act(type(adapter)(replace(connection, base_url=base_url)), post)


@pytest.mark.golden
@pytest.mark.parametrize("kind", ON_PAGES)
def test_each_kind_of_post_on_a_page(a_page, kind):
    play(a_page.adapter(), f"facebook/{kind.replace(' ', '-')}", publish, ON_PAGES[kind])


@pytest.mark.golden
def test_what_follows_a_post_on_a_page(a_page):
    play(a_page.adapter(), "facebook/life", live, ON_PAGES["photo"])


@pytest.mark.golden
@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_post_at_instagram(connect, files, login, kind):  # noqa: F811
    name = f"instagram-by-{login}/{kind.replace(' ', '-')}"
    play(connect(login), name, publish, KINDS[kind], media=files)


@pytest.mark.golden
def test_what_follows_a_post_at_instagram(connect, files):  # noqa: F811
    play(connect("facebook"), "instagram-by-facebook/life", live, KINDS["image"], media=files)


@pytest.fixture
def profile(sandbox_program: Sandbox, make_client: MakeClient) -> Iterator[Mastodon]:
    account = sandbox_program.register("mastodon", "2002", TOKEN)
    credentials, facts = {"access_token": TOKEN}, {"software": "mastodon"}
    yield Mastodon(
        Connection(
            base_url=account["base_url"],
            version="",
            remote_id="2002",
            client=make_client(TOKEN),
            credentials=credentials,
            open_media=lambda item: NotImplemented,
            server_facts=facts,
        )
    )
    for name in ("faults", "ledger", "requests"):
        sandbox_program.control("DELETE", name)


@pytest.mark.golden
def test_what_follows_a_post_at_mastodon(profile):
    post = Rendition("status", "Ferries run late.", options=SAID)
    play(profile, "mastodon/life", live, post)


@pytest.mark.golden
def test_a_thread_at_mastodon(profile):
    text = "Ferries run late.\n---\nBuses do not."
    said = {"numbered": True, "spoiler_text": "Late"}
    play(profile, "mastodon/thread", publish, Rendition("thread", text, options=said))


@pytest.mark.golden
def test_a_poll_at_mastodon(profile):
    said = {"poll": "Tea; Coffee", "poll_multiple": True}
    play(profile, "mastodon/poll", publish, Rendition("status", "Which?", options=said))


@pytest.mark.golden
def test_a_video_at_mastodon(profile):
    data = film()
    seen = replace(profile.connection, open_media=lambda item: io.BytesIO(data))
    item = MediaItem(
        1, "video", "video/mp4", "1.mp4", "0" * 64, len(data), 1080, 1920, "A ferry", duration=12.5
    )
    post = Rendition("status", "Ferries run late.", media=(item,))
    play(Mastodon(seen), "mastodon/video", publish, post)


@pytest.fixture
def at_x(sandbox_program: Sandbox, make_client: MakeClient) -> Iterator[Twitter]:
    account = sandbox_program.register("twitter", "1400", TOKEN, limits={"handle": "harbour"})
    yield Twitter(
        Connection(
            base_url=account["base_url"],
            version="2",
            remote_id="1400",
            client=make_client(TOKEN),
            credentials={"access_token": TOKEN},
            open_media=lambda item: NotImplemented,
        )
    )
    for name in ("faults", "ledger", "requests"):
        sandbox_program.control("DELETE", name)


@pytest.mark.golden
def test_what_follows_a_post_at_x(at_x):
    said = {"poll": "Tea; Coffee", "replies_mentioned": True, "paid_partnership": True}
    play(at_x, "twitter/life", live, Rendition("tweet", "Ferries run late.", options=said))


@pytest.mark.golden
def test_a_thread_at_x(at_x):
    text = "Ferries run late.\n---\nBuses do not."
    play(at_x, "twitter/thread", publish, Rendition("thread", text, options={"numbered": True}))


@pytest.mark.parametrize("adapter", [Facebook, Instagram, Mastodon, Twitter])
def test_no_secret_is_in_a_recording(adapter):
    texts = [path.read_text() for path in FOLDER.glob(f"{adapter.slug}*/*.json")]
    assert texts
    for text in texts:
        assert TOKEN not in text
        assert SECRET not in text


def test_another_request_than_was_recorded_is_noticed(a_page: PageAt, monkeypatch):
    monkeypatch.delenv(RECORDING, raising=False)
    changed = replace(ON_PAGES["text"], text="Ferries run on time.")
    with pytest.raises(AssertionError, match="make golden"):
        play(a_page.adapter(), "facebook/text", publish, changed)


def test_what_is_recorded_anew_is_kept_unless_only_ids_differ(tmp_path: Path):
    """A number in a request, such as how many are asked for, is as much of it as a word."""

    def pair(limit: str, name: str) -> dict[str, Any]:
        return {"request": {"path": f"/{name}", "query": {"limit": limit}}, "answer": {"id": name}}

    path = tmp_path / "one.json"
    write(path, [pair("20", "1090001")])
    write(path, [pair("20", "1090002")])
    assert "1090001" in path.read_text()
    write(path, [pair("40", "1090003")])
    assert json.loads(path.read_text()) == [pair("40", "1090003")]
