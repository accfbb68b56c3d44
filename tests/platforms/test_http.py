"""Whether a request left, over real sockets."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from platforms import http, wire
from platforms.clock import boottime
from platforms.errors import NotSent, Unclear
from tests.platforms.replies import Reply, ReplyServer

Talk = Callable[[socket.socket], None]


@pytest.fixture
def raw_server() -> Iterator[Callable[[Talk], str]]:
    """Starts a server whose one connection is handled by the function it is given."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(talk: Talk) -> None:
        connection, _ = listener.accept()
        with connection:
            talk(connection)

    def start(talk: Talk) -> str:
        threads.append(threading.Thread(target=serve, args=(talk,), daemon=True))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    listener.close()
    for thread in threads:
        thread.join(5)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_refused_connection_means_nothing_was_sent(make_client):
    with pytest.raises(NotSent, match=r"could not be reached .*refused.* Nothing was sent"):
        make_client().request("POST", f"http://127.0.0.1:{closed_port()}/", data={"a": "b"})


def test_a_name_that_does_not_resolve_means_nothing_was_sent(make_client, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(NotSent, match="its name is not known"):
        make_client().request("POST", "http://social.example/")


def test_a_connection_that_is_never_taken_means_nothing_was_sent(make_client):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for other in waiting:  # the listener's queue is full, so that a fifth gets no answer
            other.setblocking(False)
            other.connect_ex(address)
        with pytest.raises(NotSent, match="timed out"):
            make_client(connect_timeout=0.3).request("POST", f"http://127.0.0.1:{address[1]}/")
        for other in waiting:
            other.close()


def test_a_secure_connection_that_fails_means_nothing_was_sent(make_client, server):
    with pytest.raises(NotSent, match="secure connection failed"):
        make_client().request("POST", server.url.replace("http:", "https:"))
    assert server.received == []


def test_a_reset_after_the_request_is_unclear(make_client, server):
    server.on("POST", "/", Reply(ending="reset"))
    with pytest.raises(Unclear, match="gave no answer"):
        make_client().request("POST", server.url + "/", data={"a": "b"})


def test_the_sentence_names_what_people_call_the_other_side(make_client, server):
    server.on("POST", "/", Reply(ending="reset"))
    with pytest.raises(Unclear, match=r"^Facebook took the request and gave no answer"):
        make_client(called="Facebook").request("POST", server.url + "/", data={"a": "b"})
    with pytest.raises(NotSent, match=r"^Facebook could not be reached"):
        make_client(called="Facebook").request("POST", f"http://127.0.0.1:{closed_port()}/")


def test_a_reset_before_the_request_was_read_is_unclear(make_client, raw_server):
    def reset(connection: socket.socket) -> None:
        connection.recv(1)  # the rest lies unread, so that closing resets the connection

    with pytest.raises(Unclear):
        make_client().request("POST", raw_server(reset), data={"a": "b" * 5000})


def test_silence_after_the_request_is_unclear(make_client, server):
    server.on("POST", "/", Reply(ending="hang"))
    with pytest.raises(Unclear, match="timed out"):
        make_client(read_timeout=0.2).request("POST", server.url + "/")


def test_silence_after_the_first_byte_of_the_answer_is_unclear(make_client, raw_server):
    def begin(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        connection.recv(1)

    with pytest.raises(Unclear, match="timed out"):
        make_client(read_timeout=0.2).request("GET", raw_server(begin))


def test_half_an_answer_is_unclear(make_client, raw_server):
    def half(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id": "1"}')

    with pytest.raises(Unclear):
        make_client().request("POST", raw_server(half))


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_an_answer_that_drips_is_cut_off_in_time(make_client, raw_server, head):
    stop = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(head)
        for _ in range(200):
            if stop.wait(0.05):
                return
            try:
                connection.sendall(b"x")
            except OSError:
                return

    started = boottime()
    client = make_client(deadline=boottime() + 0.2, read_timeout=0.3)
    with pytest.raises(Unclear, match="timed out"):
        client.request("GET", raw_server(drip))
    stop.set()
    assert boottime() - started < 3


def test_an_answer_that_is_too_long_is_unclear(make_client, server, monkeypatch):
    monkeypatch.setattr(http, "BODY_MAX", 1000)
    server.on("GET", "/", Reply(200, "x" * 100_000))
    with pytest.raises(Unclear, match="too long"):
        make_client().request("GET", server.url + "/")


def test_past_the_deadline_no_byte_leaves(make_client, raw_server):
    received: list[bytes] = []
    done = threading.Event()

    def listen(connection: socket.socket) -> None:
        received.append(connection.recv(65_536))
        done.set()

    with pytest.raises(NotSent, match="stood still too long"):
        make_client(deadline=boottime() - 1).request("POST", raw_server(listen), data={"a": "b"})
    assert done.wait(5)
    assert received == [b""]


def test_the_deadline_also_holds_on_a_connection_that_is_open(make_client, server):
    server.on("POST", "/", Reply())
    client = make_client()
    client.request("POST", server.url + "/")
    client.deadline = boottime() - 1
    with pytest.raises(NotSent, match="stood still"):
        client.request("POST", server.url + "/")
    assert len(server.received) == 1


def test_a_redirect_is_not_followed(make_client, server):
    server.on("POST", "/", Reply(307, "", {"Location": f"{server.url}/elsewhere"}))
    answer = make_client().request("POST", server.url + "/", data={"a": "b"})
    assert answer.status == 307
    assert [request.path for request in server.received] == ["/"]


def test_one_connection_serves_several_requests(make_client, server):
    server.on("GET", "/", Reply())
    client = make_client()
    for _ in range(3):
        client.request("GET", server.url + "/")
    assert server.connections == 1


def test_a_connection_that_was_idle_too_long_is_replaced(make_client, server, monkeypatch):
    server.on("GET", "/", Reply(200, {"id": "1"}))
    client = make_client()
    client.request("GET", server.url + "/")
    monkeypatch.setattr(wire, "IDLE_MAX", -1)
    assert client.request("GET", server.url + "/").json() == {"id": "1"}
    assert server.connections == 2


def test_a_connection_that_the_server_closed_is_replaced(make_client, server):
    server.on("POST", "/", Reply(200, "", {"Connection": "close"}), Reply(200, "two"))
    client = make_client()
    client.request("POST", server.url + "/")
    assert client.request("POST", server.url + "/").body == b"two"


def test_cookies_of_one_account_are_not_sent_for_the_next(make_client, server):
    server.on("GET", "/", Reply(200, "", {"Set-Cookie": "session=of-alice; Path=/"}))
    for _ in range(2):
        make_client().request("GET", server.url + "/")
    assert [request.headers.get("cookie") for request in server.received] == [None, None]


def test_the_environment_neither_signs_nor_reroutes(make_client, server, monkeypatch, tmp_path):
    netrc: Path = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    server.on("GET", "/", Reply())
    headers = {"Authorization": "Bearer token"}
    make_client().request("GET", server.url + "/", headers=headers)
    make_client().request("GET", server.url + "/")
    signed = [request.headers.get("authorization") for request in server.received]
    assert signed == ["Bearer token", None]


def test_a_token_that_cannot_be_a_header_is_said_to_be_one(make_client, server):
    with pytest.raises(NotSent, match="characters that cannot be sent"):
        make_client().request("GET", server.url, headers={"Authorization": "Bearer “token”"})


@pytest.mark.parametrize("body", ["", "<html>", "[1]", '"text"', "{"])
def test_an_answer_that_is_no_object_is_unclear(body):
    with pytest.raises(Unclear):
        http.Answer(200, {}, body.encode()).json()


@pytest.mark.parametrize("body", ["", "<html>", "{}", "[1]"])
def test_an_answer_that_is_no_list_of_objects_is_unclear(body):
    with pytest.raises(Unclear):
        http.Answer(200, {}, body.encode()).json_list()


def test_an_exchange_says_what_happened(make_client, server):
    server.on("POST", "/", Reply(201, {"id": "7"}))
    client = make_client()
    client.request("POST", server.url + "/", data={"message": "Hello"})
    exchange = client.exchanges[0]
    assert exchange.request.splitlines() == [f"POST {server.url}/", '{"message": "Hello"}']
    assert exchange.response.splitlines()[0] == "201"
    assert exchange.response.splitlines()[-1] == '{"id": "7"}'
    assert exchange.bytes_written > 100


def test_an_exchange_that_failed_says_so(make_client, server):
    server.on("GET", "/", Reply(ending="reset"))
    client = make_client()
    with pytest.raises(Unclear):
        client.request("GET", server.url + "/")
    client.deadline = 0
    with pytest.raises(NotSent):
        client.request("GET", server.url + "/")
    lost, unsent = client.exchanges
    assert lost.response.startswith("(no answer)")
    assert unsent.response.startswith("(not sent)")
    assert unsent.bytes_written == 0


def test_only_the_newest_exchanges_are_kept(make_client, server):
    server.on("GET", "/", Reply())
    client = make_client()
    for _ in range(http.EXCHANGES_KEPT + 2):
        client.request("GET", server.url + "/")
    assert len(client.exchanges) == http.EXCHANGES_KEPT


def test_secrets_are_cut_before_the_excerpt_is(make_client, server):
    secret = "tok-abcdefghijklmnop"
    filler = "x" * (http.EXCERPT_MAX - 20)
    server.on("POST", "/", Reply(200, filler + secret + filler))
    client = make_client(secret)
    client.request("POST", server.url + "/", data={"filler": filler, "note": secret})
    for kept in (client.exchanges[0].request, client.exchanges[0].response):
        assert len(kept) <= http.EXCERPT_MAX
        assert "tok-" not in kept


def test_an_error_does_not_carry_the_address_with_its_secrets(make_client):
    params = {"access_token": "tok-abcdefghijklmnop"}
    with pytest.raises(NotSent) as caught:
        make_client().request("GET", f"http://127.0.0.1:{closed_port()}/", params=params)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_threads_do_not_share_connections(make_client, server: ReplyServer):
    server.on("GET", "/", Reply())
    threads = [
        threading.Thread(target=make_client().request, args=("GET", server.url + "/"))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert server.connections == 3
