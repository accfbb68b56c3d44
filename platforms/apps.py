"""Django's view of this app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from platforms.sync import sync_platforms


class PlatformsConfig(AppConfig):
    name = "platforms"

    def ready(self) -> None:
        post_migrate.connect(sync_platforms, sender=self)
