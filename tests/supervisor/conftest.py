"""A supervisor over fake children, in a process of its own."""

import sys

import pytest

from tests.processes import Running


@pytest.fixture
def wire(tmp_path):
    """The file that tells the supervisor how many posts are on the wire."""
    path = tmp_path / "on-the-wire"
    path.write_text("0")
    return path


@pytest.fixture
def run_family(wire):
    """Start a supervisor with children given as name="behaviour"."""
    programs = []

    def run(**behaviours: str) -> Running:
        pairs = [f"{name}={behaviour}" for name, behaviour in behaviours.items()]
        command = [sys.executable, "-m", "tests.supervisor.fake_family", str(wire), *pairs]
        program = Running(command)
        programs.append(program)
        program.wait_for("all started")
        return program

    yield run
    for program in programs:
        program.end()
