"""Ports that are taken are passed over; a folder that is taken is a refusal."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from syndication_project.supervisor.onlyone import AlreadyRunningError, OnlyOne
from syndication_project.supervisor.ports import HOST, NoFreePortError, listen


@pytest.fixture
def taken():
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_the_next_free_port_is_used_when_one_is_taken(taken):
    with listen(taken) as server:
        assert taken < server.getsockname()[1] <= taken + 100


def test_two_that_start_at_once_never_get_the_same_port(taken):
    with ThreadPoolExecutor(8) as pool:
        sockets = list(pool.map(listen, [taken] * 8))
    ports = {server.getsockname()[1] for server in sockets}
    for server in sockets:
        server.close()
    assert len(ports) == 8


def test_no_free_port_at_all_is_a_sentence():
    with socket.create_server((HOST, 65535)), pytest.raises(NoFreePortError) as refusal:
        listen(65535)
    assert str(refusal.value) == (
        "No port is free from 65535 to 65535. Set another one in the environment."
    )


def test_a_second_supervisor_in_the_same_folder_is_refused(tmp_path):
    with OnlyOne(tmp_path), pytest.raises(AlreadyRunningError, match="already runs from"):
        OnlyOne(tmp_path)


def test_the_folder_is_free_when_the_first_has_ended(tmp_path):
    with OnlyOne(tmp_path):
        pass
    with OnlyOne(tmp_path):
        pass
