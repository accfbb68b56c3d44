"""Posts in the admin: made by the same verbs as everywhere, moved by actions, never edited."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from organisation.backoffice import SavesByVerb
from organisation.rights import PUBLISH_POST, may
from posting.chips import status_chip
from posting.deciding import NotPossible, cancel, publish_now, retry
from posting.models import Post
from posting.models.post import PostQuerySet
from scheduling.forms import NewPostForm

TOLD = 5  # refusals that are told one by one


class NeedsAPerson(admin.SimpleListFilter):
    title = "needs a person"
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("person", "Failed, unconfirmed or missed")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        posts: PostQuerySet = queryset
        return posts.needing_a_person() if self.value() == "person" else posts


class PublishedWhen(admin.SimpleListFilter):
    title = "published"
    parameter_name = "published"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("today", "Today")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        posts: PostQuerySet = queryset
        if self.value() != "today":
            return posts
        zone = timezone.get_current_timezone()
        midnight = datetime.combine(timezone.localdate(), time.min, tzinfo=zone)
        return posts.published_since(midnight)


@admin.register(Post)
class PostAdmin(SavesByVerb):
    """Sending an unconfirmed post again is never done in bulk: its own page asks for that."""

    form = NewPostForm
    right = PUBLISH_POST
    actions = ("publish_now", "retry", "cancel")
    list_display = ("piece", "account", "chip", "due", "attempts")
    list_select_related = ("piece", "account__platform")
    list_filter = (
        NeedsAPerson,
        PublishedWhen,
        "status",
        "platform",
        ("brand", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("piece__title", "account__name", "remote_id")
    autocomplete_fields = ("piece", "account")
    add_fieldsets = (
        (None, {"fields": ("piece", "account", "channel_type")}),
        ("When", {"fields": ("day", "at", "zone", "second")}),
    )
    fieldsets = (
        (None, {"fields": ("piece", "piece_version", "account", "channel_type", "copy", "author")}),
        ("Fallback", {"fields": ("meant_for", "without_video"), "classes": ("collapse",)}),
        ("State", {"fields": ("chip", "error_class", "error_sentence", "holds", "irrevocable")}),
        ("When", {"fields": ("due_at", "wall_time", "zone", "fold", "wake_at", "priority")}),
        (
            "Out",
            {
                "fields": (
                    "published_at",
                    "remote_id",
                    "remote_url",
                    "confirmed_by",
                    "confirmed_at",
                )
            },
        ),
        (
            "Engine",
            {
                "fields": (
                    "attempts",
                    "unanswered_claims",
                    "looks",
                    "next_look_at",
                    "lease_token",
                    "lease_until",
                    "on_wire",
                    "version",
                    "created_at",
                    "updated_at",
                ),
                "classes": ("collapse",),
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    @admin.display(description="status", ordering="status")
    def chip(self, post: Post) -> SafeString:
        return status_chip(post.status)

    @admin.display(description="due", ordering="due_at")
    def due(self, post: Post) -> str:
        if post.due_at is None:
            return "no time"
        here = timezone.localtime(post.due_at)
        year = "" if here.year == timezone.localdate().year else f" {here.year}"
        return f"{here.day} {here:%b}{year} {here:%H:%M}"

    @admin.action(description="Publish now", permissions=["publish"])
    def publish_now(self, request: HttpRequest, posts: QuerySet[Post]) -> None:
        self._each(request, posts, publish_now, "on the way")

    @admin.action(description="Retry failed and missed posts", permissions=["publish"])
    def retry(self, request: HttpRequest, posts: QuerySet[Post]) -> None:
        self._each(request, posts, retry, "tried again")

    @admin.action(description="Cancel", permissions=["publish"])
    def cancel(self, request: HttpRequest, posts: QuerySet[Post]) -> None:
        self._each(request, posts, cancel, "cancelled")

    def _each(
        self, request: HttpRequest, posts: QuerySet[Post], verb: Callable[..., None], done: str
    ) -> None:
        """Do it to each, and say how often it was done and why not where it was not."""
        refusals = [self._one(request, post, verb) for post in posts.select_related("platform")]
        count = refusals.count(None)
        if count:
            self.message_user(request, f"{count} {done}.", messages.SUCCESS)
        told = [refusal for refusal in refusals if refusal]
        for refusal in told[:TOLD]:
            self.message_user(request, refusal, messages.WARNING)
        if len(told) > TOLD:
            more = f"{len(told) - TOLD} more were left alone."
            self.message_user(request, more, messages.WARNING)

    def _one(self, request: HttpRequest, post: Post, verb: Callable[..., None]) -> str | None:
        if not may(request.user, PUBLISH_POST, post.brand):
            return f"{post}: your role at {post.brand} does not include this."
        try:
            verb(post, by=request.user, now=timezone.now())
        except NotPossible as refusal:
            return f"{post}: {refusal}"
        return None
