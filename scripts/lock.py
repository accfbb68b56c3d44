"""Pins and hashes what the .in files ask for: `make lock`. With `--check` only compares.

The result fits every supported Python and system and holds no address of any kind. Versions stay
as they are where they can; `LOCK=--upgrade make lock` takes the newest.
"""

import os
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("requirements", "requirements-s3", "requirements-dev", "requirements-peers")
UV = Path(sys.executable).with_name("uv")
FOR_ALL = ("--universal", "--python-version", "3.11")
FORM = ("--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links")


def main() -> None:
    os.chdir(ROOT)
    sys.exit(0 if (check() if "--check" in sys.argv else lock()) else 1)


def lock() -> bool:
    extra = os.environ.get("LOCK", "").split()
    return all(compiled(name, *extra) for name in NAMES)


def compiled(name: str, *extra: str) -> bool:
    command = (str(UV), "pip", "compile", "--quiet", *FOR_ALL, *FORM, *extra)
    files = (f"{name}.in", "--output-file", f"{name}.txt")
    return subprocess.call((*command, *files)) == 0


def check() -> bool:
    """Whether every version that is pinned is one that is asked for."""
    shared = pins("requirements")
    unmet = [str(one) for name in NAMES for one in asked(name) if not met(one, pins(name) | shared)]
    for requirement in unmet:
        print(f"{requirement} is not what is pinned: run `make lock`")
    return not unmet


def asked(name: str) -> list[Requirement]:
    lines = (line.partition(" #")[0].strip() for line in Path(f"{name}.in").read_text().split("\n"))
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]


def pins(name: str) -> dict[str, str]:
    lines = Path(f"{name}.txt").read_text().splitlines()
    return dict(line.split(" ")[0].split("==") for line in lines if line[:1].isalpha())


def met(requirement: Requirement, pinned: dict[str, str]) -> bool:
    version = pinned.get(requirement.name.lower().replace("_", "-"))
    return version is not None and requirement.specifier.contains(version)


if __name__ == "__main__":
    main()
