"""Settings for tests: the product's own, on an environment that nobody's .env can reach.

Every variable the product reads is set here before its settings load. `DATABASE_URL` alone may
come from outside: with it the suite runs on another database.
"""

import os
import tempfile
from base64 import urlsafe_b64encode
from pathlib import Path

from syndication_project.environment import VARIABLES

# One folder for each process of a parallel run; conftest removes it at the end.
FOLDER = Path(tempfile.mkdtemp(prefix="syndication-tests-"))
ENVIRONMENT = {variable.name: "" for variable in VARIABLES} | {
    "SECRET_KEY": "only-for-tests-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
    "FERNET_KEYS": urlsafe_b64encode(b"only-for-tests".ljust(32)).decode(),
    "DATA_DIR": str(FOLDER),
    "STATE_DIR": str(FOLDER / "state"),
    "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
}
os.environ.update(ENVIRONMENT)
# Playwright keeps an event loop in the main thread for the rest of the session, and Django takes
# whatever runs there afterwards for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from syndication_project.settings import *  # noqa: E402, F403
from syndication_project.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, so that threads and processes of one test can share it. With the safe settings a
    # suite would mostly wait for the disk; tests about durability ask for the product's own.
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "tests.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    )

# Fast on purpose: no password in a test protects anything.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
