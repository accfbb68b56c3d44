"""Link cards. The page is on loopback, which is opened for these tests."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from platforms.adapters.bluesky import Bluesky
from platforms.errors import (
    RateLimited,
)
from platforms.values import (
    Rendition,
)
from tests.platforms.at_bluesky.posts import (
    LARGE,
    UPLOAD,
    Connect,
    sent_record,
)
from tests.platforms.conftest import MakeClient
from tests.platforms.contract_base import TOKEN
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply

HTML = {"Content-Type": "text/html"}


@pytest.fixture
def linked(connect: Connect, make_client: MakeClient) -> Any:
    """An adapter that may read pages at loopback."""
    adapter = connect()
    client = make_client(TOKEN, fetch_allow=("127.0.0.1",))
    return Bluesky(replace(adapter.connection, client=client))


def test_a_link_has_a_card_with_the_pages_own_words_and_picture(linked, sandbox, server):
    head = "<title>Sea charts</title><meta property=og:image content=/p.png>"
    server.on("GET", "/charts", Reply(200, head, HTML))
    server.on("GET", "/p.png", Reply(302, "", {"Location": f"{sandbox.address}/_images/none"}))
    post = Rendition("post", "Look.", link=f"{server.url}/charts")
    linked.publish(post, MemoryJournal())
    external = sent_record(sandbox)["embed"]["external"]
    assert external == {"uri": post.link, "title": "Sea charts", "description": ""}


def test_the_picture_of_a_card_is_made_small_and_sent_along(linked, sandbox, server):
    upload, headers = f"{sandbox.address}/bluesky{UPLOAD}", {"Content-Type": "image/png"}
    headers["Authorization"] = f"Bearer {TOKEN}"
    assert sandbox.ask("POST", upload, data=LARGE, headers=headers).status_code == 200
    shown = f"{sandbox.address}/_images/{hashlib.sha256(LARGE).hexdigest()}"
    head = f"<title>Charts</title><meta property=og:image content={shown}>"
    server.on("GET", "/charts", Reply(200, head, HTML))
    linked.publish(Rendition("post", "Look.", link=f"{server.url}/charts"), MemoryJournal())
    thumb = sent_record(sandbox)["embed"]["external"]["thumb"]
    assert thumb["mimeType"] == "image/jpeg"
    assert thumb["size"] <= 1_000_000


@pytest.mark.parametrize("reply", [Reply(500), Reply(ending="reset"), Reply(200, "", HTML)])
def test_a_page_that_cannot_be_read_holds_no_post_up(linked, sandbox, server, reply):
    server.on("GET", "/charts", reply)
    linked.publish(Rendition("post", "Look.", link=f"{server.url}/charts"), MemoryJournal())
    external = sent_record(sandbox)["embed"]["external"]
    assert (external["title"], external["description"]) == ("127.0.0.1", "")


def test_a_card_is_made_once(linked, sandbox, server):
    server.on("GET", "/charts", Reply(200, "<title>Charts</title>", HTML))
    post, journal = Rendition("post", "Look.", link=f"{server.url}/charts"), MemoryJournal()
    sandbox.arm("bluesky", "rate_limit")
    with pytest.raises(RateLimited):
        linked.publish(post, journal)
    journal.forget("record")
    linked.publish(post, journal)
    assert len(server.sent("GET", "/charts")) == 1


def test_a_link_into_this_network_is_not_looked_at(connect, sandbox, server):
    connect().publish(Rendition("post", "Look.", link=f"{server.url}/charts"), MemoryJournal())
    assert server.received == []
    assert sent_record(sandbox)["embed"]["external"]["title"] == "127.0.0.1"
