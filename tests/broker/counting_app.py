"""A Celery app whose one task leaves a line behind, run by the workers of the broker's tests."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["embedded"] = "syndication_project.embedded_broker:Transport"
FOLDER = os.environ.get("COUNTING_FOLDER", "")

# Without fixups Celery leaves Django alone, whose settings are none of this test's business.
app = Celery("counting", broker="embedded://", fixups=[])
app.conf.broker_transport_options = {"folder": f"{FOLDER}/messages"}
app.conf.task_ignore_result = True
app.conf.worker_enable_remote_control = False


@app.task
def leave_a_line(word: str) -> None:
    # One write of one short line with O_APPEND is whole, whoever else writes.
    descriptor = os.open(f"{FOLDER}/lines", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{word}\n".encode())
    os.close(descriptor)


def produce(name: str, count: int) -> None:
    with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
        for number in range(count):
            leave_a_line.apply_async((f"{name}-{number}",), producer=producer)
