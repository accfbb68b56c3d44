"""What follows a post at Mastodon: reading it back, editing it, its figures."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.adapters.mastodon import Mastodon
from platforms.adapters.mastodon.reading import ACCOUNT_FIGURES, STATUS_FIGURES
from platforms.contract import Connection, Edits, ReadsBack, ReadsMetrics
from platforms.errors import NotSent, PermissionMissing, PlatformError, RateLimited, Rejected
from platforms.values import Absent, CannotTell, Found, MediaItem, Metric, Rendition
from tests.platforms.journal import MemoryJournal
from tests.platforms.replies import Reply
from tests.platforms.specs import spec
from tests.sandbox.conftest import png

TOKEN = "token-0123456789abcdef"
NAME, PATH = "103254962155278888", "/api/v1/statuses/103254962155278888"
SOURCE = f"{PATH}/source"
GONE = Reply(404, {"error": "Record not found"})
STATUS: dict[str, Any] = {
    "id": NAME,
    "created_at": "2026-11-08T03:48:33.901Z",
    "url": f"https://social.example/@ferries/{NAME}",
    "content": "<p>Ferries</p>",
    "sensitive": True,
    "language": "gd",
    "media_attachments": [{"id": "301"}, {"id": "302"}],
    "favourites_count": 6,
    "reblogs_count": 8,
    "replies_count": 7,
}
WRITTEN = {"id": NAME, "text": "Ferries\n@ana@other.example", "spoiler_text": "Wet"}


@pytest.fixture
def adapter(server, make_client):
    return at(server.url, make_client)


def at(base_url, make_client, remote_id="2002", data=b""):
    credentials, facts = {"access_token": TOKEN}, {"software": "mastodon"}
    client, open_media = make_client(TOKEN), lambda item: io.BytesIO(data)
    return Mastodon(Connection(base_url, "", remote_id, client, credentials, open_media, facts))


def test_it_has_all_of_it():
    assert issubclass(Mastodon, ReadsBack)
    assert issubclass(Mastodon, ReadsMetrics)
    assert issubclass(Mastodon, Edits)


# Reading back


def test_a_post_is_read_back_with_the_text_as_it_was_written(server, adapter):
    server.on("GET", PATH, Reply(200, STATUS))
    server.on("GET", SOURCE, Reply(200, WRITTEN))
    found = adapter.read_back(NAME, "status")
    assert isinstance(found, Found)
    assert found.text == "Ferries\n@ana@other.example"
    assert found.created_at == datetime(2026, 11, 8, 3, 48, 33, 901000, UTC)
    assert found.url == STATUS["url"]


def test_a_server_without_sources_still_shows_the_post(server, adapter):
    server.on("GET", PATH, Reply(200, STATUS))
    server.on("GET", SOURCE, Reply(404, "<html>"))
    found = adapter.read_back(NAME, "status")
    assert isinstance(found, Found)
    assert found.text is None


def test_a_post_that_is_gone_is_absent(server, adapter):
    server.on("GET", PATH, GONE)
    assert isinstance(adapter.read_back(NAME, "status"), Absent)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, "<html>Not found</html>"),
        Reply(403, {"error": "This action is outside the authorized scopes"}),
        Reply(401, {"error": "The access token was revoked"}),
        Reply(429, {"error": "Too many requests"}),
        Reply(503, "<html>"),
        Reply(200, "<html>"),
        Reply(200, {"id": NAME}),
        Reply(200, {**STATUS, "id": ""}),
        Reply(ending="reset"),
    ],
)
def test_what_is_no_answer_of_the_server_tells_nothing(server, adapter, reply):
    server.on("GET", PATH, reply)
    server.on("GET", SOURCE, Reply(200, WRITTEN))
    assert isinstance(adapter.read_back(NAME, "status"), CannotTell)


# Figures


def test_figures_of_a_post_are_counted_as_elsewhere(server, adapter):
    server.on("GET", PATH, Reply(200, STATUS))
    assert adapter.post_metrics(NAME, "status") == [
        Metric("favourites_count", 6, "reactions"),
        Metric("reblogs_count", 8, "shares"),
        Metric("replies_count", 7, "comments"),
    ]


def test_figures_are_named_as_in_the_description():
    schemas = spec("mastodon", "schema.json")["components"]["schemas"]
    assert set(STATUS_FIGURES) <= set(schemas["Status"]["properties"])
    assert set(ACCOUNT_FIGURES) <= set(schemas["Account"]["properties"])


def test_figures_of_an_account(server, adapter):
    said = {"id": "2002", "followers_count": 476, "following_count": 0, "statuses_count": "many"}
    server.on("GET", "/api/v1/accounts/verify_credentials", Reply(200, said))
    assert adapter.account_metrics() == [
        Metric("followers_count", 476, "followers"),
        Metric("following_count", 0, ""),
    ]


@pytest.mark.parametrize(
    ("reply", "kind"), [(GONE, Rejected), (Reply(429, {"error": "Too many"}), RateLimited)]
)
def test_figures_that_cannot_be_read_are_said(server, adapter, reply, kind):
    server.on("GET", PATH, reply)
    with pytest.raises(kind):
        adapter.post_metrics(NAME, "status")


# Editing


def test_an_edit_sends_all_that_stays_with_the_new_text(server, adapter):
    server.on("GET", PATH, Reply(200, STATUS))
    server.on("GET", SOURCE, Reply(200, WRITTEN))
    server.on("PUT", PATH, Reply(200, STATUS))
    adapter.edit(NAME, "On time.", MemoryJournal())
    (sent,) = server.sent("PUT")
    assert sent.form == {
        "status": "On time.",
        "spoiler_text": "Wet",
        "sensitive": True,
        "media_ids": ["301", "302"],
        "language": "gd",
    }
    described = spec("mastodon", "schema.json")["paths"]["/api/v1/statuses/{id}"]["put"]
    body = described["requestBody"]["content"]["application/json"]["schema"]
    assert set(sent.form) <= set(body["properties"])


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (GONE, Rejected),
        (Reply(403, {"error": "This action is outside the authorized scopes"}), PermissionMissing),
        (Reply(500, "<html>"), NotSent),
    ],
)
def test_without_knowing_what_stays_nothing_is_changed(server, adapter, source, kind):
    server.on("GET", PATH, Reply(200, STATUS))
    server.on("GET", SOURCE, source)
    with pytest.raises(PlatformError) as caught:
        adapter.edit(NAME, "On time.", MemoryJournal())
    assert type(caught.value) is kind
    assert not server.sent("PUT")


def test_an_edit_without_an_answer_is_sent_again(server, adapter):
    server.on("GET", PATH, Reply(200, STATUS))
    server.on("GET", SOURCE, Reply(200, WRITTEN))
    server.on("PUT", PATH, Reply(ending="reset"), Reply(200, STATUS))
    journal = MemoryJournal()
    with pytest.raises(NotSent):
        adapter.edit(NAME, "On time.", journal)
    adapter.edit(NAME, "On time.", journal.reborn())
    assert len(server.sent("PUT")) == 2


def test_at_the_sandbox_a_post_is_changed_read_and_deleted(sandbox_program, make_client):
    data = png()
    account = sandbox_program.register("mastodon", "2002", TOKEN)
    adapter = at(account["base_url"], make_client, data=data)
    picture = MediaItem(1, "image", "image/png", "1.png", "0" * 64, len(data), 4, 4, "A ferry")
    said = {"spoiler_text": "Wet", "language": "gd"}
    post = Rendition("status", "Ferries run late.", media=(picture,), options=said)
    name = adapter.publish(post, MemoryJournal()).remote_id
    adapter.edit(name, "Ferries run on time.", MemoryJournal())
    found = adapter.read_back(name, "status")
    assert isinstance(found, Found)
    assert found.text == "Ferries run on time."
    shown = sandbox_program.ask("GET", f"{account['base_url']}/api/v1/statuses/{name}").json()
    assert (shown["spoiler_text"], shown["sensitive"], shown["language"]) == ("Wet", True, "gd")
    assert [one["description"] for one in shown["media_attachments"]] == ["A ferry"]
    assert {one.means for one in adapter.post_metrics(name, "status")} >= {"reactions", "shares"}
    assert "followers" in {one.means for one in adapter.account_metrics()}
    adapter.delete(name, MemoryJournal())
    assert isinstance(adapter.read_back(name, "status"), Absent)
    sandbox_program.control("DELETE", "ledger")
