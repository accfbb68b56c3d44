"""Makes `manage.py sandbox` known to Django. Nothing else in this package imports Django."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "sandbox"
    verbose_name = "Sandbox"
