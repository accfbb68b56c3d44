"""The Celery app. Messages are wake-ups and carry no ids; the database rows are the truth."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from kombu.transport import TRANSPORT_ALIASES

from syndication_project import lifecycle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syndication_project.settings")
TRANSPORT_ALIASES["embedded"] = "syndication_project.embedded_broker:Transport"

app = Celery("syndication")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _leave_logging_alone(**_: Any) -> None:
    """Keep what Django's settings say: with a receiver here Celery configures no logging."""


lifecycle.listen()
