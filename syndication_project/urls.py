"""Addresses. The admin is the back office; the staff pages live under /syndication."""

from django.contrib import admin
from django.urls import include, path

handler500 = "organisation.api.problems.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("syndication_project.api")),
    path("", include("content.urls")),
    path("", include("desk.urls")),
]
