"""HTTP as clients really speak it: kept connections, chunks, pipelines, nonsense."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox.conftest import PAGE, TOKEN, Sandbox

BODY = f"message=Hello&access_token={TOKEN}".encode()
HEAD = (
    f"POST /facebook/v26.0/{PAGE}/feed HTTP/1.1\r\nHost: x\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
).encode()
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY


def say(sandbox: Sandbox, *pieces: bytes) -> bytes:
    """Sends the pieces with pauses between them, then reads until the server closes."""
    where = urlsplit(sandbox.address)
    with socket.create_connection((where.hostname, where.port), timeout=5) as sock:
        for piece in pieces:
            sock.sendall(piece)
            time.sleep(0.02)
        sock.shutdown(socket.SHUT_WR)
        heard = b""
        while data := sock.recv(65536):
            heard += data
    return heard


def test_a_connection_serves_many_requests(sandbox: Sandbox) -> None:
    assert say(sandbox, WHOLE, WHOLE, WHOLE).count(b"HTTP/1.1 200 OK") == 3
    assert say(sandbox, WHOLE * 3).count(b"HTTP/1.1 200 OK") == 3
    assert len(sandbox.posts()) == 6


def test_a_request_may_arrive_in_small_pieces(sandbox: Sandbox) -> None:
    pieces = [WHOLE[at : at + 40] for at in range(0, len(WHOLE), 40)]
    assert b"200 OK" in say(sandbox, *pieces)


def test_a_chunked_body_is_read(sandbox: Sandbox) -> None:
    def body() -> Iterator[bytes]:
        yield BODY[:5]
        yield BODY[5:]

    url = f"{sandbox.facebook}/{PAGE}/feed"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert sandbox.ask("POST", url, data=body(), headers=headers).ok
    assert sandbox.texts() == ["Hello"]


def test_a_client_that_expects_100_continue_gets_it(sandbox: Sandbox) -> None:
    head = HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    heard = say(sandbox, head, BODY)
    assert heard.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_a_client_that_leaves_inside_its_request_posts_nothing(sandbox: Sandbox) -> None:
    assert say(sandbox, WHOLE[:-3]) == b""
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, b"431"),
    ],
)
def test_nonsense_is_refused_and_the_connection_closed(
    sandbox: Sandbox, sent: bytes, status: bytes
) -> None:
    assert say(sandbox, sent).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{not json"),
        ("application/json", b"[1, 2]"),
        ("application/x-www-form-urlencoded", b"message=%ff%fe"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nunfinished"),
    ],
)
def test_an_unreadable_body_is_a_400_on_every_platform(
    sandbox: Sandbox, kind: str, body: bytes
) -> None:
    for url in (f"{sandbox.facebook}/{PAGE}/feed", f"{sandbox.mastodon}/api/v1/statuses"):
        answer = sandbox.ask("POST", url, data=body, headers={"Content-Type": kind})
        assert answer.status_code == 400


def test_head_answers_without_a_body(sandbox: Sandbox) -> None:
    answer = sandbox.ask("HEAD", sandbox.address + "/")
    assert (answer.status_code, answer.content) == (200, b"")


def test_hundreds_of_slow_requests_wait_side_by_side(sandbox: Sandbox) -> None:
    sandbox.arm("facebook", "slow", seconds=0.5, times=0)

    def post(number: int) -> int:
        url = f"{sandbox.facebook}/{PAGE}/feed"
        said = {"message": str(number), "access_token": TOKEN}
        return requests.post(url, data=said, timeout=20).status_code

    begun = time.monotonic()
    with ThreadPoolExecutor(200) as pool:
        assert set(pool.map(post, range(200))) == {200}
    assert time.monotonic() - begun < 8
    assert len(sandbox.posts()) == 200
