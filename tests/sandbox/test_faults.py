"""What each fault does to the answer, and what is live afterwards."""

import time

import pytest
import requests

from tests.sandbox.conftest import Sandbox

PLATFORMS = ("facebook", "mastodon")
GRAPH_CODES = {"refuse": 100, "duplicate": 506, "rate_limit": 80001, "quota": 368}
MASTODON_STATUS = {"refuse": 422, "duplicate": 422, "rate_limit": 429, "quota": 429}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "fault", ["refuse", "duplicate", "rate_limit", "quota", "expired_token", "error_500_before"]
)
def test_a_refusal_leaves_nothing_live_and_happens_once(
    sandbox: Sandbox, platform: str, fault: str
) -> None:
    sandbox.arm(platform, fault)
    assert sandbox.publish(platform, "first").status_code >= 400
    assert sandbox.publish(platform, "second").status_code == 200
    assert sandbox.texts() == ["second"]


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("fault", ["reset_before", "reset_after_accept"])
def test_a_reset_shows_nothing_but_the_ledger_knows(
    sandbox: Sandbox, platform: str, fault: str
) -> None:
    sandbox.arm(platform, fault)
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        sandbox.publish(platform, "lost?")
    assert sandbox.texts() == (["lost?"] if fault == "reset_after_accept" else [])


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_error_after_accepting_leaves_the_post_live(sandbox: Sandbox, platform: str) -> None:
    sandbox.arm(platform, "error_500_after_accept")
    assert sandbox.publish(platform, "live").status_code == 500
    assert sandbox.texts() == ["live"]
    assert sandbox.received()[-1]["created"] is True


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_page_about_maintenance_or_another_address_means_that_nothing_was_accepted(
    sandbox: Sandbox, platform: str
) -> None:
    sandbox.http.max_redirects = 0
    sandbox.arm(platform, "maintenance", seconds=90)
    answer = sandbox.publish(platform, "gone")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "90")
    assert answer.headers["Content-Type"].startswith("text/html")
    sandbox.arm(platform, "redirect")
    with pytest.raises(requests.TooManyRedirects) as caught:
        sandbox.publish(platform, "gone")
    moved = caught.value.response
    assert moved is not None
    assert (moved.status_code, moved.headers["Location"]) == (301, "https://elsewhere.example/")
    assert sandbox.texts() == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_garbage_is_a_success_that_nobody_can_read(sandbox: Sandbox, platform: str) -> None:
    sandbox.arm(platform, "garbage")
    answer = sandbox.publish(platform, "live")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    with pytest.raises(ValueError, match=r"."):
        answer.json()
    assert sandbox.texts() == ["live"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_wrong_content_type_is_a_page_and_the_post_is_live(
    sandbox: Sandbox, platform: str
) -> None:
    sandbox.arm(platform, "wrong_content_type")
    answer = sandbox.publish(platform, "live")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert sandbox.texts() == ["live"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_slow_answer_comes_late_but_the_post_is_live_at_once(
    sandbox: Sandbox, platform: str
) -> None:
    sandbox.arm(platform, "slow", seconds=0.3)
    begun = time.monotonic()
    assert sandbox.publish(platform, "live").status_code == 200
    assert time.monotonic() - begun >= 0.3
    assert sandbox.texts() == ["live"]


def test_a_hung_request_is_never_answered_and_nothing_is_accepted(sandbox: Sandbox) -> None:
    sandbox.arm("facebook", "hang", seconds=0.2)
    with pytest.raises(requests.ConnectionError, match="without response"):
        sandbox.publish("facebook", "gone")
    assert sandbox.texts() == []
    assert sandbox.received()[-1]["status"] is None


def test_a_hang_without_seconds_lasts_until_the_client_gives_up(sandbox: Sandbox) -> None:
    sandbox.arm("mastodon", "hang")
    with pytest.raises(requests.ReadTimeout):
        requests.post(
            f"{sandbox.mastodon}/api/v1/statuses",
            data={"status": "gone", "access_token": "person-token"},
            timeout=0.4,
        )
    assert sandbox.texts() == []


@pytest.mark.parametrize("fault", GRAPH_CODES)
def test_facebook_refuses_in_the_words_of_graph(sandbox: Sandbox, fault: str) -> None:
    sandbox.arm("facebook", fault)
    error = sandbox.publish("facebook", "x").json()["error"]
    assert error["code"] == GRAPH_CODES[fault]
    assert error["type"] == "OAuthException"
    assert error["fbtrace_id"]


@pytest.mark.parametrize("fault", MASTODON_STATUS)
def test_mastodon_refuses_in_one_sentence(sandbox: Sandbox, fault: str) -> None:
    sandbox.arm("mastodon", fault)
    answer = sandbox.publish("mastodon", "x")
    assert answer.status_code == MASTODON_STATUS[fault]
    assert list(answer.json()) == ["error"]


def test_an_expired_token_is_graphs_190_with_subcode_463(sandbox: Sandbox) -> None:
    sandbox.arm("facebook", "expired_token")
    error = sandbox.publish("facebook", "x").json()["error"]
    assert (error["code"], error["error_subcode"]) == (190, 463)


def test_a_fault_meets_only_its_own_call_and_account(sandbox: Sandbox) -> None:
    sandbox.arm("facebook", "refuse", call="comment", times=0)
    sandbox.arm("facebook", "refuse", account="9999", times=0)
    sandbox.arm("mastodon", "refuse", call="delete", times=0)
    assert sandbox.publish("facebook", "one").status_code == 200
    assert sandbox.publish("mastodon", "two").status_code == 200


def test_a_fault_of_any_call_meets_reading_too(sandbox: Sandbox) -> None:
    sandbox.arm("facebook", "error_500_before", call="*")
    assert sandbox.graph("GET", "1001").status_code == 500
    assert sandbox.graph("GET", "1001").status_code == 200


def test_a_reply_is_both_published_and_a_comment(sandbox: Sandbox) -> None:
    root = sandbox.toot("root").json()["id"]
    for call in ("comment", "publish"):
        sandbox.arm("mastodon", "refuse", call=call)
        assert sandbox.toot("reply", in_reply_to_id=root).status_code == 422


def test_times_counts_down_and_nought_means_always(sandbox: Sandbox) -> None:
    sandbox.arm("facebook", "refuse", times=2)
    codes = [sandbox.publish("facebook", "x").status_code for _ in range(3)]
    assert codes == [400, 400, 200]
    sandbox.arm("facebook", "refuse", times=0)
    assert {sandbox.publish("facebook", "x").status_code for _ in range(4)} == {400}


def test_clearing_disarms_every_fault(sandbox: Sandbox) -> None:
    sandbox.arm("facebook", "refuse", times=0)
    assert sandbox.control("DELETE", "faults").json() == {"cleared": 1}
    assert sandbox.publish("facebook", "x").status_code == 200


def test_a_fault_of_the_answer_waits_for_a_request_that_succeeds(sandbox: Sandbox) -> None:
    sandbox.arm("mastodon", "reset_after_accept")
    assert sandbox.toot("").status_code == 422
    with pytest.raises(requests.ConnectionError):
        sandbox.toot("good")
    assert sandbox.texts() == ["good"]


def test_a_fault_that_waits_keeps_its_count(sandbox: Sandbox) -> None:
    sandbox.arm("mastodon", "error_500_after_accept", times=2)
    codes = [sandbox.toot(text).status_code for text in ("", "one", "", "two", "three")]
    assert codes == [422, 500, 422, 500, 200]
    assert sandbox.texts() == ["one", "two", "three"]


def test_a_wrong_token_uses_no_fault_up(sandbox: Sandbox) -> None:
    sandbox.arm("facebook", "refuse")
    wrong = sandbox.graph("POST", "1001/feed", message="x", access_token="nobody")
    assert wrong.json()["error"]["code"] == 190
    assert sandbox.publish("facebook", "x").json()["error"]["code"] == 100


def test_a_rate_limit_tells_graphs_clients_the_minutes_left(sandbox: Sandbox) -> None:
    sandbox.arm("facebook", "rate_limit", seconds=90)
    usage = sandbox.publish("facebook", "x").headers["X-Business-Use-Case-Usage"]
    assert '"call_count": 100' in usage
    assert '"estimated_time_to_regain_access": 2' in usage


def test_a_deletion_whose_answer_is_lost_has_happened(sandbox: Sandbox) -> None:
    name = sandbox.publish("facebook", "x").json()["id"]
    sandbox.arm("facebook", "reset_after_accept", call="delete")
    with pytest.raises(requests.ConnectionError):
        sandbox.graph("DELETE", name)
    assert sandbox.texts() == []
