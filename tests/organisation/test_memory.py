"""What a machine remembers of the journal, written by many processes at once."""

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings

from organisation import memory
from organisation.memory import Memory


def test_nothing_is_remembered_at_first():
    assert memory.recall() == Memory("", 0)


def test_only_a_higher_id_is_remembered():
    memory.belong("an-instance", 5)
    memory.remember(9)
    memory.remember(7)
    assert memory.recall() == Memory("an-instance", 9)


def test_many_at_once_leave_the_highest():
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(memory.remember, range(500)))
    assert memory.recall().journal == 499


def test_a_process_that_is_frozen_while_it_writes_stops_nobody():
    memory.remember(5)
    file = os.open(Path(settings.STATE_DIR) / "instance", os.O_RDWR)
    fcntl.flock(file, fcntl.LOCK_EX)
    memory.remember(6)  # gives up after a moment
    assert memory.recall().journal == 5
    os.close(file)
    memory.remember(7)
    assert memory.recall().journal == 7


def test_a_file_that_cannot_be_read_counts_as_none():
    memory.remember(5)
    (Path(settings.STATE_DIR) / "instance").write_bytes(b"\xff\x00 nonsense")
    assert memory.recall() == Memory("", 0)
