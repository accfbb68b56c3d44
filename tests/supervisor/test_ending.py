"""However the supervisor ends, its children end too; in order, when there is time."""

import signal

import pytest

from tests.processes import is_running, wait_until
from tests.supervisor.test_restarting import pid_of


def assert_gone(*pids):
    wait_until(lambda: not any(map(is_running, pids)), 5, "every child gone")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_within_five_seconds(run_family, number):
    program = run_family(web="steady", server="steady")
    pids = pid_of(program, "web"), pid_of(program, "server")
    program.send(number)
    assert program.seconds_to_end() < 5
    assert program.process.returncode == 0
    assert_gone(*pids)


def test_a_child_that_will_not_end_is_killed_within_five_seconds(run_family):
    program = run_family(web="stubborn", server="stubborn")
    pids = pid_of(program, "web"), pid_of(program, "server")
    program.send(signal.SIGINT)
    assert program.seconds_to_end() < 5
    assert_gone(*pids)


def test_a_killed_supervisor_takes_its_children_along(run_family):
    program = run_family(web="stubborn", server="steady")
    pids = pid_of(program, "web"), pid_of(program, "server")
    program.send(signal.SIGKILL)
    assert_gone(*pids)


def test_what_a_child_started_goes_with_it(run_family):
    program = run_family(web="parent")
    pids = pid_of(program, "web", life=1), pid_of(program, "web", life=2)
    program.send(signal.SIGKILL)
    assert_gone(*pids)


class TestWhilePostsAreOnTheWire:
    @pytest.mark.parametrize(
        ("posts", "sentence"),
        [
            (1, "waiting for 1 post (at most 30 s), Ctrl-C again to cut"),
            (2, "waiting for 2 posts (at most 30 s), Ctrl-C again to cut"),
        ],
    )
    def test_the_supervisor_says_that_it_waits(self, run_family, wire, posts, sentence):
        program = run_family(send="stubborn")
        wire.write_text(str(posts))
        program.send(signal.SIGINT)
        assert program.wait_for("waiting") == sentence

    def test_it_ends_soon_after_the_last_post_is_out(self, run_family, wire):
        program = run_family(send="stubborn")
        pid = pid_of(program, "send")
        wire.write_text("1")
        program.send(signal.SIGINT)
        program.wait_for("waiting")
        wire.write_text("0")
        assert program.seconds_to_end() < 5
        assert_gone(pid)

    def test_a_second_signal_cuts_at_once(self, run_family, wire):
        program = run_family(send="stubborn", server="steady")
        pids = pid_of(program, "send"), pid_of(program, "server")
        wire.write_text("2")
        program.send(signal.SIGINT)
        program.wait_for("waiting")
        program.send(signal.SIGINT)
        assert program.seconds_to_end() < 1
        assert_gone(*pids)

    def test_one_signal_that_arrives_twice_cuts_nothing(self, run_family, wire):
        """`make` passes a SIGTERM on that the terminal or a script sent to both."""
        program = run_family(send="stubborn")
        wire.write_text("1")
        program.send(signal.SIGTERM)
        program.send(signal.SIGTERM)
        program.wait_for("waiting")
        assert is_running(pid_of(program, "send"))

    def test_those_that_serve_others_stay_as_long_as_the_others(self, run_family, wire):
        program = run_family(send="stubborn", server="steady")
        wire.write_text("1")
        program.send(signal.SIGINT)
        program.wait_for("waiting")
        assert is_running(pid_of(program, "server"))
