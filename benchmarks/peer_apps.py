"""What other job queues need for the herd: one job, which sends one post and nothing else."""

import os

import procrastinate
from celery import Celery

from benchmarks.bare import identity, post

SANDBOX = os.environ.get("PEERS_SANDBOX", "")
ACCOUNTS = int(os.environ.get("PEERS_ACCOUNTS", "1"))

celery = Celery("peers", broker=os.environ.get("PEERS_REDIS", ""))
celery.conf.update(task_ignore_result=True, worker_hijack_root_logger=False)
queue = procrastinate.App(
    connector=procrastinate.PsycopgConnector(conninfo=os.environ.get("PEERS_POSTGRES", ""))
)


@celery.task(name="send")
def send_by_celery(number: int, text: str) -> None:
    post(identity(number % ACCOUNTS), text, SANDBOX)


@queue.task(name="send")
def send_by_procrastinate(number: int, text: str) -> None:
    post(identity(number % ACCOUNTS), text, SANDBOX)
