"""Databases and brokers of the storm's own, which it may stop as a power cut would."""

import os
import shutil
import socket
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Protocol

from syndication_project import embedded_broker

HOST = "127.0.0.1"
PATIENCE = 60  # seconds for a server to start


class Missing(Exception):
    """A server that is not installed; the message says which."""


class Server(Protocol):
    url: str

    def interrupt(self, seconds: float) -> None:
        """Be of no use to anybody for so long."""

    def stop(self) -> None: ...


class Database(Server, Protocol):
    def dump(self) -> Path:
        """Write everything into a file, while others work."""

    def restore(self, dump: Path) -> None:
        """Put back what a dump holds. Nobody else may be connected."""


class SQLite:
    """A file. There is nobody to stop, so an interruption holds the lock that writers need."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "syndication.sqlite3"
        self.url = f"sqlite:///{self._path}"

    def interrupt(self, seconds: float) -> None:
        connection = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")
        connection.close()

    def dump(self) -> Path:
        path = self._path.with_name("dump.sqlite3")
        self._copy(self._path, path)
        return path

    def restore(self, dump: Path) -> None:
        self._copy(dump, self._path)

    def _copy(self, source: Path, target: Path) -> None:
        old, new = sqlite3.connect(source), sqlite3.connect(target, timeout=PATIENCE)
        old.backup(new)
        old.close()
        new.close()

    def stop(self) -> None:
        pass


class PostgreSQL:
    """A cluster in a folder. An interruption ends it without a checkpoint, as a crash does."""

    def __init__(self, folder: Path) -> None:
        self._programs = newest_postgresql()
        self._folder = folder / "postgresql"
        self._folder.mkdir()
        self._port = free_port()
        self.url = f"postgres://syndication@{HOST}:{self._port}/postgres"
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            folder.chmod(0o755)
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "--auth=trust", "--username=syndication", "--encoding=UTF8")
        self._start()

    def interrupt(self, seconds: float) -> None:
        self.stop()
        time.sleep(seconds)
        self._start()

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode=immediate", "--wait")

    def dump(self) -> Path:
        path = self._folder.with_name("dump.sql")
        self._ask("pg_dump", "--clean", "--if-exists", f"--file={path}")
        return path

    def restore(self, dump: Path) -> None:
        self._ask("psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={dump}")

    def _ask(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), f"--dbname={self.url}", *arguments]
        subprocess.run(command, check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL)

    def _start(self) -> None:
        options = f"-p {self._port} -k {self._folder} -c listen_addresses={HOST}"
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "--wait", f"--log={log}", f"--options={options}")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), f"--pgdata={self._folder}", *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        # To nowhere and not to a pipe, which the server would keep open.
        subprocess.run(command, cwd="/", check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL)


def newest_postgresql() -> Path:
    """Return the folder of PostgreSQL's programs. Raises Missing."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name)
    )
    if folders:
        return folders[-1]
    if program := shutil.which("initdb"):
        return Path(program).parent
    raise Missing("PostgreSQL is not here: `make services` gets it on Debian.")


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


class Embedded:
    """The broker made of files. An interruption takes all of them away."""

    def __init__(self, folder: Path) -> None:
        self.url = "embedded://"
        self._folder = folder / "messages"

    def interrupt(self, seconds: float) -> None:
        embedded_broker.empty(self._folder)

    def stop(self) -> None:
        pass


class Redis:
    """A Redis that keeps nothing on disk, so that an interruption also empties it."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise Missing("Redis is not here: `make services` gets it on Debian.")
        port = free_port()
        self.url = f"redis://{HOST}:{port}/0"
        self._command = [program, "--port", str(port), "--bind", HOST, "--save", ""]
        self._folder = folder
        self._start()

    def interrupt(self, seconds: float) -> None:
        self.stop()
        time.sleep(seconds)
        self._start()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=subprocess.DEVNULL)


SETUPS: dict[str, tuple[type[SQLite] | type[PostgreSQL], type[Embedded] | type[Redis]]] = {
    "sqlite": (SQLite, Embedded),
    "postgres": (PostgreSQL, Redis),
}
