"""A child that dies starts again; one that keeps dying is reported."""

import os
import signal

from tests.processes import is_running, wait_until


def pid_of(program, name, life=1):
    return int(program.wait_for(f"{name:<7}| pid ", times=life).split()[-1])


def test_a_killed_child_starts_again(run_family):
    program = run_family(web="steady", send="steady")
    first = pid_of(program, "send")
    os.kill(first, signal.SIGKILL)
    assert pid_of(program, "send", life=2) != first
    program.wait_for("The send process was ended by SIGKILL. It starts again in 0.2 s.")


def test_the_others_go_on(run_family):
    program = run_family(web="steady", send="steady")
    web = pid_of(program, "web")
    os.kill(pid_of(program, "send"), signal.SIGKILL)
    pid_of(program, "send", life=2)
    assert is_running(web)


def test_a_child_that_keeps_dying_is_reported_in_a_sentence(run_family):
    program = run_family(web="dying")
    program.wait_for(
        "The web process has ended 5 times in a row; the last time it ended with exit code 3."
    )


def test_a_dead_child_leaves_no_zombie(run_family):
    program = run_family(send="steady")
    first = pid_of(program, "send")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not is_running(first), 5, "the dead child reaped")


def test_lines_carry_the_name_of_the_child_and_own_sentences_none(run_family):
    program = run_family(web="steady", clock="steady")
    pid_of(program, "clock")
    assert {line.partition("|")[0] for line in program.lines} == {
        "web    ",
        "clock  ",
        "all started",
    }


def test_the_line_that_says_a_child_is_ready_is_not_passed_on(run_family):
    program = run_family(web="steady")
    pid_of(program, "web")
    assert "Ready:" not in program.said
