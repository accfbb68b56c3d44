"""Pieces, their versions and pictures."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from content.chips import piece_chip
from content.forms import MediaAssetForm, PieceForm
from content.models import (
    BannedHashtag,
    Feed,
    FeedTarget,
    HashtagGroup,
    LlmInteraction,
    MediaAsset,
    MediaFolder,
    MediaTag,
    Piece,
    PieceVersion,
    PromptTemplate,
    Section,
    Source,
    WritingItem,
    WritingRun,
)
from organisation.backoffice import ReadOnly, SavesByVerb
from organisation.rights import WRITE_PIECE


@admin.register(Piece)
class PieceAdmin(SavesByVerb):
    form = PieceForm
    right = WRITE_PIECE
    list_display = ("title", "brand", "chip", "edits", "author", "updated_at")
    list_select_related = ("brand", "author")
    list_filter = (
        "status",
        "origin",
        ("brand", admin.RelatedOnlyFieldListFilter),
        ("labels", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("title",)
    readonly_fields = ("pictures",)
    fieldsets = (
        (None, {"fields": ("brand", "title", "status", "labels")}),
        ("What it says", {"fields": ("text", "link", "edits")}),
        ("Pictures", {"fields": ("pictures", "keep_pictures", "picture", "alt")}),
    )

    @admin.display(description="status", ordering="status")
    def chip(self, piece: Piece) -> SafeString:
        return piece_chip(piece.status)

    @admin.display(description="Pictures it has")
    def pictures(self, piece: Piece) -> SafeString | str:
        uses = piece.current.media.select_related("asset") if piece.current else []
        thumbs = [thumbnail(use.asset) for use in uses]
        return SafeString("").join(thumbs) if thumbs else "None"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "brand") if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever may only look sees the text of the current version through its own page."""
        if obj is not None and not self.has_change_permission(request, obj):
            fields = ("brand", "title", "status", "labels", "current", "pictures")
            return ((None, {"fields": fields}),)
        return super().get_fieldsets(request, obj)


@admin.register(PieceVersion)
class PieceVersionAdmin(ReadOnly):
    brand_path = "piece__brand"
    list_display = ("piece", "number", "author", "created_at")
    list_select_related = ("piece", "author")
    search_fields = ("piece__title",)


@admin.register(HashtagGroup)
class HashtagGroupAdmin(ReadOnly):
    """Only read here: the page of hashtags changes them."""

    list_display = ("name", "brand", "tags")
    list_select_related = ("brand",)
    list_filter = (("brand", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name", "tags")

    def view_on_site(self, obj: Any) -> str:
        return reverse("desk:hashtags")


@admin.register(BannedHashtag)
class BannedHashtagAdmin(ReadOnly):
    """Only read here: the page of hashtags changes them."""

    list_display = ("tag", "brand", "stops", "why")
    list_select_related = ("brand",)
    list_filter = ("stops", ("brand", admin.RelatedOnlyFieldListFilter))
    search_fields = ("tag",)

    def view_on_site(self, obj: Any) -> str:
        return reverse("desk:hashtags")


@admin.register(MediaAsset)
class MediaAssetAdmin(SavesByVerb):
    form = MediaAssetForm
    right = WRITE_PIECE
    list_display = ("thumb", "original_name", "brand", "mime", "pixels", "size", "created_at")
    list_display_links = ("original_name",)
    list_select_related = ("brand",)
    list_filter = (
        "mime",
        ("brand", admin.RelatedOnlyFieldListFilter),
        ("folder", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("original_name", "alt", "sha256", "tags__name")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("brand", "picture", "alt")
        return (
            "thumb", "brand", "alt", "original_name", "folder", "tags", "in_library", "mime",
            "pixels", "size", "codecs", "frame_rate", "sha256",
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    @admin.display(description="picture")
    def thumb(self, asset: MediaAsset) -> SafeString:
        return thumbnail(asset)

    @admin.display(description="on the pages")
    def in_library(self, asset: MediaAsset) -> SafeString:
        url = reverse("desk:media_asset", args=[asset.pk])
        return format_html('<a href="{}">Open in the library</a>', url)

    @admin.display(description="pixels")
    def pixels(self, asset: MediaAsset) -> str:
        return f"{asset.width:,} × {asset.height:,}"


@admin.register(Source)
class SourceAdmin(ReadOnly):
    list_display = ("title", "brand", "kind", "state", "words", "feed", "created_at")
    list_select_related = ("brand", "feed")
    list_filter = ("kind", "state", ("brand", admin.RelatedOnlyFieldListFilter))
    search_fields = ("title", "address")


@admin.register(Section)
class SectionAdmin(ReadOnly):
    brand_path = "source__brand"
    list_display = ("source", "position", "heading", "words")
    list_select_related = ("source",)
    search_fields = ("heading", "source__title")


@admin.register(Feed)
class FeedAdmin(ReadOnly):
    list_display = ("name", "brand", "rule", "next_poll_at", "failures", "paused_at")
    list_select_related = ("brand",)
    list_filter = ("rule", ("brand", admin.RelatedOnlyFieldListFilter))
    search_fields = ("title", "address")

    @admin.display(description="feed", ordering="title")
    def name(self, feed: Feed) -> str:
        return str(feed)


@admin.register(FeedTarget)
class FeedTargetAdmin(ReadOnly):
    brand_path = "feed__brand"
    list_display = ("feed", "account", "channel_type")
    list_select_related = ("feed", "account__platform", "channel_type__platform")


@admin.register(WritingRun)
class WritingRunAdmin(ReadOnly):
    list_display = ("source", "brand", "writer", "tone", "by", "at")
    list_select_related = ("source", "brand", "by")
    list_filter = ("writer", ("brand", admin.RelatedOnlyFieldListFilter))
    search_fields = ("source__title",)


@admin.register(WritingItem)
class WritingItemAdmin(ReadOnly):
    brand_path = "run__brand"
    list_display = ("section", "account", "channel_type", "state", "written_by", "settled_at")
    list_select_related = ("section__source", "account__platform", "channel_type__platform")
    list_filter = ("state", "writer")
    search_fields = ("section__heading", "section__source__title")


@admin.register(PromptTemplate)
class PromptTemplateAdmin(ReadOnly):
    list_display = ("channel_type", "brand", "number", "by", "at")
    list_select_related = ("channel_type__platform", "brand", "by")
    list_filter = (("brand", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("text",)


@admin.register(LlmInteraction)
class LlmInteractionAdmin(ReadOnly):
    list_display = ("model", "brand", "purpose", "started_at", "tokens_out", "cost", "error_kind")
    list_select_related = ("brand",)
    list_filter = (
        "purpose",
        ("error_kind", admin.EmptyFieldListFilter),
        ("brand", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("output", "piece__title")


@admin.register(MediaFolder, MediaTag)
class MediaWordAdmin(ReadOnly):
    """Folders and tags. They are made, renamed and taken away in the library."""

    list_display = ("name", "brand", "holding")
    list_select_related = ("brand",)
    list_filter = (("brand", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(holding=Count("assets"))

    @admin.display(description="files", ordering="holding")
    def holding(self, row: Any) -> int:
        return int(row.holding)


def thumbnail(asset: MediaAsset) -> SafeString:
    url = reverse("desk:picture", args=[asset.sha256])
    if asset.is_video:
        return format_html('<video class="thumb" src="{}" preload="metadata"></video>', url)
    return format_html('<img class="thumb" src="{}" alt="{}" loading="lazy">', url, asset.alt)
