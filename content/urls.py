"""Addresses that platforms fetch media from."""

from django.urls import path

from content.views import public_media

app_name = "content"
urlpatterns = [path("media/<str:token>", public_media, name="public_media")]
