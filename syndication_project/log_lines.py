"""How a line of the log looks."""

import logging


class PlainFormatter(logging.Formatter):
    """What happened reads as a sentence. What went wrong says how badly, and where."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._sentence = logging.Formatter("%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        if record.levelno == logging.INFO:
            return self._sentence.format(record)
        return super().format(record)
