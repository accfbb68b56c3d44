"""Ports that are taken are passed over; a folder that is taken is a refusal."""

import socket

import pytest

from syndication_project.supervisor.onlyone import AlreadyRunningError, OnlyOne
from syndication_project.supervisor.ports import HOST, NoFreePortError, free_port, listen


@pytest.fixture
def taken():
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_the_next_free_port_is_used_when_one_is_taken(taken):
    with listen(taken) as server:
        assert taken < server.getsockname()[1] <= taken + 100


def test_a_port_is_free_again_after_asking_for_it(taken):
    port = free_port(taken)
    assert free_port(port) == port


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
