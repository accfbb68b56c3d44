"""Putting a platform together from the code blocks of `docs/adding-a-platform.md`."""

import re
from collections import defaultdict
from pathlib import Path

BLOCK = re.compile(r"^```(?P<language>\w+)\n# (?P<path>[\w./]+)\n(?P<code>.*?)^```$", re.M | re.S)
LAST_IMPORT = re.compile(r"(?:^from platforms\.adapters\.\S+ import \w+\n)+", re.M)
TUPLE = "ADAPTERS: tuple[type[Adapter], ...] = (\n"


def files_of(page: str) -> dict[str, str]:
    """The files that the page shows, each from its blocks in their order."""
    parts: dict[str, list[str]] = defaultdict(list)
    for block in BLOCK.finditer(page):
        if block["language"] == "python":
            parts[block["path"]].append(block["code"])
    return {path: "".join(code) for path, code in parts.items()}


def register(page: str, folder: Path) -> None:
    """Add to the registry what the page adds, and nothing else."""
    (change,) = [block for block in BLOCK.finditer(page) if block["language"] == "diff"]
    added = [line[1:] for line in change["code"].splitlines() if line.startswith("+")]
    import_line, entry = added
    file = folder / change["path"]
    text = file.read_text()
    (imports,) = LAST_IMPORT.findall(text)
    assert TUPLE in text
    sorted_imports = "".join(sorted([*imports.splitlines(True), f"{import_line}\n"]))
    file.write_text(text.replace(imports, sorted_imports).replace(TUPLE, f"{TUPLE}{entry}\n"))
