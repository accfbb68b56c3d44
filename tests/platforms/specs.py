"""The platforms' own machine-readable descriptions, where these are.

They are not part of the product. SPECS_DIR says where they lie.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SPECS = Path(os.environ.get("SPECS_DIR") or ROOT / ".." / "shared" / "specs")


def spec(*parts: str) -> Any:
    file = SPECS.joinpath(*parts)
    if not file.exists():
        pytest.skip("the platforms' specifications are not here: SPECS_DIR says where they lie")
    return json.loads(file.read_text())
