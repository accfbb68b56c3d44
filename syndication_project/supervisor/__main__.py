"""Starts Syndication on one machine, in an order that has the pages up first."""

import io
import os
import socket
import sys

from django.core.exceptions import ImproperlyConfigured

from syndication_project.environment import BASE_DIR, Environment
from syndication_project.supervisor import children, readiness
from syndication_project.supervisor.family import Child, Family, Spec
from syndication_project.supervisor.gate import Gate
from syndication_project.supervisor.onlyone import AlreadyRunningError, FolderUnusableError, OnlyOne
from syndication_project.supervisor.ports import HOST, NoFreePortError, listen
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
    """Start every process and say where to look. Raises one of REFUSALS.

    Loading Django takes each process a second or two. So the pages load while this one prepares
    the database, and the workers when the pages are up.
    """
    site = choose_site(pages)
    sandboxes = choose_sandbox(environment)
    readiness.check_settings()
    gate = Gate()
    web, *sandbox = family.start(children.web(pages.fileno(), gate.descriptor), *sandboxes)
    readiness.prepare(terminal, environment("DATA_DIR"))
    gate.open()
    sign_in = load_demo(family, terminal, sandbox) if environment("DEMO") else ""
    expect(family, web)
    terminal.say(f"Syndication: {site}/syndication")
    if sign_in:
        terminal.say(f"Sandbox: {os.environ['SANDBOX_URL']}/")
        terminal.say(sign_in)
    # Up to here an interruption just ends everything. From here on posts may be on the wire.
    family.heed_signals()
    family.start(*children.workers(environment("SEND_SLOTS")))


def choose_site(pages: socket.socket) -> str:
    """Return where the pages are, which is also what links say unless the environment does."""
    site = f"http://{HOST}:{pages.getsockname()[1]}"
    os.environ["SITE_URL"] = os.environ.get("SITE_URL") or site
    return site


def choose_sandbox(environment: Environment) -> list[Spec]:
    """Return the sandbox to start: one, or none where the environment names one that runs."""
    if environment("SANDBOX_URL") or not environment("DEMO"):
        return []
    listening = listen(environment("SANDBOX_PORT"))
    os.environ["SANDBOX_URL"] = f"http://{HOST}:{listening.getsockname()[1]}"
    # Detached: the socket stays open as long as this process, for the sandbox to start again on.
    return [children.sandbox(listening.detach(), environment("DATA_DIR"))]


def load_demo(family: Family, terminal: Terminal, sandbox: list[Child]) -> str:
    """Fill in the demo, whose accounts are at the sandbox, and return how to sign in."""
    for child in sandbox:
        expect(family, child)
    return readiness.load_demo(terminal)


def expect(family: Family, child: Child) -> None:
    """Wait until the child is ready. Raises NotReady when it ends or takes too long."""
    if not family.wait_until_ready(child, PATIENCE):
        raise NotReady(f"The {child.spec.name} process did not start. Its own words are above.")


if __name__ == "__main__":
    sys.exit(main())
