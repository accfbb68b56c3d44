"""Starts Syndication on one machine, in an order that has the pages up first."""

import io
import os
import socket
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from syndication_project.environment import BASE_DIR, Environment
from syndication_project.supervisor import children, readiness
from syndication_project.supervisor.family import Child, Family
from syndication_project.supervisor.onlyone import AlreadyRunningError, FolderUnusableError, OnlyOne
from syndication_project.supervisor.ports import HOST, NoFreePortError, free_port, listen
from syndication_project.supervisor.readiness import NotReady
from syndication_project.supervisor.terminal import Terminal

PATIENCE = 60.0  # seconds for a child to say that it is ready, on a slow machine
REFUSALS = (
    NotReady,
    AlreadyRunningError,
    FolderUnusableError,
    NoFreePortError,
    ImproperlyConfigured,
)


def main() -> int:
    os.chdir(BASE_DIR)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    terminal = Terminal()
    family = Family(terminal, on_wire=readiness.posts_on_wire)
    try:
        environment = Environment()
        with OnlyOne(environment("DATA_DIR")), listen(environment("PORT")) as pages:
            start(family, terminal, environment, pages)
            family.run()
            family.stop()
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        family.kill()
    return 0


def start(
    family: Family, terminal: Terminal, environment: Environment, pages: socket.socket
) -> None:
    """Start every process and say where to look. Raises one of REFUSALS."""
    site = f"http://{HOST}:{pages.getsockname()[1]}"
    os.environ["SITE_URL"] = os.environ.get("SITE_URL") or site
    demo: bool = environment("DEMO")
    sandbox = start_sandbox(family, environment) if demo else None
    readiness.load_settings()
    readiness.forget_messages(environment("DATA_DIR"))
    readiness.prepare(terminal)
    [web] = family.start(children.web(pages.fileno()))
    expect(family, sandbox)
    sign_in = readiness.load_demo(terminal) if demo else ""
    expect(family, web)
    terminal.say(f"Syndication: {site}/syndication")
    if demo:
        terminal.say(f"Sandbox: {os.environ['SANDBOX_URL']}/")
        terminal.say(sign_in)
    # Up to here an interruption just ends everything. From here on posts may be on the wire.
    family.heed_signals()
    family.start(*children.workers(environment("SEND_SLOTS")))


def start_sandbox(family: Family, environment: Environment) -> Child | None:
    """Start the sandbox, unless the environment names one that runs already."""
    if environment("SANDBOX_URL"):
        return None
    port = free_port(environment("SANDBOX_PORT"))
    os.environ["SANDBOX_URL"] = f"http://{HOST}:{port}"
    folder: Path = environment("DATA_DIR")
    return family.start(children.sandbox(port, folder))[0]


def expect(family: Family, child: Child | None) -> None:
    """Wait until the child is ready. Raises NotReady when it ends or takes too long."""
    if child is not None and not family.wait_until_ready(child, PATIENCE):
        raise NotReady(f"The {child.spec.name} process did not start. Its own words are above.")


if __name__ == "__main__":
    sys.exit(main())
