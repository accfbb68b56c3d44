"""The request log shows every request as it came, without its secrets."""

from tests.sandbox.conftest import BEARER, PAGE, PERSON, TOKEN, Sandbox, png


def test_a_request_is_shown_as_received(sandbox: Sandbox) -> None:
    sandbox.toot("Hello", key="k1")
    (entry,) = sandbox.received()
    assert entry["platform"] == "mastodon"
    assert entry["account"] == PERSON
    assert (entry["method"], entry["path"]) == ("POST", "/mastodon/api/v1/statuses")
    assert entry["headers"]["Idempotency-Key"] == "k1"
    assert entry["parameters"] == {"status": "Hello"}
    assert (entry["status"], entry["created"], entry["fault"]) == (200, True, None)


def test_no_secret_is_ever_shown(sandbox: Sandbox) -> None:
    sandbox.toot("Hello")
    secret = {"appsecret_proof": "s3cr3t", "client_secret": "s3cr3t", "fb_exchange_token": "s3cr3t"}
    sandbox.graph("POST", f"{PAGE}/feed", message="x", **secret)
    sandbox.graph("GET", PAGE, **secret)
    shown = sandbox.control("GET", "requests").text
    for hidden in (BEARER, TOKEN, "s3cr3t"):
        assert hidden not in shown
    assert "[cut]" in shown


def test_a_repeated_key_creates_nothing_and_says_so(sandbox: Sandbox) -> None:
    for _ in range(2):
        sandbox.toot("Hello", key="same")
    assert [entry["created"] for entry in sandbox.received()] == [True, False]


def test_a_file_is_described_not_repeated(sandbox: Sandbox) -> None:
    picture = png()
    sandbox.graph("POST", f"{PAGE}/photos", files={"source": ("a.png", picture, "image/png")})
    described = sandbox.received()[0]["parameters"]["source"]
    assert described["filename"] == "a.png"
    assert described["bytes"] == len(picture)


def test_the_log_is_filtered_and_cleared(sandbox: Sandbox) -> None:
    sandbox.publish("facebook", "one")
    sandbox.publish("mastodon", "two")
    assert len(sandbox.received(platform="facebook")) == 1
    assert len(sandbox.received(account=PERSON)) == 1
    assert sandbox.control("DELETE", "requests").json() == {"cleared": 2}
    assert sandbox.received() == []


def test_a_request_to_nowhere_is_logged_too(sandbox: Sandbox) -> None:
    answer = sandbox.ask("POST", f"{sandbox.address}/v26.0/1/feed")
    assert answer.status_code == 404
    assert sandbox.received()[0]["platform"] is None
