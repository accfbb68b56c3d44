"""People, brands, and what the installation says of itself."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from organisation.backoffice import ForEveryone, OfBrands, ReadOnly
from organisation.chips import chip
from organisation.models import (
    AuditEntry,
    Brand,
    Heartbeat,
    Instance,
    Mail,
    Membership,
    Notice,
    Switch,
    User,
)
from organisation.rights import MANAGE_BRAND, VIEW_AUDIT
from organisation.token_admin import ApiTokenAdmin

# Importing it registers it; the others are defined below.
__all__ = ["ApiTokenAdmin"]

admin.site.site_header = "Syndication, back office"
admin.site.site_title = "Syndication"
admin.site.index_title = "Back office"
admin.site.site_url = "/syndication"


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People who may sign in. Only superusers come here."""

    list_display = ("username", "first_name", "last_name", "timezone", "is_active", "is_staff")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "notice_mail", "timezone")}),
        (
            "Doors",
            {
                "fields": ("is_active", "is_staff", "is_superuser"),
                "description": "Staff may open this back office; what they may do in it follows "
                "from their role in each brand.",
            },
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser")
    filter_horizontal = ()


@admin.register(Brand)
class BrandAdmin(OfBrands):
    brand_path = "pk"
    right = MANAGE_BRAND
    list_display = ("name", "slug", "timezone", "created_at")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and request.user.is_superuser


@admin.register(Membership)
class MembershipAdmin(OfBrands):
    right = MANAGE_BRAND
    list_display = ("user", "brand", "role")
    list_select_related = ("user", "brand")
    list_filter = ("role", ("brand", admin.RelatedOnlyFieldListFilter))
    search_fields = ("user__username", "user__first_name", "user__last_name")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    right_to_view = VIEW_AUDIT
    list_display = ("at", "actor", "verb", "sentence", "brand")
    list_select_related = ("brand",)
    list_filter = ("verb", ("brand", admin.RelatedOnlyFieldListFilter))
    search_fields = ("actor", "sentence")
    date_hierarchy = "at"


@admin.register(Heartbeat)
class HeartbeatAdmin(ForEveryone):
    list_display = ("process", "kind", "slots", "started_at", "seen_at")
    list_filter = ("kind",)


@admin.register(Instance)
class InstanceAdmin(ForEveryone):
    list_display = ("uuid", "adopted_at", "doubt")


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    list_display = ("sentence", "brand", "user", "state", "opened_at", "resolved_at")
    list_select_related = ("brand", "user")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter),)
    search_fields = ("sentence", "fault")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        mine = Notice.objects.visible_to(request.user).values("pk")
        return admin.ModelAdmin.get_queryset(self, request).filter(pk__in=mine)

    @admin.display(description="state", ordering="resolved_at")
    def state(self, notice: Notice) -> SafeString:
        if notice.resolved_at:
            return chip("published", "fa-solid fa-check", "Over")
        return chip("failed", "fa-solid fa-triangle-exclamation", "Open")


@admin.register(Mail)
class MailAdmin(ReadOnly):
    """Which mails about notices left, and why others wait."""

    right_to_view = MANAGE_BRAND
    list_display = ("person", "brand", "state", "created_at", "sent_at", "attempts", "error")
    list_select_related = ("person", "brand")
    list_filter = ("state",)


@admin.register(Switch)
class SwitchAdmin(ReadOnly):
    list_display = ("__str__", "state", "stopped_by", "stopped_at", "reason")
    list_select_related = ("brand", "stopped_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Switch]:
        mine = Q(brand=None) | Q(brand__in=Brand.objects.visible_to(request.user))
        return admin.ModelAdmin.get_queryset(self, request).filter(mine)

    @admin.display(description="publishing", ordering="stopped")
    def state(self, switch: Switch) -> SafeString:
        if switch.stopped:
            return chip("failed", "fa-solid fa-hand", "Stopped")
        return chip("published", "fa-solid fa-tower-broadcast", "On")
