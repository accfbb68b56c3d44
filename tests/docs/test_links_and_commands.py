"""What the documents point at is there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from desk.demo.loading import PASSWORD, USERNAME
from syndication_project.environment import VARIABLES
from tests.processes import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMAND = re.compile(r"manage\.py ([a-z_]+)((?: \\\n|[^\n`])*)")
SETTING = re.compile(r"\b([A-Z]+_[A-Z_]+)\b")


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def document(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_every_link_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target.partition("#")[0]).exists(), target


def test_every_command_and_its_options_are_there(document):
    for name, rest in COMMAND.findall(document.read_text()):
        assert name in get_commands(), name
        command = load_command_class(get_commands()[name], name)
        known = command.create_parser("manage.py", name)._option_string_actions
        for option in re.findall(r"(--[a-z-]+)", rest):
            assert option in known, f"{name} {option}"


def test_every_make_target_is_there(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"`(?:\w+=\w+ )?make ([a-z-]+)", document.read_text()):
        assert target in targets, target


def test_the_readme_and_operating_name_only_settings_that_are_read():
    known = {variable.name for variable in VARIABLES}
    known |= {"DISABLE_SERVER_SIDE_CURSORS"}  # Django's, in a DATABASE_URL
    running = (ROOT / "docs" / "running").glob("*.md")
    for path in (ROOT / "README.md", ROOT / "docs" / "operating.md", *running):
        assert set(SETTING.findall(path.read_text())) <= known, path.name


def test_the_readme_tells_the_demos_sign_in():
    assert f"Sign in: {USERNAME} / {PASSWORD}" in (ROOT / "README.md").read_text()
