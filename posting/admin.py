"""What happened: the journal, the attempts, the events. All of it is only read.

Posts themselves are in `scheduling.admin`, since making one may give it its time. Labels are here,
since holding one holds posts.
"""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from content.models import Label
from organisation.backoffice import ReadOnly, UntilActions
from organisation.rights import PUBLISH_POST, WRITE_PIECE
from posting.chips import follow_up_chip, status_chip, step_chip
from posting.labels import hold_label, release_label
from posting.models import (
    Approval,
    FollowUp,
    PolicyOverride,
    PostAttempt,
    PostEvent,
    PublishStep,
)


@admin.register(Label)
class LabelAdmin(UntilActions):
    """Labels of pieces. Holding one keeps the posts of all its pieces from going out."""

    right = WRITE_PIECE
    actions = ("hold", "release")
    list_display = ("name", "brand", "held", "held_until", "held_by", "pieces_bearing_it")
    list_select_related = ("brand", "held_by")
    list_filter = ("held", ("brand", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name",)
    readonly_fields = ("held", "held_until", "held_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(bearing=Count("pieces"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "brand") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    @admin.display(description="pieces", ordering="bearing")
    def pieces_bearing_it(self, label: Any) -> int:
        return int(label.bearing)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return self._may(request, PUBLISH_POST)

    @admin.action(description="Hold the posts of the chosen labels", permissions=["publish"])
    def hold(self, request: HttpRequest, labels: QuerySet[Label]) -> None:
        by: Any = request.user

        def verb(label: Label, until: datetime | None) -> None:
            hold_label(label, by=by, now=timezone.now(), until=until)

        done = "put on hold. The posts of their pieces wait."
        self.each(request, labels, verb, done, PUBLISH_POST)

    @admin.action(description="Release the posts of the chosen labels", permissions=["publish"])
    def release(self, request: HttpRequest, labels: QuerySet[Label]) -> None:
        by: Any = request.user
        self.each(
            request,
            labels,
            lambda label, _: release_label(label, by=by, now=timezone.now()),
            "released. Posts that are due go out, or ask first when they are too late.",
            PUBLISH_POST,
        )


class OfPost(ReadOnly):
    """History of a post; the list is opened for one post by `?post__id__exact=`."""

    brand_path = "post__brand"
    list_select_related: ClassVar[tuple[str, ...]] = ("post__piece", "post__account__platform")
    search_fields = ("post__piece__title",)
    ordering = ("-id",)


class OfPostOrFollowUp(OfPost):
    """A step or an attempt belongs to the post itself or to what was done to it afterwards."""

    list_select_related = (
        "post__piece",
        "post__account__platform",
        "follow_up__post__piece",
        "follow_up__post__account__platform",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = admin.ModelAdmin.get_queryset(self, request)
        if request.user.is_superuser:
            return rows
        brands = self._brands_to_view(request)
        return rows.filter(post__brand__in=brands) | rows.filter(follow_up__post__brand__in=brands)

    @admin.display(description="of")
    def owner(self, row: PublishStep | PostAttempt) -> str:
        return str(row.post or row.follow_up)


@admin.register(PublishStep)
class PublishStepAdmin(OfPostOrFollowUp):
    list_display = ("key", "owner", "kind", "chip", "generation", "remote_id", "started_at")
    list_filter = ("state", "kind")

    @admin.display(description="state", ordering="state")
    def chip(self, step: PublishStep) -> SafeString:
        return step_chip(step)


@admin.register(PostAttempt)
class PostAttemptAdmin(OfPostOrFollowUp):
    list_display = (
        "owner",
        "attempt_number",
        "status",
        "error_message",
        "started_at",
        "took",
        "worker",
    )
    list_filter = ("status", "platform")
    exclude = ("exchanges",)
    readonly_fields = ("excerpts",)

    @admin.display(description="took")
    def took(self, attempt: PostAttempt) -> str:
        return f"{attempt.seconds:.2f} s"

    @admin.display(description="requests and answers, secrets removed")
    def excerpts(self, attempt: PostAttempt) -> SafeString | str:
        shown = [
            format_html(
                '<pre class="excerpt">{}</pre><pre class="excerpt">{}</pre>',
                exchange.get("request", ""),
                exchange.get("response", ""),
            )
            for exchange in attempt.exchanges
        ]
        return SafeString("").join(shown) if shown else "None"


@admin.register(PostEvent)
class PostEventAdmin(OfPost):
    list_display = ("at", "post", "old_chip", "new_chip", "actor", "sentence")
    list_filter = ("new",)

    @admin.display(description="from")
    def old_chip(self, event: PostEvent) -> SafeString:
        return status_chip(event.old)

    @admin.display(description="to")
    def new_chip(self, event: PostEvent) -> SafeString:
        return status_chip(event.new)


@admin.register(FollowUp)
class FollowUpAdmin(OfPost):
    list_display = ("kind", "post", "chip", "attempts", "wake_at", "error_sentence")
    list_filter = ("state", "kind")

    @admin.display(description="state", ordering="state")
    def chip(self, follow_up: FollowUp) -> SafeString:
        return follow_up_chip(follow_up)


@admin.register(PolicyOverride)
class PolicyOverrideAdmin(OfPost):
    """Who let a post go out that its platform's rules speak against, and why."""

    list_display = ("post", "by", "at", "note")
    list_select_related = ("post__piece", "post__account__platform", "by")


@admin.register(Approval)
class ApprovalAdmin(OfPost):
    list_display = ("post", "by", "at", "not_before", "not_after", "withdrawn_at", "declined")
    list_select_related = ("post__piece", "post__account__platform", "by")
