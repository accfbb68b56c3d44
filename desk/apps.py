"""Django's view of this app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
