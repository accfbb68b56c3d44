"""The embedded broker hands every message to one consumer, whatever else is in its folder."""

from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES

from syndication_project.embedded_broker import empty


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "messages"


@pytest.fixture
def connect(folder, monkeypatch):
    monkeypatch.setitem(
        TRANSPORT_ALIASES, "embedded", "syndication_project.embedded_broker:Transport"
    )
    connections = []

    def connect():
        connection = Connection("embedded://", transport_options={"folder": str(folder)})
        connections.append(connection)
        return connection.SimpleQueue("clock", no_ack=True)

    yield connect
    for connection in connections:
        connection.release()


def test_messages_come_out_in_the_order_they_went_in(connect):
    producer, consumer = connect(), connect()
    for number in range(20):
        producer.put({"number": number})
    assert [consumer.get(timeout=1).payload["number"] for _ in range(20)] == list(range(20))


def test_a_message_is_taken_once(connect):
    connect().put({"number": 1})
    first, second = connect(), connect()
    first.get(timeout=1)
    with pytest.raises(Empty):
        second.get(block=False)


def test_a_consumer_passes_over_messages_that_others_took_after_it_looked(connect):
    producer, slow, quick = connect(), connect(), connect()
    for number in range(3):
        producer.put({"number": number})
    slow.get(timeout=1)  # has now seen all three names
    quick.get(timeout=1)
    assert slow.get(timeout=1).payload == {"number": 2}


@pytest.mark.parametrize(
    "garbage", [b"", b"\xff\xfe", b"{", b'"a word"', b"{}", b'{"body": "half'], ids=repr
)
def test_garbage_is_thrown_away_and_the_next_message_delivered(connect, folder, garbage, caplog):
    producer, consumer = connect(), connect()
    (folder / "clock" / "00000000000000000000-garbage.message").write_bytes(garbage)
    producer.put({"number": 1})
    assert consumer.get(timeout=1).payload == {"number": 1}
    assert "unreadable message" in caplog.text


def test_a_message_that_is_still_being_written_is_not_touched(connect, folder):
    consumer = connect()
    part = folder / "clock" / ".00000000000000000000-half.part"
    part.write_bytes(b'{"body"')
    with pytest.raises(Empty):
        consumer.get(block=False)
    assert part.exists()


def test_emptying_removes_every_message(connect, folder):
    queue = connect()
    queue.put({"number": 1})
    empty(folder)
    with pytest.raises(Empty):
        queue.get(block=False)


def test_a_folder_removed_below_a_running_consumer_comes_back(connect, folder):
    producer, consumer = connect(), connect()
    empty(folder)
    producer.put({"number": 1})
    assert consumer.get(timeout=1).payload == {"number": 1}


def test_a_queue_name_cannot_lead_out_of_the_folder(connect):
    channel = connect().channel
    for name in ("../elsewhere", "a/b", "", ".hidden"):
        with pytest.raises(ChannelError, match="Not a name for a queue"):
            channel._put(name, {})
