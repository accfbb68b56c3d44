"""`docs/adding-a-platform.md` is right: its blocks make a platform that passes and publishes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import settings as test_settings
from tests.end_to_end.page import files_of, register
from tests.processes import ROOT

PAGE = (ROOT / "docs" / "adding-a-platform.md").read_text()
ADAPTER, TEST = "platforms/adapters/noticeboard.py", "tests/platforms/test_noticeboard.py"
GOES_OUT = "tests/end_to_end/notice_goes_out.py"
PATIENCE = 300  # seconds for one command, on however busy a machine

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]


@pytest.fixture
def project(fresh_copy: Path) -> Path:
    """A copy of the project to which somebody has done what the page says."""
    for path, code in files_of(PAGE).items():
        assert not (fresh_copy / path).exists()
        (fresh_copy / path).write_text(code)
    register(PAGE, fresh_copy)
    return fresh_copy


def run(project: Path, environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_adds_one_file_its_test_and_a_line():
    assert set(files_of(PAGE)) == {ADAPTER, TEST}


def test_the_platform_of_the_page_is_well_formed(project, strangers_environment):
    for check in (("format", "--check"), ("check",)):
        run(project, strangers_environment, "ruff", *check, ADAPTER, TEST, "platforms/registry.py")


def test_the_platform_of_the_page_passes_its_test_and_publishes(project, strangers_environment):
    pytest_there = ("pytest", "-q", "-p", "no:cacheprovider")
    record = {**strangers_environment, "RECORD_GOLDEN": "1"}
    run(project, record, *pytest_there, "-m", "golden", TEST)
    assert (project / "tests/platforms/golden/noticeboard/contract-text.json").exists()
    kit = "tests/platforms/test_contract_kit.py"
    said = run(project, strangers_environment, *pytest_there, TEST, kit, GOES_OUT)
    assert "skipped" not in said


def test_it_needs_no_migration(project, strangers_environment):
    environment = {
        **strangers_environment,
        **test_settings.ENVIRONMENT,
        "DJANGO_SETTINGS_MODULE": "syndication_project.settings",
    }
    run(project, environment, "django", "makemigrations", "--check", "--dry-run")
