"""What ffmpeg says of a video: a still picture, its codecs, how many pictures a second.

The file is a stranger's. So ffmpeg reads it as MP4 and nothing else, opens no other file or
address, has little time and memory, and what it writes is looked at like any upload. Without
ffmpeg a video is taken in all the same; only the still is missing.
"""

import io
import re
import resource
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from PIL import Image

WAIT = 20  # seconds until it is stopped
MEMORY = 2 * 1024**3  # bytes of address space
STILL_MAX = 4 * 1024 * 1024  # bytes of what it writes, the still and its messages alike
PIXELS_MAX = 50_000_000  # of one picture of the video
WIDTH_MAX = 1280  # pixels of the still
SAID_MAX = 20_000  # characters of its messages that are read
STREAM = re.compile(r"Stream #0:\d+\S*: (Video|Audio): (\w+)(.*)")
RATE = re.compile(r"([\d.]+) fps")
NOT_INSTALLED = (
    "ffmpeg is not installed on this server, so videos have no still picture here, and their "
    "codecs are not known. They are sent all the same. Whoever runs the server can install it."
)


class NoPicture(Exception):
    """There is no still of this video. The text says why."""


@dataclass(frozen=True)
class Looked:
    """What was found. `why` says why there is no still, where there is none."""

    still: bytes = b""  # a JPEG
    codecs: str = ""  # such as "h264, aac"
    frame_rate: float = 0.0  # pictures a second; 0: not known
    why: str = ""


def program() -> str:
    """Return where ffmpeg is; empty where it is not installed."""
    return shutil.which(settings.FFMPEG) or ""


def look(path: str, duration: float) -> Looked:
    """Ask ffmpeg about a video file that lasts `duration` seconds. Raises nothing."""
    ffmpeg = program()
    if not ffmpeg:
        return Looked(why=NOT_INSTALLED)
    with tempfile.TemporaryFile() as still, tempfile.TemporaryFile() as messages:
        command = _command(ffmpeg, path, min(duration / 10, 3.0))
        try:
            if not _ran(command, still, messages):
                return Looked(why="ffmpeg took too long with this video and was stopped.")
        except OSError as error:  # such as one for another kind of machine
            return Looked(why=f"ffmpeg could not be started here ({error.strerror}).")
        still.seek(0)
        messages.seek(0)
        said = messages.read(SAID_MAX).decode("utf-8", "replace")
        return _read(still.read(STILL_MAX), said)


def _command(ffmpeg: str, path: str, at: float) -> list[str]:
    return [
        ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "info",
        "-protocol_whitelist", "file", "-f", "mov", "-threads", "1",
        "-max_pixels", str(PIXELS_MAX), "-ss", f"{at:.3f}", "-i", f"file:{path}",
        "-map", "0:v:0", "-frames:v", "1", "-an", "-sn", "-dn", "-threads", "1",
        "-vf", f"scale='min({WIDTH_MAX},iw)':-2", "-c:v", "mjpeg", "-f", "image2pipe", "pipe:1",
    ]  # fmt: skip


def _ran(command: list[str], still: IO[bytes], messages: IO[bytes]) -> bool:
    """Run it without a shell, in narrow limits; False when it had to be stopped."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=still, stderr=messages)
    with process:
        _limit(process.pid)
        try:
            process.wait(WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            return False
    return True


def _limit(pid: int) -> None:
    """Where the system can (Linux): little memory, little time, short answers."""
    set_limit = getattr(resource, "prlimit", None)
    if set_limit is None:
        return
    limits = ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, WAIT),
              (resource.RLIMIT_FSIZE, STILL_MAX))  # fmt: skip
    for kind, most in limits:
        try:
            set_limit(pid, kind, (most, most))
        except (ProcessLookupError, PermissionError, ValueError):
            return  # it is over already, or this machine allows less


def _read(still: bytes, said: str) -> Looked:
    found = STREAM.findall(re.split(r"Stream mapping:|Output #0", said)[0])
    codecs = ", ".join(dict.fromkeys(codec for _, codec, _ in found if codec != "none"))
    shown = next((rest for kind, _, rest in found if kind == "Video"), "")
    rate = RATE.search(shown)
    facts = codecs, float(rate[1]) if rate and rate[1].count(".") < 2 else 0.0
    try:
        with Image.open(io.BytesIO(still), formats=("JPEG",)) as picture:
            picture.load()
    except Exception:  # noqa: BLE001 (on broken files decoders raise anything)
        return Looked(b"", *facts, why="ffmpeg cannot read the pictures of this video.")
    return Looked(still, *facts)
