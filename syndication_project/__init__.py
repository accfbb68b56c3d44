"""Settings, addresses and processes of Syndication."""

# Imported here so that every shared task binds to this app and its broker, whichever process
# imports the task first. Without it a task would go to an AMQP broker on localhost.
from syndication_project.celery import app as celery_app

__all__ = ["celery_app"]
