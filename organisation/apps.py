"""Django's view of this app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from organisation.instances import found


class OrganisationConfig(AppConfig):
    name = "organisation"

    def ready(self) -> None:
        post_migrate.connect(found, sender=self)
