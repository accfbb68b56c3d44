"""Forms for accounts, secrets and limits. A secret goes in and never comes out again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from platforms.checking import TIGHTENABLE
from platforms.costs import list_of_prices, micros_of
from platforms.models import Account, ChannelType, Platform, PlatformCredential
from platforms.models.account import SANDBOX

PLACE = ("brand", "platform", "server")  # which cannot be changed later


class Secret(forms.CharField):
    """A password box whose content is never sent back to the browser."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "class": "vTextField"}
        widget = forms.PasswordInput(render_value=False, attrs=attrs)
        super().__init__(widget=widget, strip=True, max_length=4000, **kwargs)


class AccountForm(forms.ModelForm):
    access_token = Secret(
        required=False,
        help_text="Stored encrypted and never shown again. Empty: the one that is kept stays.",
    )

    class Meta:
        model = Account
        fields = ("name",)

    def clean_server(self) -> str:
        server: str = self.cleaned_data["server"].strip().rstrip("/")
        if server and server != SANDBOX:
            wrong = f"{server[:80]} is not a server's address. It begins with https://"
            _check_address(server, wrong)
        return server

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        platform = cleaned.get("platform")
        if platform and not cleaned.get("server") and not platform.adapter.api_base_url:
            raise ValidationError(
                {"server": f"{platform.name} has many servers. Say which, such as https://…"}
            )
        self._check_fallback(cleaned)
        return cleaned

    def _check_fallback(self, cleaned: dict[str, Any]) -> None:
        """Where an account's place cannot be changed, it is not in the form."""
        fallback, own = cleaned.get("fallback"), self.instance
        if fallback is None:
            return
        place = {name: cleaned.get(name, getattr(own, name, None)) for name in PLACE}
        if None in place.values():
            return  # said at the field that lacks it
        if not fallback.may_stand_in_for(Account(pk=own.pk, **place)):
            raise ValidationError(
                {
                    "fallback": "Another account of the same brand on the same platform can stand "
                    "in, and one of the sandbox only for one of the sandbox."
                }
            )


def _check_address(server: str, sentence: str) -> None:
    try:
        URLValidator(schemes=["https", "http"])(server)
    except ValidationError as error:
        raise ValidationError(sentence) from error


class CredentialForm(forms.ModelForm):
    value = Secret(help_text="Stored encrypted and never shown again.")

    class Meta:
        model = PlatformCredential
        fields = ("credential_type",)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        account = cleaned.get("account")
        if account:
            self._must_belong(account, cleaned)
        self.instance.credential_value = cleaned.get("value") or self.instance.credential_value
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """There may be an active secret of this kind: it is retired when this one is saved."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"credential_type"}

    def _must_belong(self, account: Account, cleaned: dict[str, Any]) -> None:
        for name in ("platform", "brand"):
            if cleaned.get(name) and cleaned[name] != getattr(account, name):
                raise ValidationError({name: f"{account.name} belongs to another {name}."})


class ReplaceForm(forms.ModelForm):
    """A stored secret: what may be said about it, and a box that replaces its value."""

    value = Secret(
        required=False,
        label="New value",
        help_text="Takes the place of the stored one, which is erased. Empty: it stays.",
    )

    class Meta:
        model = PlatformCredential
        fields = ("scopes", "expires_at", "is_active")


class PlatformForm(forms.ModelForm):
    class Meta:
        model = Platform
        fields = ("settings",)

    def clean_settings(self) -> dict[str, Any]:
        """Refuse what nothing reads, and prices that are none."""
        settings = self.cleaned_data["settings"] or {}
        prices = settings.get("prices", {}) if isinstance(settings, dict) else None
        if not isinstance(prices, dict) or set(settings) - {"prices"}:
            raise ValidationError('Write settings as {"prices": {"post": 0.015}}, in dollars.')
        known = [price.name for price in list_of_prices(self.instance.adapter)]
        for name, amount in prices.items():
            if name not in known:
                there = f"There are: {', '.join(known)}." if known else "It charges for nothing."
                raise ValidationError(f"{name} is no price of {self.instance}. {there}")
            try:
                micros_of(amount)
            except ValueError as error:
                raise ValidationError(f"{name}: {error}") from error
        return settings


class ChannelTypeForm(forms.ModelForm):
    class Meta:
        model = ChannelType
        fields = ("limits",)

    def clean_limits(self) -> dict[str, int]:
        limits = self.cleaned_data["limits"] or {}
        if not isinstance(limits, dict):
            raise ValidationError('Write limits as {"text_max": 400}.')
        for name, value in limits.items():
            if name not in TIGHTENABLE:
                raise ValidationError(f"{name} is no limit. There are: {', '.join(TIGHTENABLE)}.")
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValidationError(f"{name} must be a whole number above 0.")
        return limits
