"""What a server with Mastodon's API says of itself when an account is connected."""

import io

import pytest

from platforms.adapters.mastodon import Mastodon
from platforms.contract import Connection
from platforms.errors import CredentialsExpired, Unclear
from platforms.values import AccountFacts
from tests.platforms.replies import Reply, ReplyServer

ME = {
    "id": "2002",
    "username": "ferries",
    "display_name": "Island Ferries",
    "url": "https://social.example/@ferries",
    "avatar_static": "https://social.example/a.png",
}
INSTANCE = {
    "version": "4.7.0",
    "configuration": {
        "statuses": {
            "max_characters": 1000,
            "max_media_attachments": 6,
            "characters_reserved_per_url": 25,
        },
        "media_attachments": {
            "supported_mime_types": ["image/png", "video/mp4", "image/webp"],
            "description_limit": 1500,
            "image_size_limit": 16_777_216,
            "image_matrix_limit": 33_177_600,
            "video_size_limit": 103_809_024,
            "video_matrix_limit": 8_294_400,
        },
        "polls": {
            "max_options": 5,
            "max_characters_per_option": 60,
            "min_expiration": 600,
            "max_expiration": 86_400,
        },
    },
}


def play(server: ReplyServer, software: str = "mastodon") -> None:
    server.on("GET", "/api/v1/accounts/verify_credentials", Reply(200, ME))
    server.on("GET", "/api/v2/instance", Reply(200, INSTANCE))
    links = {"links": [{"rel": "…", "href": f"{server.url}/nodeinfo/2.0"}]}
    server.on("GET", "/.well-known/nodeinfo", Reply(200, links))
    server.on("GET", "/nodeinfo/2.0", Reply(200, {"software": {"name": software}}))


@pytest.fixture
def identify(server, make_client):
    def ask() -> AccountFacts:
        client = make_client("token-0123456789")
        connection = Connection(
            server.url,
            "",
            "",
            client,
            {"access_token": "token-0123456789"},
            lambda item: io.BytesIO(),
        )
        return Mastodon(connection).identify()

    return ask


def test_an_account_is_known_with_its_limits_and_its_page(server, identify):
    play(server)
    facts = identify()
    assert (facts.remote_id, facts.name) == ("2002", "Island Ferries")
    assert facts.avatar_url == "https://social.example/a.png"
    assert facts.server_facts == {
        "software": "mastodon",
        "account_url": "https://social.example/@ferries",
        "max_characters": 1000,
        "max_media_attachments": 6,
        "characters_reserved_per_url": 25,
        "image_types": ["image/png", "image/webp"],
        "video_types": ["video/mp4"],
        "video_size_limit": 103_809_024,
        "video_matrix_limit": 8_294_400,
        "poll_options": 5,
        "poll_option_characters": 60,
        "poll_seconds_min": 600,
        "poll_seconds_max": 86_400,
        "description_limit": 1500,
        "image_size_limit": 16_777_216,
        "image_matrix_limit": 33_177_600,
    }
    assert Mastodon.account_url(server.url, "2002", facts.server_facts) == facts.url
    assert Mastodon.account_url(server.url, "2002") == ""


def test_an_old_server_answers_the_first_version_only(server, identify):
    play(server)
    server.on("GET", "/api/v2/instance", Reply(404, {"error": "Not Found"}))
    server.on("GET", "/api/v1/instance", Reply(200, {"max_toot_chars": 3000}))
    facts = identify().server_facts
    assert facts["max_characters"] == 3000


@pytest.mark.parametrize("name", ["pleroma", "gotosocial", "Hometown", ""])
def test_other_software_is_named_by_its_own_name(server, identify, name):
    play(server, name)
    assert identify().server_facts["software"] == name.lower()


@pytest.mark.parametrize(
    "links",
    [
        Reply(404, "<html>"),
        Reply(200, {"links": []}),
        Reply(200, {"links": "none"}),
        Reply(200, {"links": [{"href": "http://127.0.0.1:9/nodeinfo/2.0"}]}),
        Reply(200, {"links": [{"href": "http://169.254.169.254/latest"}]}),
        Reply(ending="reset"),
    ],
)
def test_software_that_does_not_name_itself_is_never_taken_for_mastodon(server, identify, links):
    play(server)
    server.on("GET", "/.well-known/nodeinfo", links)
    assert identify().server_facts["software"] == ""


def test_the_question_for_the_software_carries_no_token(server, identify):
    play(server)
    identify()
    asked = [r for r in server.received if "nodeinfo" in r.path]
    assert len(asked) == 2
    assert all("authorization" not in request.headers for request in asked)


def test_a_token_that_ended_is_said_to_have(server, identify):
    play(server)
    reply = Reply(401, {"error": "The access token was revoked"})
    server.on("GET", "/api/v1/accounts/verify_credentials", reply)
    with pytest.raises(CredentialsExpired, match="The access token was revoked"):
        identify()


def test_a_server_that_is_something_else_is_no_answer(server, identify):
    server.on("GET", "/api/v1/accounts/verify_credentials", Reply(200, "<html>A shop</html>"))
    with pytest.raises(Unclear):
        identify()
