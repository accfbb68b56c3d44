"""No test leaves this machine."""

import socket
import threading

import pytest

from tests.network import OutsideWorldError, attempts


@pytest.fixture
def expected_attempts():
    """Take back what a test of this file tried, so that the guard does not fail it."""
    yield
    attempts.clear()


@pytest.mark.usefixtures("expected_attempts")
class TestGuard:
    def test_a_connection_to_another_machine_is_refused(self):
        with socket.socket() as own, pytest.raises(OutsideWorldError):
            own.connect(("192.0.2.1", 80))

    def test_a_name_of_another_machine_is_not_looked_up(self):
        with pytest.raises(OutsideWorldError):
            socket.getaddrinfo("example.org", 443)

    def test_an_attempt_in_a_thread_is_remembered(self, monkeypatch):
        monkeypatch.setattr(threading, "excepthook", lambda error: None)
        thread = threading.Thread(target=socket.create_connection, args=(("192.0.2.1", 80),))
        thread.start()
        thread.join()
        assert attempts == ["192.0.2.1"]


def test_this_machine_may_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
