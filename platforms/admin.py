"""Platforms, accounts and their secrets."""

from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from organisation.audit import record
from organisation.backoffice import ForEveryone, OfBrands, ReadOnly, UntilActions
from organisation.clock import database_now
from organisation.notices import resolve_notice
from organisation.rights import CONNECT_ACCOUNT
from platforms.chips import account_chip, platform_badge
from platforms.connecting import connect_account
from platforms.contract import Versioned
from platforms.forms import (
    AccountForm,
    ChannelTypeForm,
    CredentialForm,
    PlatformForm,
    ReplaceForm,
)
from platforms.keeping import earlier_than, replace_value, retire
from platforms.models import (
    Account,
    ChannelType,
    Erasure,
    OAuthFlow,
    Platform,
    PlatformCredential,
    RateBudget,
)
from platforms.pausing import pause_account, resume_account
from platforms.redaction import masked
from platforms.values import AccountFacts


def versions_of(platform: Platform, today: date) -> list[str]:
    """Say of each version of a platform's API when it ends, and which one is used here."""
    adapter = platform.adapter
    known = dict(adapter.versions()) if issubclass(adapter, Versioned) else {}
    used = platform.api_version or adapter.api_version
    if known and used not in known:
        known[used] = None
    return [_version(name, known[name], today, name == used) for name in sorted(known)[::-1]]


def _version(name: str, ends: date | None, today: date, is_used: bool) -> str:
    words = f"{name}, used here" if is_used else name
    if ends is None:
        return f"{words}: no end is known"
    return f"{words}: {'ended' if ends <= today else 'ends'} on {ends:%-d %B %Y}"


