"""What a check found, and the three things that can mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "OK"
    WARN = "WARN"  # works, and will not for ever
    FAIL = "FAIL"  # something does not go out, or might go out twice


@dataclass(frozen=True)
class Finding:
    """One line of the report. What is not OK also says what to do."""

    level: Level
    about: str
    sentence: str


Findings = Iterator[Finding]


def ok(about: str, sentence: str) -> Finding:
    return Finding(Level.OK, about, sentence)


def warn(about: str, sentence: str) -> Finding:
    return Finding(Level.WARN, about, sentence)


def fail(about: str, sentence: str) -> Finding:
    return Finding(Level.FAIL, about, sentence)
