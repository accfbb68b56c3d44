"""Django's view of this app."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
