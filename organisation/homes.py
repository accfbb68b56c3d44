"""Where a database is. The same rows found elsewhere are a copy."""

import socket
from pathlib import Path

from django.db import connection


def home() -> dict[str, str]:
    """Return the marks of the connected database's place.

    A PostgreSQL cluster has an identifier of its own, and a database an object id within it; a
    standby that takes over has both. A dump that is restored elsewhere, or beside, has neither.
    An SQLite file is known by its path on this machine, and by its inode when it is moved.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT system_identifier, oid FROM pg_control_system(), pg_database "
                "WHERE datname = current_database()"
            )
            cluster, database = cursor.fetchone()
        return {"database": f"{cluster}/{database}"}
    path = Path(str(connection.settings_dict["NAME"])).resolve()
    inode = path.stat().st_ino if path.exists() else 0
    return {"path": f"{socket.gethostname()}:{path}", "inode": str(inode)}


def is_same(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether any mark of two homes agrees: a file may be moved, a host renamed."""
    return any(value == other.get(name) for name, value in one.items())
