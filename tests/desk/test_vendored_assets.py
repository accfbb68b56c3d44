"""What browsers load is what was reviewed: pinned, unchanged, licensed."""

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"


def sums():
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def files():
    return {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }


def test_every_vendored_file_has_the_sum_it_was_committed_with():
    assert files() == sums()


def test_every_vendored_package_brings_its_licence():
    for version in VENDOR.glob("*/*/"):
        assert list(version.glob("LICENSE*")), f"{version} has no licence"


def test_the_vendored_versions_are_those_of_the_lock_file():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    locked = {entry["version"] for name, entry in packages.items()
              if name and not entry.get("dev")}  # fmt: skip
    assert {version.name for version in VENDOR.glob("*/*/")} == locked


def test_every_vendored_path_that_a_page_or_style_names_exists():
    named = set()
    ours = (path for path in (ROOT / "static/syndication").rglob("*") if path.is_file())
    for path in [*(ROOT / "templates").rglob("*.html"), *ours]:
        named |= set(re.findall(r"vendor/([\w./-]+)", path.read_text()))
    assert named
    assert named <= set(sums())
