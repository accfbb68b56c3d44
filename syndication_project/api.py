"""Addresses of the API: each app's resources, their description, and a plain no for the rest."""

from django.urls import include, path, re_path

from organisation.api.problems import not_found
from organisation.api.schema import DocsPage, SchemaView

app_name = "api"
urlpatterns = [
    path("syndication/", include("scheduling.api.urls")),
    path("syndication/schema", SchemaView.as_view(), name="schema"),
    path("syndication/docs", DocsPage.as_view(), name="docs"),
    re_path("", not_found),
]
