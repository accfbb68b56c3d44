"""Django's view of this app."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
