"""Videos, which are encoded elsewhere before their post can name them."""

import io
from dataclasses import replace

import pytest

from platforms.adapters.bluesky import Bluesky
from platforms.errors import (
    NotReady,
    Rejected,
)
from tests.platforms.at_bluesky.posts import (
    FILM,
    KINDS,
)
from tests.platforms.journal import MemoryJournal


def test_a_video_that_is_encoded_gives_the_worker_back(connect, sandbox):
    adapter, journal = connect(video_processing=2), MemoryJournal()
    for _ in range(2):
        with pytest.raises(NotReady, match="still preparing video 1"):
            adapter.publish(KINDS["video"], journal)
    adapter.publish(KINDS["video"], journal)
    sent = [r for r in sandbox.received() if r["path"].endswith("uploadVideo")]
    assert len(sent) == 1


def test_a_video_it_has_already_is_taken_from_there(connect, sandbox):
    adapter = connect()
    adapter.publish(KINDS["video"], MemoryJournal())
    adapter.publish(KINDS["video"], MemoryJournal())
    assert len(sandbox.posts()) == 2


def test_an_account_that_may_not_send_videos_says_why(connect):
    adapter = connect(no_videos="Please verify your email address.")
    with pytest.raises(Rejected, match="verify your email address"):
        adapter.publish(KINDS["video"], MemoryJournal())


def test_a_film_that_cannot_be_encoded_is_refused(connect):
    adapter = connect()
    broken = replace(adapter.connection, open_media=lambda item: io.BytesIO(b"x" * len(FILM)))
    with pytest.raises(Rejected, match="could not be encoded"):
        Bluesky(broken).publish(KINDS["video"], MemoryJournal())
