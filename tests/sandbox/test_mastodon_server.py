"""What the server says of itself, and how many requests it takes."""

from datetime import UTC, datetime, timedelta

from tests.sandbox.conftest import BEARER, PERSON, Sandbox


def test_the_instance_tells_its_limits(sandbox: Sandbox) -> None:
    said = sandbox.ask("GET", f"{sandbox.mastodon}/api/v2/instance").json()
    assert said["configuration"]["statuses"]["max_characters"] == 500
    assert said["configuration"]["statuses"]["characters_reserved_per_url"] == 23
    assert said["configuration"]["media_attachments"]["description_limit"] == 1500
    assert said["api_versions"]["mastodon"] >= 1
    assert sandbox.ask("GET", f"{sandbox.mastodon}/api/v1/instance").json()["version"]


def test_nodeinfo_leads_to_the_name_of_the_software(sandbox: Sandbox) -> None:
    links = sandbox.ask("GET", f"{sandbox.mastodon}/.well-known/nodeinfo").json()["links"]
    assert sandbox.ask("GET", links[0]["href"]).json()["software"]["name"] == "mastodon"


def test_another_software_looks_like_itself(sandbox: Sandbox) -> None:
    limits = {"software": "pleroma", "max_characters": 5000}
    sandbox.register("mastodon", PERSON, BEARER, limits=limits)
    said = sandbox.api("GET", "/api/v2/instance").json()
    assert "compatible; Pleroma" in said["version"]
    assert "api_versions" not in said
    assert sandbox.api("GET", "/api/v1/instance").json()["max_toot_chars"] == 5000
    assert sandbox.api("GET", "/nodeinfo/2.0").json()["software"]["name"] == "pleroma"


def test_rate_headers_are_always_there_and_nothing_is_limited(sandbox: Sandbox) -> None:
    answers = [sandbox.toot(str(number)) for number in range(310)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[-1].headers["X-RateLimit-Remaining"] == "299"
    reset = datetime.fromisoformat(answers[-1].headers["X-RateLimit-Reset"])
    assert reset - datetime.now(UTC) < timedelta(seconds=301)
    assert "X-RateLimit-Limit" in sandbox.api("GET", "/api/v1/statuses/1").headers


def test_a_rate_is_kept_when_asked_for(sandbox: Sandbox) -> None:
    sandbox.register("mastodon", PERSON, BEARER, limits={"rate": 3})
    answers = [sandbox.toot("x") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    left = [answer.headers["X-RateLimit-Remaining"] for answer in answers]
    assert left == ["2", "1", "0", "0", "0"]
    assert answers[-1].headers["X-RateLimit-Limit"] == "3"
    assert len(sandbox.posts()) == 3


def test_a_rate_limit_fault_tells_when_it_ends(sandbox: Sandbox) -> None:
    sandbox.arm("mastodon", "rate_limit", seconds=90)
    answer = sandbox.toot("x")
    left = datetime.fromisoformat(answer.headers["X-RateLimit-Reset"]) - datetime.now(UTC)
    assert timedelta(seconds=80) < left <= timedelta(seconds=90)
    assert answer.headers["X-RateLimit-Remaining"] == "0"
