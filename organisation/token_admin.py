"""API tokens in the back office: made here, shown once, and revoked."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from organisation.backoffice import SavesByVerb, VerbForm
from organisation.chips import chip
from organisation.clock import database_now
from organisation.models import ApiToken, Scope, User
from organisation.tokens import issue_token, revoke_token


class ApiTokenForm(VerbForm):
    """A token for oneself; a superuser may make one for somebody else."""

    user = forms.ModelChoiceField(
        User.objects.filter(is_active=True), required=False, help_text="Empty: yourself."
    )
    scopes = forms.MultipleChoiceField(choices=Scope.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ApiToken
        fields = ("name", "user", "brand", "expires_at")

    def act(self) -> ApiToken:
        answers = self.cleaned_data
        by: User = self.request.user  # type: ignore[assignment]
        token, text = issue_token(
            answers.get("user") or by,
            name=answers["name"],
            scopes=answers["scopes"],
            brand=answers.get("brand"),
            expires_at=answers.get("expires_at"),
            by=by,
            now=database_now(),
        )
        token.shown_once = text  # type: ignore[attr-defined]
        return token


@admin.register(ApiToken)
class ApiTokenAdmin(SavesByVerb):
    """One's own tokens; a superuser sees everybody's. Nothing of a token can be changed."""

    form = ApiTokenForm
    list_display = ("name", "prefix", "user", "brand", "state", "last_used_at", "expires_at")
    list_select_related = ("user", "brand")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "prefix")
    fields = ("name", "user", "brand", "scopes", "expires_at")
    readonly_fields = ()
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        rows: QuerySet[ApiToken] = admin.ModelAdmin.get_queryset(self, request)
        return rows if request.user.is_superuser else rows.filter(user=request.user.pk)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return (*self.fields, "prefix", "last_used_at", "revoked_at", "created_at")
        mine = [name for name in self.fields if name != "user"]
        return self.fields if request.user.is_superuser else mine

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if not request.user.is_superuser:
            form.base_fields.pop("user", None)  # an invented one is not read either
        return form

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the token, this once: it goes into no message, which would be stored."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Your new API token",
            "token": obj,
            "shown_once": obj.shown_once,  # type: ignore[attr-defined]
            "opts": self.opts,
        }
        return TemplateResponse(
            request, "admin/organisation/apitoken/shown_once.html", context,
            headers={"Cache-Control": "no-store"},
        )  # fmt: skip

    @admin.action(description="Revoke the chosen tokens", permissions=["view"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        by: User = request.user  # type: ignore[assignment]
        for token in tokens:
            revoke_token(token, by=by, now=database_now())
        messages.success(request, "They open nothing any more.")

    @admin.display(description="state")
    def state(self, token: ApiToken) -> SafeString:
        if token.revoked_at:
            return chip("cancelled", "fa-solid fa-ban", "Revoked")
        if token.expires_at and token.expires_at <= database_now():
            return chip("cancelled", "fa-solid fa-hourglass-end", "Expired")
        return chip("published", "fa-solid fa-key", "Opens")
