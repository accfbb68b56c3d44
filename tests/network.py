"""Keeps the suite on this machine: a connection to anywhere else fails the test that made it."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

NAMES_OF_THIS_MACHINE = {None, "", "localhost", "127.0.0.1", "::1"}
_connect, _connect_ex, _getaddrinfo = (
    socket.socket.connect,
    socket.socket.connect_ex,
    socket.getaddrinfo,
)
attempts: list[str] = []


class OutsideWorldError(BaseException):
    """Raised at the attempt. Not an Exception, so that no handler of the product takes it."""


def _check(host: Any) -> None:
    if not _is_here(host):
        attempts.append(str(host))
        raise OutsideWorldError(f"a test tried to reach {host}")


def _is_here(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in NAMES_OF_THIS_MACHINE:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _check_address(own: socket.socket, address: Any) -> None:
    if own.family in {socket.AF_INET, socket.AF_INET6}:
        _check(address[0])


def _guarded_connect(own: socket.socket, address: Any) -> None:
    _check_address(own, address)
    _connect(own, address)


def _guarded_connect_ex(own: socket.socket, address: Any) -> int:
    _check_address(own, address)
    return _connect_ex(own, address)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    _check(host)
    return _getaddrinfo(host, *args, **kwargs)


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded_connect)
        patch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", _guarded_getaddrinfo)
        yield


@pytest.fixture(autouse=True)
def _no_outside_world() -> Iterator[None]:
    """Fail the test even when the attempt was made in a thread, or its error was swallowed."""
    attempts.clear()
    yield
    if attempts:
        pytest.fail(f"this test tried to reach {', '.join(attempts)}", pytrace=False)
