"""Bodies that are read while they are sent, over real sockets."""

import io
import socket
import threading
import tracemalloc
from collections.abc import Iterator

import pytest

from platforms.contract import Connection
from platforms.errors import NotSent
from platforms.streams import Stream
from platforms.values import MediaItem
from tests.platforms.replies import Reply

CONTENT = bytes(range(256)) * 4000
FILM = MediaItem(1, "video", "video/mp4", "1.mp4", "0" * 64, len(CONTENT), 1080, 1920, duration=9.0)


def connection(server, client, content: bytes = CONTENT) -> Connection:
    return Connection(server.url, "v1", "1", client, {}, lambda item: io.BytesIO(content))


def test_a_part_of_a_film_is_sent_with_its_length(server, make_client):
    server.on("POST", "/up", Reply(200, {}))
    here = connection(server, make_client())
    here.client.request("POST", f"{server.url}/up", body=here.stream_of(FILM, 1000, 700_000))
    (sent,) = server.received
    assert sent.body == CONTENT[1000:700_000]
    assert sent.headers["content-length"] == "699000"
    assert "transfer-encoding" not in sent.headers


def test_a_form_holds_words_and_a_streamed_file(server, make_client):
    server.on("POST", "/up", Reply(200, {}))
    here = connection(server, make_client())
    here.client.request(
        "POST",
        f"{server.url}/up",
        data={"phase": "transfer", "title": "Größe “1”"},
        files={"chunk": ("boats.mp4", here.stream_of(FILM), "video/mp4")},
    )
    (sent,) = server.received
    assert sent.form["phase"] == "transfer"
    assert sent.form["title"] == "Größe “1”"
    assert CONTENT in sent.body
    assert int(sent.headers["content-length"]) == len(sent.body)


def swallow(listener: socket.socket, size: int) -> None:
    """Take a request of at least `size` bytes, keep nothing of it, and answer."""
    taken, (connection, _) = 0, listener.accept()
    with connection:
        while taken < size:
            taken += len(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def test_a_film_is_never_whole_in_memory(make_client):
    size = 64 * 1024 * 1024

    def chunks() -> Iterator[bytes]:
        for _ in range(size // 65_536):
            yield bytes(65_536)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=swallow, args=(listener, size), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        tracemalloc.start()
        try:
            files = {"source": ("boats.mp4", Stream(size, chunks), "video/mp4")}
            make_client().request("POST", url, data={"a": "b"}, files=files)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 4 * 1024 * 1024


def test_the_sender_is_asked_before_and_between_the_pieces(server, make_client):
    server.on("POST", "/up", Reply(200, {}))
    here, asked = connection(server, make_client()), []
    here.client.keep_going = lambda: asked.append(True)
    here.client.request("POST", f"{server.url}/up", body=here.stream_of(FILM))
    assert len(asked) == 1 + 16  # 1,024,000 bytes in pieces of 64 KiB


def test_a_sender_that_may_go_on_no_longer_stops_in_the_middle(server, make_client):
    server.on("POST", "/up", Reply(200, {}))
    here, asked = connection(server, make_client()), []

    def lose() -> None:
        asked.append(True)
        if len(asked) > 2:
            raise NotSent("Another process took the post over.")

    here.client.keep_going = lose
    with pytest.raises(NotSent, match="took the post over"):
        here.client.request("POST", f"{server.url}/up", body=here.stream_of(FILM))
    assert server.received == []


def test_a_file_that_became_shorter_is_named_and_not_sent_whole(server, make_client):
    server.on("POST", "/up", Reply(200, {}))
    here = connection(server, make_client(), CONTENT[:-10])
    with pytest.raises(NotSent, match="Video 1 could not be read from this server's disk"):
        here.client.request("POST", f"{server.url}/up", body=here.stream_of(FILM))
    assert server.received == []
