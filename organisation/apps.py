"""Django's view of this app."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "organisation"
