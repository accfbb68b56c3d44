"""Periodic tasks that are still at it when their next tick comes."""

import threading

import pytest

from organisation.ticking import one_at_a_time


def test_a_tick_passes_while_an_earlier_one_is_still_at_it():
    inside, go_on, done = threading.Event(), threading.Event(), []

    @one_at_a_time
    def ask():
        inside.set()
        go_on.wait(10)
        done.append(1)

    first = threading.Thread(target=ask)
    first.start()
    assert inside.wait(10)
    ask()  # comes back at once, or this test would wait for itself
    assert done == []
    go_on.set()
    first.join(10)
    ask()
    assert len(done) == 2


def test_a_tick_that_fails_lets_the_next_one_begin():
    runs = []

    @one_at_a_time
    def fail():
        runs.append(1)
        raise OSError("The platform is away.")

    for _ in range(2):
        with pytest.raises(OSError, match="away"):
            fail()
    assert len(runs) == 2
