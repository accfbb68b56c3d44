"""Makes a fresh copy ready, with the standard library alone, then starts what was asked for.

    bootstrap.py run COMMAND…    what the product needs
    bootstrap.py dev COMMAND…    that, and what its checks need
    bootstrap.py peers COMMAND…  that, and what the benchmarks compare with

COMMAND runs with the virtual environment's Python. Nothing here is newer than Python 3.6.2: one
that is too old must get as far as saying so.
"""

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import NoReturn

OLDEST = (3, 11)
NEWER_NAMES = ("python3.13", "python3.12", "python3.11")
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / os.environ.get("VENV", ".venv")
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = {
    "run": ["requirements.txt"],
    "dev": ["requirements-dev.txt", "requirements.txt"],
    "peers": ["requirements-peers.txt", "requirements.txt"],
}


def main() -> None:
    kind, command = sys.argv[1], sys.argv[2:]
    use_a_newer_python()
    os.chdir(ROOT)
    if not is_installed(kind):
        make_environment()
        install(kind)
    write_settings(ROOT / ".env")
    # Else each of our many processes compiles all our modules anew when it starts.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if command:
        os.execv(str(PYTHON), [str(PYTHON), *command])


def use_a_newer_python() -> None:
    """Go on with a newer Python of this machine when the one that runs this is too old."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_NAMES:
        path = shutil.which(name)
        if path and subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(path, [path, *sys.argv])
    stop(
        f"Syndication needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is "
        f"{sys.version.split()[0]} ({sys.executable}). Install a newer one, or name it: "
        "make run PYTHON=/path/to/python3"
    )


def is_installed(kind: str) -> bool:
    """Whether exactly these requirements were installed already."""
    return PYTHON.exists() and all(
        stamp(name).exists() and stamp(name).read_text() == fingerprint(name)
        for name in REQUIREMENTS[kind]
    )


def stamp(name: str) -> Path:
    return VENV / (".installed-" + name)


def fingerprint(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def make_environment() -> None:
    """Create the virtual environment, unless a working one is there."""
    if PYTHON.exists():
        return
    say(f"Making a virtual environment in {VENV.name}")
    if shutil.which("uv"):
        run("uv", "venv", "--quiet", "--python", sys.executable, str(VENV))
        return
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        stop(
            "This Python cannot make a virtual environment: its ensurepip module is missing. On "
            "Debian and Ubuntu `apt install python3-venv` brings it; then run this again."
        )
    run(sys.executable, "-m", "venv", "--clear", str(VENV))


def install(kind: str) -> None:
    """Install the pinned packages, each checked against its hash, and remember that.

    They are compiled at once: each of our processes would else compile them all when it starts,
    wherever PYTHONDONTWRITEBYTECODE is set or the environment is read-only.
    """
    say(f"Installing the packages of {REQUIREMENTS[kind][0]} (only when they change)")
    wanted = ["--require-hashes", "--requirement", REQUIREMENTS[kind][0]]
    uv = shutil.which("uv", path=os.pathsep.join([os.environ.get("PATH", ""), str(PYTHON.parent)]))
    if uv:
        compiled = ["--quiet", "--compile-bytecode", "--python", str(PYTHON)]
        run(uv, "pip", "install", *compiled, *wanted)
    else:
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        run(str(PYTHON), "-m", "pip", "install", *quiet, *wanted)
    for name in REQUIREMENTS[kind]:
        stamp(name).write_text(fingerprint(name))


def write_settings(path: Path) -> None:
    """Write settings with fresh keys, for this person's eyes only. Never overwrites any."""
    try:
        descriptor = os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(SETTINGS % (secrets.token_urlsafe(50), fernet_key()))
    say("Wrote .env with fresh keys. Keep a copy: stored credentials cannot be read without them")


def fernet_key() -> str:
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


SETTINGS = """\
# Settings of this copy of Syndication; docs/settings.md lists them all. Keep this file secret.
SECRET_KEY=%s
FERNET_KEYS=%s
# `make run` starts a sandbox that stands in for the platforms, and fills in a demo brand.
# DEMO=no leaves both out.
DEMO=yes
"""


def run(*command: str) -> None:
    code = subprocess.call(command)
    if code != 0:
        stop(f"That did not work: {Path(command[0]).name} ended with exit code {code}.")


def say(sentence: str) -> None:
    print(sentence + ".", flush=True)


def stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
