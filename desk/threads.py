"""A text as the posts of a thread, each with its own count, for previews."""

from dataclasses import dataclass, replace

from desk.compose.marking import Run, marked
from platforms.contract import Adapter, WritesThreads
from platforms.values import Limits, Rendition


@dataclass(frozen=True)
class Part:
    """One post of a thread."""

    runs: list[Run]
    length: int
    most: int


def parts_of(adapter: type[Adapter], rendition: Rendition, limits: Limits) -> list[Part]:
    """Return the posts of a thread; none for one post, and for a text that is too long anyway."""
    if not limits.part_max or not issubclass(adapter, WritesThreads):
        return []
    texts = adapter.parts(rendition, limits)
    if len(texts) < 2 or limits.count(rendition.text) > limits.text_max:
        return []
    own = replace(limits, text_max=limits.part_max)
    return [
        Part(marked(replace(rendition, text=text), own).runs, limits.count(text), own.text_max)
        for text in texts
    ]
