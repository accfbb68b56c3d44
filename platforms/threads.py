"""What adapters share that send each post of a thread by itself."""

from collections.abc import Callable, Sequence
from functools import partial

from platforms.contract import Journal
from platforms.errors import PlatformError
from platforms.values import Json


def step_of(place: int) -> str:
    """Return the journal's name of the request for one post of a thread, from 1."""
    return "post" if place == 1 else f"post:{place}"


def delete_from_the_end(
    remote_ids: Sequence[str], delete: Callable[[str], Json], journal: Journal
) -> None:
    """Delete a thread's posts, the last first. Raises what one met, and says what is left."""
    for place in range(len(remote_ids), 0, -1):
        step = "delete" if place == 1 else f"delete:{place}"
        try:
            journal.repeatable(step, partial(delete, remote_ids[place - 1]))
        except PlatformError as error:
            if place < len(remote_ids):
                error.sentence += f" Of the thread’s {len(remote_ids)} posts {_left(place)} left."
            raise


def _left(count: int) -> str:
    return "the first is" if count == 1 else f"the first {count} are"
