"""A worker that is killed in the middle of a piece, as a real process."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from content.models import Piece, WritingItem
from content.writers.queue import put_back
from content.writers.working import write_next
from organisation.clock import database_now
from tests import llm_server
from tests.processes import ROOT
from tests.writing.made import item_of, run_of, source_with

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WRITE_ONE = (
    "import django; django.setup(); from content.writers.working import write_next; write_next()"
)


def test_what_it_had_is_written_once_more_and_becomes_one_piece(
    model, endpoint_of, process_environment
):
    run = run_of(source_with(("A feast", "Peat smoke. It stays.")))
    model.answers = [llm_server.silent]
    environment = process_environment | {
        "LLM_BASE_URL": model.url,
        "LLM_API_KEY": llm_server.KEY,
        "LLM_MODEL": llm_server.MODEL,
    }
    worker = subprocess.Popen([sys.executable, "-c", WRITE_ONE], cwd=ROOT, env=environment)
    try:
        assert model.was_asked.wait(60)
        assert item_of(run).state == WritingItem.State.WRITING
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(20)
    assert not write_next()  # its lease still runs
    assert put_back(database_now() + timedelta(hours=1)) == 1
    WritingItem.objects.update(wake_at=run.at)
    assert write_next()
    assert item_of(run).state == WritingItem.State.WRITTEN
    assert item_of(run).piece == Piece.objects.get()
    assert len(model.questions) == 2
