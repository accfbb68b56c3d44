"""Django's view of this app."""

from django.apps import AppConfig


class PlatformsConfig(AppConfig):
    name = "platforms"
