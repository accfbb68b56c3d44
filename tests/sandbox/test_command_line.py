"""The program: its one line, its port, its signals."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.sandbox.conftest import PAGE, ROOT, TOKEN, Start, spawn


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_it_says_where_it_listens_in_one_line(start: Start) -> None:
    process, client = start()
    assert client.control("GET", "ledger").json() == {"posts": []}
    process.send_signal(signal.SIGTERM)
    rest, errors = process.communicate(timeout=5)
    assert (rest, errors, process.returncode) == ("", "", 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_even_with_requests_under_way(
    start: Start, number: signal.Signals
) -> None:
    process, client = start()
    client.register("facebook", PAGE, TOKEN)
    client.arm("facebook", "hang", times=0)
    hung = f"{client.facebook}/{PAGE}/feed"
    with pytest.raises(requests.ReadTimeout):
        requests.post(hung, data={"message": "x", "access_token": TOKEN}, timeout=0.3)
    begun = time.monotonic()
    process.send_signal(number)
    assert process.wait(timeout=5) == 0
    assert time.monotonic() - begun < 2


def test_a_taken_port_is_one_clear_line_and_exit_code_2(taken: socket.socket) -> None:
    port = str(taken.getsockname()[1])
    process = spawn("--port", port)
    said, errors = process.communicate(timeout=10)
    assert (process.returncode, said) == (2, "")
    assert errors.count("\n") == 1
    assert f"Port {port}" in errors


def test_the_next_free_port_is_taken_when_asked_for(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    process = spawn("--port", str(port), "--next-free")
    assert process.stdout is not None
    line = process.stdout.readline()
    process.terminate()
    process.communicate(timeout=5)
    assert int(line.strip().rstrip("/").rpartition(":")[2]) > port


def test_a_killed_sandbox_still_knows_what_was_live(start: Start, tmp_path: Path) -> None:
    path = str(tmp_path / "data" / "ledger.jsonl")
    process, client = start("--ledger", path)
    client.register("facebook", PAGE, TOKEN)
    for number in range(20):
        client.publish("facebook", str(number))
    process.kill()
    process.wait(timeout=5)
    _, client = start("--ledger", path)
    assert client.texts() == [str(number) for number in range(20)]


def test_links_start_with_the_address_it_is_told() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--url", "http://sandbox:8801/"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "Sandbox: http://sandbox:8801/\n"
    process.terminate()
    process.communicate(timeout=5)


def test_manage_py_starts_the_same_program() -> None:
    command = [sys.executable, "manage.py", "sandbox", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    address = process.stdout.readline().removeprefix("Sandbox: ").strip()
    assert requests.get(f"{address}_sandbox/ledger", timeout=5).json() == {"posts": []}
    process.terminate()
    process.communicate(timeout=5)
    assert process.returncode == 0


def test_it_needs_nothing_of_the_product_and_no_django() -> None:
    code = (
        "import sys, sandbox.cli; names = {name.partition('.')[0] for name in sys.modules}; "
        "print(sorted(names & {'django', 'posting', 'platforms', 'content', 'organisation'}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"
