"""Django's view of this app."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"
