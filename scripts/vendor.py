"""Copy the pinned browser assets from node_modules to static/vendor, with licences and sums.

    npm ci && python scripts/vendor.py

Nothing is built: files are copied byte for byte, and the result is committed, so that nobody needs
Node to run the product. `tests/desk/test_vendored_assets.py` compares the sums.
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"
SUMS = TARGET / "SHA256SUMS"


class Package(NamedTuple):
    """One npm package: the name of its folder here and the files that are taken."""

    package: str
    name: str
    files: tuple[str, ...]


PACKAGES = (
    Package(
        "bootstrap",
        "bootstrap",
        ("dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js", "LICENSE"),
    ),
    # Part of Bootstrap's bundle; its licence wants to come along.
    Package("@popperjs/core", "popper", ("LICENSE.md",)),
    Package(
        "@fortawesome/fontawesome-free",
        "fontawesome",
        (
            "css/fontawesome.min.css",
            "css/solid.min.css",
            "css/regular.min.css",
            "css/brands.min.css",
            "webfonts/fa-solid-900.woff2",
            "webfonts/fa-regular-400.woff2",
            "webfonts/fa-brands-400.woff2",
            "LICENSE.txt",
        ),
    ),
    Package(
        "@fontsource-variable/inter",
        "inter",
        ("files/inter-latin-wght-normal.woff2", "LICENSE"),
    ),
    Package("htmx.org", "htmx", ("dist/htmx.min.js", "LICENSE")),
    Package("sortablejs", "sortable", ("Sortable.min.js", "LICENSE")),
)


def main() -> None:
    if TARGET.exists():
        shutil.rmtree(TARGET)
    copied = [file for package in PACKAGES for file in copy(package)]
    lines = [f"{digest(file)}  {file.relative_to(TARGET).as_posix()}\n" for file in sorted(copied)]
    SUMS.write_text("".join(lines))
    print(f"{len(copied)} files in {TARGET.relative_to(ROOT)}")


def copy(package: Package) -> list[Path]:
    """Copy one package's files to <name>/<version>/; `dist/` and `files/` say nothing, so go."""
    source = MODULES / package.package
    version = json.loads((source / "package.json").read_text())["version"]
    return [
        copy_file(source / file, TARGET / package.name / version / shortened(file))
        for file in package.files
    ]


def shortened(file: str) -> str:
    return file.removeprefix("dist/").removeprefix("files/")


def copy_file(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(source, target))


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
