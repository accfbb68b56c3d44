"""How much memory does a worker need for a large video, and how long does it take?

`python -m benchmarks.video --megabytes 500` starts the whole product, keeps a film of that size,
and posts it to a Page. The sandbox asks for it in parts of `--part` megabytes. The figure that
counts is the most memory a sending worker ever held (VmHWM, Linux), from its start to the end.
"""

import argparse
import os
import struct
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from benchmarks.running import Measurement, Product, descendants, part_of, read, run

OUT_LIMIT = 900  # seconds
CHUNK = os.urandom(1024 * 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--part", type=int, default=16, help="megabytes asked for at once")
    run(parser, Video)


class Video(Measurement):
    """One large film for a Page."""

    def prepare(self) -> Any:
        """Make the account, and return it."""
        from benchmarks import load

        (account,) = load.make_accounts(1, self.running.sandbox)
        part = self.asked.part * 1024 * 1024
        load.tell_limits(self.running.sandbox, account, {"video_part": part})
        return account

    def measure(self, shared: Any, number: int) -> dict[str, Any]:
        """Keep the film, post it, and return what it took."""
        from benchmarks import load
        from content.uploads import keep_upload

        began = time.monotonic()
        with tempfile.TemporaryFile() as file:
            write_film(file, self.asked.megabytes)
            written = time.monotonic()
            asset = keep_upload(file, "film.mp4", brand=shared.brand, by=None)
        kept = time.monotonic()
        before = most_memory(self.running)
        due = datetime.now(UTC) + timedelta(seconds=1)
        texts = load.make_posts(f"film {number}", [shared], [due], media=asset)
        out = wait_until_live(self.running.sandbox, next(iter(texts)))
        return {
            "megabytes": self.asked.megabytes,
            "megabytes in a part": self.asked.part,
            "worker's most memory before, MB": round(before, 1),
            "worker's most memory after, MB": round(most_memory(self.running), 1),
            "keeping the upload s": round(kept - written, 1),
            "making the film s": round(written - began, 1),
            "due to live s": round(out - due.timestamp(), 1),
        }


def write_film(file: IO[bytes], megabytes: int) -> None:
    """An MP4 that says what it is and then holds noise."""

    def box(kind: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return struct.pack(">I4s", 8 + len(body), kind) + body

    matrix = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    header = bytes(40) + struct.pack(">9i2I", *matrix, 1920 << 16, 1080 << 16)
    track = box(b"trak", box(b"tkhd", header), box(b"mdia", box(b"hdlr", bytes(8) + b"vide")))
    movie = box(b"moov", box(b"mvhd", struct.pack(">12xII80x", 1000, 60_000)), track)
    file.write(box(b"ftyp", b"isom", bytes(4)) + movie)
    file.write(struct.pack(">I4s", 8 + megabytes * len(CHUNK), b"mdat"))
    for _ in range(megabytes):
        file.write(CHUNK)
    file.seek(0)


def most_memory(running: Product) -> float:
    """The most megabytes that any sending worker has held at once since it began."""
    workers = [pid for pid in descendants(running.process.pid) if part_of(pid) == "worker"]
    return max(peak_of(pid) for pid in workers)


def peak_of(pid: int) -> float:
    lines = [line.split() for line in read(Path(f"/proc/{pid}/status")).splitlines()]
    return max((int(words[1]) / 1024 for words in lines if words[:1] == ["VmHWM:"]), default=0.0)


def wait_until_live(sandbox: str, text: str) -> float:
    """Return when it was live (Unix time), by the sandbox's own word."""
    from benchmarks import load

    end = time.monotonic() + OUT_LIMIT
    while time.monotonic() < end:
        if posts := [post for post in load.live(sandbox) if post["text"] == text]:
            return datetime.fromisoformat(posts[0]["created_at"]).timestamp()
        time.sleep(0.2)
    raise SystemExit("The film was not out in time.")


if __name__ == "__main__":
    main()
