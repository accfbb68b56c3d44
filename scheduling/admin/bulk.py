"""Templates, proposals, imports and changes of many posts: only read here.

Their own pages change them, by the verbs.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from organisation.backoffice import ReadOnly
from scheduling.models import (
    EditedPost,
    Import,
    ImportedPiece,
    ManyEdit,
    Proposal,
    ProposedPost,
    ScheduleTemplate,
    TemplateStep,
)


class ReadOnlyInline(admin.TabularInline):
    """Rows of something that whoever sees it may see."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class StepInline(ReadOnlyInline):
    model = TemplateStep


@admin.register(ScheduleTemplate)
class ScheduleTemplateAdmin(ReadOnly):
    list_display = ("name", "brand", "created_by", "updated_at")
    list_select_related = ("brand", "created_by")
    list_filter = (("brand", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name",)
    inlines = (StepInline,)

    def view_on_site(self, obj: Any) -> str:
        return reverse("desk:change_template", args=[obj.pk])


@admin.register(Proposal)
class ProposalAdmin(ReadOnly):
    list_display = ("words", "brand", "by", "at", "confirmed_at", "undone_at")
    list_select_related = ("brand", "by")
    list_filter = (("brand", admin.RelatedOnlyFieldListFilter), "way")

    def view_on_site(self, obj: Any) -> str:
        return reverse("desk:proposal", args=[obj.pk])


@admin.register(ProposedPost)
class ProposedPostAdmin(ReadOnly):
    brand_path = "proposal__brand"
    list_display = ("__str__", "due_at", "zone", "reason", "left_out")
    list_select_related = ("piece_version__piece", "account")
    raw_id_fields = ("proposal", "piece_version", "post")


@admin.register(Import)
class ImportAdmin(ReadOnly):
    list_display = ("name", "brand", "state", "rows", "by", "at", "confirmed_at", "undone_at")
    list_select_related = ("brand", "by")
    list_filter = ("state", ("brand", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name",)
    exclude = ("file",)

    def view_on_site(self, obj: Any) -> str:
        return reverse("desk:import", args=[obj.pk])


@admin.register(ManyEdit)
class ManyEditAdmin(ReadOnly):
    list_display = ("words", "brand", "by", "at", "undone_at")
    list_select_related = ("brand", "by")
    list_filter = (("brand", admin.RelatedOnlyFieldListFilter),)

    def view_on_site(self, obj: Any) -> str:
        return reverse("desk:edited", args=[obj.pk])


@admin.register(ImportedPiece)
class ImportedPieceAdmin(ReadOnly):
    brand_path = "imported__brand"
    list_display = ("piece", "imported", "row")
    list_select_related = ("piece", "imported")
    raw_id_fields = ("piece", "imported")


@admin.register(EditedPost)
class EditedPostAdmin(ReadOnly):
    brand_path = "edit__brand"
    list_display = ("__str__", "status", "wall_time", "zone")
    list_select_related = ("edit", "post__piece", "post__account__platform")
    raw_id_fields = ("edit", "post", "words", "new_words", "instead")
