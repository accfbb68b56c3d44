"""A fresh copy of the product's files, as a clone would be, and the environment of a stranger."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from syndication_project.environment import VARIABLES
from tests.processes import ROOT

NOT_IN_A_CLONE = (
    ".git",
    ".venv",
    ".env",
    "data",
    "build",
    "node_modules",
    "staticfiles",
    ".*cache",
)
OF_THIS_RUN = {"DJANGO_SETTINGS_MODULE", "MAKELEVEL", "MAKEFLAGS", "MFLAGS", "CI"}


@pytest.fixture
def fresh_copy(tmp_path: Path) -> Path:
    """Compiled files come along, or every test would wait for the same compilation again."""
    folder = tmp_path / "syndication"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_IN_A_CLONE), symlinks=True)
    return folder


@pytest.fixture
def strangers_environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """No settings of ours, and the packages of this run so that none is installed again."""
    for name in OF_THIS_RUN | {variable.name for variable in VARIABLES}:
        monkeypatch.delenv(name, raising=False)
    return {
        **os.environ,
        "VENV": sys.prefix,
        "PYTHON": sys.executable,
        "PORT": "18000",
        "SANDBOX_PORT": "18800",
    }
