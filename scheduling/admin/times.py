"""What is asked of times: slots, rules, blackouts, and conflicts that were left as they are."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from organisation.audit import record
from organisation.backoffice import OfBrands, ReadOnly
from organisation.rights import PUBLISH_POST
from scheduling.models import (
    Blackout,
    IgnoredConflict,
    Slot,
    TimeRules,
)


class Audited(OfBrands):
    """What is set about times, here as on the page of an account's times."""

    right = PUBLISH_POST

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._note(request, obj, "changed" if change else "added")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._note(request, obj, "removed")
        super().delete_model(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.right, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """None in bulk: each row is of a brand, in which the person has a role or not."""
        return {}

    def _note(self, request: HttpRequest, obj: Any, verb: str) -> None:
        by: Any = request.user
        noun = obj._meta.verbose_name
        record(f"{verb} {noun}", f"{by} {verb} {noun}: {obj}.", by=by, subject=obj,
               brand=self.brand_of(obj))  # fmt: skip


@admin.register(Slot)
class SlotAdmin(Audited):
    brand_path = "account__brand"
    list_display = ("__str__", "account", "queue")
    list_select_related = ("account__platform",)
    list_filter = ("queue",)
    autocomplete_fields = ("account",)


@admin.register(TimeRules)
class TimeRulesAdmin(Audited):
    list_display = ("__str__", "country", "daily_budget", "look_back")
    list_select_related = ("brand", "account__platform")
    autocomplete_fields = ("account",)


@admin.register(Blackout)
class BlackoutAdmin(Audited):
    list_display = ("why", "first", "last", "brand", "account")
    list_select_related = ("brand", "account__platform")
    list_filter = (("brand", admin.RelatedOnlyFieldListFilter),)
    autocomplete_fields = ("account",)


@admin.register(IgnoredConflict)
class IgnoredConflictAdmin(ReadOnly):
    """What somebody left as it is, and why."""

    brand_path = "post__brand"
    list_display = ("at", "by", "kind", "sentence", "note")
    list_select_related = ("by",)
    list_filter = ("kind",)
