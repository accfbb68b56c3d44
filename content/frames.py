"""Counting the frames of a GIF without decoding one (GIF89a, sections 18 to 27)."""

HEADER = 13  # bytes: signature, version and the screen's own descriptor
EXTENSION, IMAGE, END = 0x21, 0x2C, 0x3B


def frames_of_gif(data: bytes, most: int) -> int:
    """Return how many frames there are; `most` for as many or more.

    What is cut short or broken ends the count: whether it can be shown is for a decoder to say.
    """
    at, count = HEADER + _table(data, HEADER - 3), 0
    while at < len(data) and count < most:
        kind = data[at]
        if kind == IMAGE:
            count += 1
            at += 11 + _table(data, at + 9)  # the descriptor, a table of colours, the code size
        elif kind == EXTENSION:
            at += 2
        else:  # the end, or nothing that belongs here
            break
        at = _past_blocks(data, at)
    return max(count, 1)


def _table(data: bytes, at: int) -> int:
    """The bytes of the table of colours that the flags at this place speak of."""
    flags = data[at] if at < len(data) else 0
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _past_blocks(data: bytes, at: int) -> int:
    """Where a row of blocks ends; each begins with its length, the last one is empty."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
