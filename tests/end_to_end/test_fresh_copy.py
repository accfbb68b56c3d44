"""What a person sees who clones this and types `make run`."""

import json
import os
import re
import signal
import stat
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Running, wait_until

START = 60  # seconds to the address, with migrations and the demo; far less on an idle machine
SECOND_START = 15  # seconds; measured under 5 on an idle machine of two cores
FIRST_POST = 90  # seconds

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]


@pytest.fixture
def make_run(fresh_copy: Path, strangers_environment: dict[str, str]) -> Iterator:
    programs = []

    def run() -> Running:
        program = Running(["make", "run"], strangers_environment, fresh_copy)
        programs.append(program)
        return program

    yield run
    for program in programs:
        program.end()


def test_a_fresh_copy_shows_its_pages_and_a_demo_post_goes_out_by_itself(make_run, fresh_copy):
    program = make_run()
    page = address(program, "Syndication", START)
    assert page.endswith("/syndication")
    assert status_of(page) == 200
    assert re.fullmatch(r"Sign in: \S+ / \S+", program.wait_for("Sign in: ", seconds=5))

    sandbox = address(program, "Sandbox", 5)
    wait_until(lambda: live_posts(sandbox), FIRST_POST, "a demo post in the sandbox's ledger")
    wait_until(lambda: re.search(r"send +\| .* is out on .* s after", program.said), 10, "its line")
    assert stat.S_IMODE((fresh_copy / ".env").stat().st_mode) == 0o600

    interrupt(program)
    assert_nothing_left(fresh_copy)


def test_the_second_start_is_quick_and_says_the_same(make_run, fresh_copy):
    first = make_run()
    sign_in = first.wait_for("Sign in: ", seconds=START)
    keys = (fresh_copy / ".env").read_text()
    interrupt(first)

    began = time.monotonic()
    second = make_run()
    assert status_of(address(second, "Syndication", START)) == 200
    assert time.monotonic() - began < SECOND_START
    assert second.wait_for("Sign in: ", seconds=5) == sign_in
    assert (fresh_copy / ".env").read_text() == keys


def test_a_second_one_in_the_same_folder_is_refused_in_a_sentence(make_run):
    make_run().wait_for("Sign in: ", seconds=START)
    second = make_run()
    second.seconds_to_end()
    assert second.process.returncode != 0
    assert "Syndication already runs from" in second.said
    assert "Traceback" not in second.said


def test_a_killed_make_takes_everything_along(make_run, fresh_copy):
    program = make_run()
    program.wait_for("Sign in: ", seconds=START)
    program.send(signal.SIGKILL)
    assert_nothing_left(fresh_copy)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("SEND_SLOTS=many", "SEND_SLOTS='many' cannot be read as int"),
        ("LOG_LEVEL=LOUD", "LOG_LEVEL='LOUD' cannot be read as level. DEBUG, INFO, WARNING or"),
        ("DATA_DIR=/dev/null/data", "The folder /dev/null/data cannot be used (Not a directory)"),
        ("FERNET_KEYS=,", "FERNET_KEYS is empty"),
        ("DATABASE_URL=postgres://nobody@127.0.0.1:1/nothing", "The database cannot be used"),
    ],
)
def test_a_wrong_setting_is_a_sentence_and_no_process(make_run, fresh_copy, setting, words):
    name, _, value = setting.partition("=")
    os.environ[name] = value
    try:
        program = make_run()
        program.seconds_to_end(START)
    finally:
        del os.environ[name]
    assert program.process.returncode != 0
    assert words in program.said
    assert "Traceback" not in program.said
    assert_nothing_left(fresh_copy)


def address(program: Running, what: str, seconds: float) -> str:
    line = program.wait_for(f"{what}: http://127.0.0.1:", seconds)
    return line.partition(": ")[2]


def status_of(url: str) -> int:
    """The status of the page that a browser ends up on."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def live_posts(sandbox: str) -> list:
    with urllib.request.urlopen(f"{sandbox}_sandbox/ledger", timeout=10) as answer:
        return json.load(answer)["posts"]


def interrupt(program: Running) -> None:
    """Press Ctrl-C: the terminal sends it to `make` and the supervisor alike."""
    os.killpg(program.process.pid, signal.SIGINT)
    assert program.seconds_to_end() < 6


def assert_nothing_left(folder: Path) -> None:
    wait_until(lambda: not commands_in(folder), 5, f"no process left, but {commands_in(folder)}")


def commands_in(folder: Path) -> list[str]:
    """The command lines of all processes that run this copy's files."""
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in listing.stdout.splitlines() if f"{folder}/" in line]
