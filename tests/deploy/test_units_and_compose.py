"""What deploy/ starts is what the supervisor starts: the same processes, options and settings."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.beat import beat
from celery.bin.worker import worker
from django.conf import settings
from waitress.adjustments import Adjustments

from syndication_project.environment import REQUIRED, VARIABLES
from syndication_project.supervisor import children
from tests.processes import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
OURS = {name: one for name, one in COMPOSE.items() if one["image"] == "syndication"}
KNOWN = {variable.name for variable in VARIABLES}


def unit(path: Path) -> Any:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


def command(path: Path) -> list[str]:
    program, *arguments = shlex.split(unit(path)["Service"]["ExecStart"].replace("%%", "%"))
    return [Path(program).name, *arguments]


COMMANDS = {path.name: command(path) for path in UNITS} | {
    f"compose {name}": one["command"] for name, one in OURS.items()
}
commands = pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS.keys())


def option(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def workers() -> dict[str, list[str]]:
    """The arguments of each worker of the supervisor, by its queue."""
    specs = [spec for spec in children.workers(16) if "worker" in spec.arguments]
    return {option(list(spec.arguments), "--queues"): list(spec.arguments) for spec in specs}


def without_values(arguments: list[str]) -> set[str]:
    return {one for one in arguments if one.startswith("-")}


def test_every_queue_that_is_used_has_a_worker_everywhere():
    used = {settings.CELERY_TASK_DEFAULT_QUEUE}
    used |= {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    units = {option(one, "--queues") for one in COMMANDS.values() if "worker" in one}
    composed = {option(one["command"], "--queues") for one in OURS.values()
                if "worker" in one["command"]}  # fmt: skip
    assert used == set(workers()) == units == composed


@commands
def test_each_command_is_one_we_start_ourselves(arguments):
    program = arguments[0]
    if program == "celery" and "worker" in arguments:
        queue = option(arguments, "--queues")
        assert without_values(arguments) == without_values(workers()[queue])
        slots = {"clock": str(children.CLOCK_SLOTS), "work": str(children.WORK_SLOTS)}
        assert option(arguments, "--concurrency") == slots.get(
            queue, option(arguments, "--concurrency")
        )
    elif program == "celery":
        assert without_values(arguments) == without_values(list(children.beat().arguments))
    elif program == "python":
        assert arguments[1:] == ["manage.py", "migrate", "--no-input"]
    else:
        assert program == "waitress-serve"
        Adjustments.parse_args(arguments[1:])


@commands
def test_each_option_of_celery_is_one_it_knows(arguments):
    known = {name for one in (worker, beat) for each in one.params for name in each.opts}
    known |= {"--quiet", "--app"}
    if arguments[0] == "celery":
        assert {one.partition("=")[0] for one in without_values(arguments)} <= known


def test_the_example_names_only_settings_and_all_that_are_required():
    lines = (DEPLOY / "systemd" / "environment.example").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert named <= KNOWN
    assert {one.name for one in VARIABLES if one.default is REQUIRED} <= named


def test_units_and_compose_name_only_settings():
    for path in UNITS:
        assert set(re.findall(r"\$\{([A-Z_]+)", path.read_text())) <= KNOWN
    for one in OURS.values():
        assert set(one["environment"]) <= KNOWN


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_share_what_keeps_them_in_their_place(path):
    service = unit(path)["Service"]
    for line in ("ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=",
                 "StateDirectory=syndication syndication-state"):  # fmt: skip
        name, _, value = line.partition("=")
        assert service[name] == value


def test_a_sending_worker_may_finish_what_its_lease_allows():
    lease = settings.LEASE_SECONDS
    send = unit(DEPLOY / "systemd" / "syndication-send@.service")["Service"]
    assert int(send["TimeoutStopSec"].removesuffix("s")) > lease
    assert int(COMPOSE["send"]["stop_grace_period"].removesuffix("s")) > lease


def test_systemd_takes_the_units(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    for path in (DEPLOY / "systemd").glob("syndication*"):
        text = re.sub(r"/opt/syndication/\.venv/bin/\S+", "/bin/true", path.read_text())
        (tmp_path / path.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, tmp_path.iterdir())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "syndication" in line]
    assert (done.returncode, ours) == (0, [])
