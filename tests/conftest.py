"""Fixtures that every test may use."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import expect

from syndication_project.celery import app
from tests import settings as test_settings
from tests.network import _no_outside_world, _only_this_machine  # noqa: F401
from tests.services import (  # noqa: F401
    bluesky_server,
    bucket_url,
    chromium_path,
    ffmpeg_path,
    node_path,
    postgres_url,
    rabbitmq_url,
    redis_url,
)

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_serialized_rollback", "live_server"}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# As long as everything else in a browser test is waited for; the machine may be busy.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another database, run only what touches the database; browsers see the same pages."""
    if connection.vendor == "sqlite":
        kept = [item for item in items if not item.get_closest_marker("server")]
    else:
        kept = [item for item in items if _touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _touches_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("sqlite") or item.get_closest_marker("browser"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES)


def pytest_unconfigure() -> None:
    shutil.rmtree(test_settings.FOLDER, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _celery_is_configured() -> None:
    """Celery reads Django's settings once, at first use. Not inside a test that changes them."""
    assert app.conf.broker_url


@pytest.fixture(autouse=True)
def _no_memory(settings: Any) -> None:
    """Each test begins with its ids anew, which a machine would take for an older database."""
    (Path(settings.STATE_DIR) / "instance").unlink(missing_ok=True)


@pytest.fixture
def data_dir(tmp_path: Path, settings: Any) -> Path:
    """An empty data folder of this test's own: media, messages and locks go there."""
    folder = tmp_path / "data"
    folder.mkdir()
    settings.DATA_DIR = folder
    settings.STATE_DIR = tmp_path / "state"
    settings.MEDIA_ROOT = folder / "media"
    return folder


@pytest.fixture
def process_environment(transactional_db: None, data_dir: Path, settings: Any) -> dict[str, str]:
    """The environment for a real process of the product that shares this test's database."""
    return {
        **os.environ,
        **test_settings.ENVIRONMENT,
        "DJANGO_SETTINGS_MODULE": "syndication_project.settings",
        "DATA_DIR": str(data_dir),
        "STATE_DIR": str(settings.STATE_DIR),
        "DATABASE_URL": _url_of_test_database(),
    }


def _url_of_test_database() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return test_settings.ENVIRONMENT["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
    chromium_path: str,  # noqa: F811
) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium_path, "args": CHROMIUM_FLAGS}
