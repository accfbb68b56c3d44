"""Forms of connecting accounts. A secret goes in and never comes out again."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from platforms.forms import Secret
from platforms.models import Platform
from platforms.models.account import SANDBOX
from platforms.oauth import PasswordPath

LONGEST_ID = 200  # characters


class HiddenValue(Secret):
    """A secret's box in the look of the staff pages."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["class"] = "form-control"


class TokenForm(forms.Form):
    """A token that was made at the platform, and where that is."""

    server = forms.CharField(
        label="Server",
        max_length=200,
        help_text="Its address, such as https://mastodon.social",
        error_messages={"required": "Say at which server."},
        widget=forms.TextInput(
            attrs={"class": "form-control", "inputmode": "url", "autocomplete": "off"}
        ),
    )
    token = HiddenValue(
        label="Access token",
        help_text="Stored encrypted and never shown again.",
        error_messages={"required": "Paste the token."},
    )
    ends = forms.DateField(
        label="Ends on, if you know",
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
        help_text="You are told a week ahead. Leave it empty for a token that does not end.",
    )

    def __init__(self, *args: Any, platform: Platform, server: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.platform = platform
        if server is not None or platform.adapter.api_base_url:
            del self.fields["server"]

    def clean_server(self) -> str:
        return address_of_server(self.cleaned_data["server"])


def address_of_server(typed: str) -> str:
    """Return the address of a server as a person typed it. Raises ValidationError."""
    server = typed.strip().rstrip("/")
    if server == SANDBOX:
        return server
    if "://" not in server:
        server = f"https://{server}"
    try:
        # Whether it may be dialled, the guard decides; a name without a dot may be opened, too.
        URLValidator(schemes=["https", "http"])(server)
    except ValidationError as error:
        raise ValidationError(f"{server[:80]} is not the address of a server.") from error
    return server


class ServerForm(forms.Form):
    """Which of a platform's many servers an account is at."""

    server = forms.CharField(
        label="Server",
        max_length=200,
        help_text="Such as mastodon.social. The address of the profile will do, too.",
        error_messages={"required": "Say at which server the account is."},
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "inputmode": "url",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )

    def clean_server(self) -> str:
        return server_in(self.cleaned_data["server"])


def server_in(typed: str) -> str:
    """Return the address of the server in what a person typed: a host, a handle or a page there.

    Raises ValidationError.
    """
    words = typed.strip()
    if "://" not in words:
        words = f"https://{words.rpartition('@')[2] if '/' not in words else words}"
    try:
        parts = urlsplit(words)
        if parts.username or parts.password:
            raise ValueError
    except ValueError:
        raise ValidationError(f"{typed[:80]} is not the address of a server.") from None
    return address_of_server(f"{parts.scheme}://{parts.netloc.lower()}")


class PasswordForm(forms.Form):
    """A name and a password for apps, and the server where that has to be said."""

    name = forms.CharField(
        max_length=255,
        error_messages={"required": "Say whose account it is."},
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    password = HiddenValue(error_messages={"required": "Paste the app password."})
    server = forms.CharField(
        label="Server, if it is not found by itself",
        required=False,
        max_length=200,
        help_text="Leave it empty: the name leads there. Only servers of one’s own are typed.",
        widget=forms.TextInput(
            attrs={"class": "form-control", "inputmode": "url", "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, path: PasswordPath, server: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = path.name_label
        self.fields["password"].label = path.password_label
        self.fields[
            "password"
        ].help_text = f"{path.password_hint} Stored encrypted and never shown again."
        if server == SANDBOX:
            del self.fields["server"]

    def clean_server(self) -> str:
        typed: str = self.cleaned_data["server"].strip()
        return address_of_server(typed) if typed else ""


class AppForm(forms.Form):
    """A brand's own app at a platform."""

    client_id = forms.CharField(
        label="App id",
        max_length=LONGEST_ID,
        widget=forms.TextInput(attrs={"class": "form-control mono", "autocomplete": "off"}),
        error_messages={"required": "Copy it from the app’s own page."},
    )
    client_secret = HiddenValue(
        label="App secret",
        help_text="Stored encrypted and never shown again.",
        error_messages={"required": "Copy it from the app’s own page."},
    )

    def __init__(self, *args: Any, public_apps: str = "", **kwargs: Any) -> None:
        """`public_apps`: what the platform calls apps that have no secret; empty: all have one."""
        super().__init__(*args, **kwargs)
        if public_apps:
            secret = self.fields["client_secret"]
            secret.required = False
            secret.help_text = f"{secret.help_text} Empty for a {public_apps}, which has none."

    def clean_client_id(self) -> str:
        value: str = self.cleaned_data["client_id"].strip()
        if not value.isascii() or not value.isprintable() or " " in value:
            raise ValidationError("An app id has no spaces and no special characters.")
        return value
