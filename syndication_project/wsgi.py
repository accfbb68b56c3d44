"""The WSGI entry point."""

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syndication_project.settings")


def _checked_application() -> WSGIHandler:
    """Pages are served only where posts could be published too."""
    handler = get_wsgi_application()
    from monitoring.preflight import refuse_if_unfit

    refuse_if_unfit()
    return handler


application = _checked_application()
