"""Recurring plans, notes on days and calendar feeds: only read here, changed on their pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from organisation.backoffice import ReadOnly
from scheduling.models import (
    CalendarFeed,
    DayNote,
    Occurrence,
    Schedule,
    ScheduleTarget,
)


class TargetInline(admin.TabularInline):
    model = ScheduleTarget
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever sees the plan


@admin.register(Schedule)
class ScheduleAdmin(ReadOnly):
    list_display = ("piece", "rule", "zone", "state", "made_through", "created_by")
    list_select_related = ("piece", "created_by")
    list_filter = ("state", ("brand", admin.RelatedOnlyFieldListFilter))
    search_fields = ("piece__title",)
    inlines = (TargetInline,)


@admin.register(Occurrence)
class OccurrenceAdmin(ReadOnly):
    brand_path = "target__schedule__brand"
    list_display = ("nominal", "target", "state", "reason", "post")
    list_select_related = (
        "target__account__platform", "target__channel_type",
        "post__piece", "post__account__platform",
    )  # fmt: skip
    list_filter = ("state",)
    raw_id_fields = ("target", "post")


@admin.register(DayNote)
class DayNoteAdmin(ReadOnly):
    """Notes on days. They are written on the calendar."""

    list_display = ("day", "text", "brand", "author", "updated_at")
    list_select_related = ("brand", "author")
    list_filter = (("brand", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("text",)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnly):
    """One's own links; a superuser sees all. They are made and revoked on their own page."""

    list_display = ("name", "user", "brand", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("user", "brand")
    exclude = ("hash",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = admin.ModelAdmin.get_queryset(self, request)
        return rows if request.user.is_superuser else rows.filter(user=request.user)
