"""Django's view of this app."""

from django.apps import AppConfig


class PostingConfig(AppConfig):
    name = "posting"

    def ready(self) -> None:
        from posting import indexing, labels

        indexing.connect()
        labels.connect()
