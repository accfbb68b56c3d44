"""The first thing that runs on a machine: it says what is missing and spoils nothing."""

import ast
import stat
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from scripts import bootstrap

OLDEST_THAT_CAN_READ_IT = (3, 7)  # the oldest grammar that ast knows


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / ".env"
    bootstrap.write_settings(path)
    return path


def test_settings_are_for_their_owner_only(written):
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_settings_hold_fresh_keys_that_work(written, tmp_path):
    values = dict(line.split("=", 1) for line in written.read_text().splitlines() if "=" in line)
    assert len(values["SECRET_KEY"]) >= 50
    Fernet(values["FERNET_KEYS"])
    other = tmp_path / "other"
    bootstrap.write_settings(other)
    assert other.read_text() != written.read_text()


def test_settings_are_never_overwritten(written):
    written.write_text("SECRET_KEY=mine\n")
    bootstrap.write_settings(written)
    assert written.read_text() == "SECRET_KEY=mine\n"


def test_a_python_that_is_too_old_is_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as end:
        bootstrap.use_a_newer_python()
    assert end.value.code == 1
    assert capsys.readouterr().err.startswith("Syndication needs Python 3.11 or newer")


def test_a_newer_python_on_the_machine_takes_over(monkeypatch):
    taken = []
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: sys.executable)
    monkeypatch.setattr(bootstrap.os, "execv", lambda path, command: taken.append(path))
    monkeypatch.setattr(bootstrap, "stop", lambda sentence: None)
    bootstrap.use_a_newer_python()
    assert taken[0] == sys.executable


def test_a_python_without_ensurepip_is_a_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / "venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit):
        bootstrap.make_environment()
    assert "apt install python3-venv" in capsys.readouterr().err


def test_packages_count_as_installed_only_for_exactly_these_requirements(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    assert not bootstrap.is_installed("run")
    stamp = bootstrap.stamp("requirements.txt")
    stamp.write_text(bootstrap.fingerprint("requirements.txt"))
    assert bootstrap.is_installed("run")
    assert not bootstrap.is_installed("dev")
    stamp.write_text("of other requirements")
    assert not bootstrap.is_installed("run")


def test_an_old_python_can_at_least_read_it():
    source = Path(bootstrap.__file__).read_text()
    ast.parse(source, feature_version=OLDEST_THAT_CAN_READ_IT)
