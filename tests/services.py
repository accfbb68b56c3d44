"""Programs that some tests need and not every machine has, and what to say when one is missing."""

import os
import shutil
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from typing import NoReturn
from urllib.parse import urlsplit

import pytest

from tests.bluesky_server import running as bluesky

POSTGRES = os.environ.get(
    "TEST_POSTGRES_URL", "postgres://syndication:syndication@127.0.0.1:5432/syndication"
)
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
RABBITMQ = os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def missing(what: str, how: str = "`make services` gets it on Debian") -> NoReturn:
    """Skip the test, or fail it where everything has to be there."""
    sentence = f"{what} is not here: {how}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def server(name: str, url: str) -> str:
    """Return `url` when something listens there; else skip or fail."""
    address = urlsplit(url)
    try:
        socket.create_connection((address.hostname, address.port), timeout=3).close()
    except OSError:
        missing(name)
    return url


def program(name: str, *commands: str) -> str:
    """Return the path of the first of `commands` that is installed; else skip or fail."""
    for command in commands:
        if path := shutil.which(command):
            return path
    missing(name)


@pytest.fixture(scope="session")
def postgres_url() -> str:
    return server("PostgreSQL", POSTGRES)


@pytest.fixture(scope="session")
def redis_url() -> str:
    return server("Redis", REDIS)


@pytest.fixture(scope="session")
def rabbitmq_url() -> str:
    return server("RabbitMQ", RABBITMQ)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    return program("Chromium", *CHROMIUM_NAMES)


@pytest.fixture(scope="session")
def ffmpeg_path() -> str:
    return program("ffmpeg", "ffmpeg")


@pytest.fixture(scope="session")
def bucket_url() -> Iterator[str]:
    """A MEDIA_STORAGE address of an empty bucket, on a real server of the shape of S3."""
    if (
        find_spec("moto") is None
        or find_spec("flask_cors") is None
        or find_spec("storages") is None
    ):
        missing("moto", "`make test` installs it")
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    names = {"aws_access_key_id": "key", "aws_secret_access_key": "secret/with+signs"}
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", **names
    )
    client.create_bucket(Bucket="media")
    client.close()
    yield f"s3+http://key:secret%2Fwith%2Bsigns@{host}:{port}/media?region=us-east-1"
    server.stop()


@pytest.fixture(scope="session")
def node_path() -> str:
    return program("Node", "node")


@pytest.fixture(scope="session")
def bluesky_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bluesky.BlueskyServer]:
    """Bluesky's reference server. Tests that take it carry `xdist_group("bluesky")`."""
    program = bluesky.node()
    if program is None:
        missing("Bluesky's reference server")
    with bluesky.started(program, tmp_path_factory.mktemp("bluesky")) as running:
        yield running