class SetBySuperusers(ForEveryone):
    """Rows the registry makes; superusers may set what staff may set about them."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request) and request.user.is_superuser


@admin.register(Platform)
class PlatformAdmin(SetBySuperusers):
    form = PlatformForm
    list_display = ("badge", "name", "slug", "enabled", "api_base_url", "api_version")
    list_display_links = ("name",)
    readonly_fields = ("slug", "name", "versions")
    fields = (
        "slug",
        "name",
        "enabled",
        "api_base_url",
        "api_version",
        "fallback_version",
        "versions",
        "settings",
    )
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if {"api_version", "fallback_version"} & set(form.changed_data):
            resolve_notice(f"platform:{obj.slug}", timezone.now(), f"{request.user} changed it.")

    @admin.display(description="Versions known")
    def versions(self, platform: Platform) -> str:
        """Each version the adapter knows and the day on which it ends, the newest first."""
        return "; ".join(versions_of(platform, timezone.now().date())) or "It has none."

    @admin.display(description="mark")
    def badge(self, platform: Platform) -> SafeString:
        return platform_badge(platform)


@admin.register(ChannelType)
class ChannelTypeAdmin(SetBySuperusers):
    form = ChannelTypeForm
    list_display = ("__str__", "slug", "limits")
    list_select_related = ("platform",)
    list_filter = ("platform",)
    readonly_fields = ("platform", "slug", "name")
    fields = ("platform", "slug", "name", "limits")
    search_fields = ("name", "platform__name")


@admin.register(RateBudget)
class RateBudgetAdmin(ReadOnly):
    brand_path = "account__brand"
    list_display = ("name", "platform", "account", "remaining", "limit", "resets_at", "read_at")
    list_select_related = ("platform", "account__platform")
    list_filter = ("platform",)


WAITS = ("paused_until", "blocked_until")
TERMS = ("tier", "pays_per_use", "monthly_cap")  # set on the account's page, which knows of posts


@admin.register(Account)
class AccountAdmin(UntilActions):
    """Where posts go. The state is set by verbs: pause, resume, and a new token."""

    form = AccountForm
    right = CONNECT_ACCOUNT
    actions = ("pause", "resume")
    list_display = ("name", "platform", "brand", "chip", "server", "timezone", "last_served_at")
    list_select_related = ("platform", "brand")
    list_filter = ("state", "platform", ("brand", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "remote_id")
    autocomplete_fields = ("fallback",)
    readonly_fields = (
        "chip",
        "state_reason",
        "state_since",
        *WAITS,
        "last_served_at",
        "server_facts",
        *TERMS,
    )
    fieldsets = (
        (None, {"fields": ("brand", "platform", "server", "remote_id", "name", "timezone")}),
        ("Secret", {"fields": ("access_token",)}),
        ("State", {"fields": ("chip", "state_reason", "state_since", *WAITS)}),
        ("Pace", {"fields": ("minimum_gap", "max_in_flight", "last_served_at")}),
        ("Rules", {"fields": ("late_limit", "late_policy", "approval_rule")}),
        ("Fallback", {"fields": ("fallback", "fallback_without_video")}),
        ("What it may spend", {"fields": TERMS}),
        ("Read from the server", {"fields": ("server_facts",), "classes": ("collapse",)}),
    )

    @admin.display(description="state", ordering="state")
    def chip(self, account: Account) -> SafeString | str:
        return account_chip(account) if account.pk else "Connected once it is saved"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Where an account's posts went stays so; its token is never sent to another server."""
        place = ("brand", "platform", "server", "remote_id") if obj else ()
        return (*self.readonly_fields, *place)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        return [(title, rest) for title, rest in self.fieldsets if title != "Secret"]

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        by: Any = request.user
        verb = "changed" if change else "added"
        record(f"{verb} account", f"{by} {verb} {obj}.", by=by, subject=obj, brand=obj.brand)
        if token := form.cleaned_data.get("access_token"):
            connect_account(
                _facts(obj),
                {PlatformCredential.Type.ACCESS_TOKEN: token},
                brand=obj.brand,
                platform=obj.platform,
                server=obj.server,
                by=by,
                now=timezone.now(),
            )

    @admin.action(description="Pause the chosen accounts", permissions=["change"])
    def pause(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        by: Any = request.user

        def verb(account: Account, until: datetime | None) -> None:
            reason = f"Paused by {by}."
            pause_account(account, by=by, now=timezone.now(), reason=reason, until=until)

        self.each(request, accounts, verb, "paused. Their posts wait.")

    @admin.action(description="Resume the chosen accounts", permissions=["change"])
    def resume(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        by: Any = request.user
        self.each(
            request,
            accounts,
            lambda account, _: resume_account(account, by=by, now=timezone.now()),
            "resumed. Posts that are due go out, or ask first when they are too late.",
        )


def _facts(account: Account) -> AccountFacts:
    return AccountFacts(
        remote_id=account.remote_id,
        name=account.name,
        avatar_url=account.avatar_url,
        server_facts=account.server_facts,
    )


@admin.register(PlatformCredential)
class PlatformCredentialAdmin(OfBrands):
    """Secrets. A value is written here and never read: only its last four characters show."""

    form = CredentialForm
    right = right_to_view = CONNECT_ACCOUNT
    list_display = (
        "credential_type",
        "platform",
        "account",
        "brand",
        "tail",
        "key_id",
        "is_active",
        "expires_at",
    )
    list_select_related = ("platform", "account__platform", "brand")
    list_filter = ("is_active", "platform", "credential_type")
    autocomplete_fields = ("account",)
    readonly_fields = ("tail", "key_id", "version", "created_at", "updated_at")
    fields = (
        "platform",
        "brand",
        "account",
        "server",
        "credential_type",
        "value",
        "tail",
        "key_id",
        "version",
        "scopes",
        "expires_at",
        "is_active",
        "created_at",
        "updated_at",
    )

    @admin.display(description="value")
    def tail(self, credential: PlatformCredential) -> str:
        return masked("x" * 8 + credential.last_four) if credential.pk else "not stored yet"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A stored secret is not edited. A new one takes its place."""
        kept = ("platform", "brand", "account", "server", "credential_type")
        return (*self.readonly_fields, *kept) if obj else self.readonly_fields

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj:
            kwargs["form"] = ReplaceForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: PlatformCredential, form: Any, change: bool
    ) -> None:
        """A new secret takes the place of the active one of its kind; a changed one replaces it."""
        by: Any = request.user
        now = database_now()
        value = form.cleaned_data.get("value")
        if change and value:
            replace_value(obj, value, by=by, now=now)
        elif change:
            obj.save()
        else:
            self._replace_earlier(obj, by, now)

    def _replace_earlier(self, obj: PlatformCredential, by: Any, now: datetime) -> None:
        with transaction.atomic():
            if obj.is_active:
                retire(earlier_than(obj))
            obj.stored_at = now
            obj.save()
            kind = obj.get_credential_type_display().lower()
            sentence = f"{by} stored the {kind} of {obj.account or obj.platform}."
            record("store secret", sentence, by=by, subject=obj, brand=obj.brand)


@admin.register(OAuthFlow)
class OAuthFlowAdmin(ReadOnly):
    """Who went to which platform, and how far. Hashes and tokens are not shown."""

    right_to_view = CONNECT_ACCOUNT
    list_display = ("begun_at", "user", "brand", "platform", "login_path", "account", "fate")
    list_select_related = ("user", "brand", "platform", "account__platform")
    list_filter = ("platform", "login_path")
    fields = (
        "user",
        "brand",
        "platform",
        "login_path",
        "server",
        "account",
        "redirect_uri",
        "begun_at",
        "expires_at",
        "answered_at",
        "ended_at",
        "fate",
    )
    readonly_fields = ("fate",)
    ordering = ("-begun_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OAuthFlow]:
        """Without what is secret, which is not even read."""
        return super().get_queryset(request).defer("secret", "state_hash", "browser_hash")

    @admin.display(description="state")
    def fate(self, flow: OAuthFlow) -> str:
        if flow.ended_at:
            return "over"
        if flow.expires_at <= timezone.now():
            return "took too long"
        return "choosing" if flow.answered_at else "at the platform"


@admin.register(Erasure)
class ErasureAdmin(ForEveryone):
    """What platforms asked to be forgotten. It names nobody."""

    list_display = ("done_at", "platform", "kind", "accounts", "code")
    list_select_related = ("platform",)
    list_filter = ("platform", "kind")
    search_fields = ("code",)
    fields = ("platform", "kind", "accounts", "code", "done_at")
