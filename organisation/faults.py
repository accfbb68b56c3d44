"""One row's fault, kept away from the rows after it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError

log = logging.getLogger(__name__)


@contextmanager
def logged(sentence: str) -> Iterator[None]:
    """Log a fault of the block under the sentence and go on after it.

    Raises what the database itself has to complain of: that is no one row's trouble.
    """
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception(sentence)
