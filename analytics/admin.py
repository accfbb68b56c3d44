"""Figures as they were read, and what is read next. All of it is only looked at."""

from django.contrib import admin

from analytics.models import NORMALISED, AccountHours, Reading, Watch
from organisation.backoffice import ReadOnly


class OfAccountOrPost(ReadOnly):
    brand_path = "account__brand"
    list_select_related = ("account__platform", "post__piece", "post__account__platform")
    search_fields = ("account__name", "post__piece__title")
    ordering = ("-id",)


@admin.register(Reading)
class ReadingAdmin(OfAccountOrPost):
    list_display = ("account", "post", "read_at", *NORMALISED)
    list_filter = ("account__platform",)


@admin.register(Watch)
class WatchAdmin(OfAccountOrPost):
    list_display = ("account", "post", "next_read_at", "read_at", "failures", "error_sentence")
    list_filter = ("error_class", "account__platform")


@admin.register(AccountHours)
class AccountHoursAdmin(ReadOnly):
    brand_path = "account__brand"
    list_select_related = ("account__platform",)
    search_fields = ("account__name",)
    list_display = ("account", "zone", "posts", "left_out", "learnt_at")
    list_filter = ("account__platform",)
    ordering = ("-id",)
