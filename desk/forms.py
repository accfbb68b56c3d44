"""Forms of the staff pages."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Name and password, in our words."""

    error_messages = {
        "invalid_login": "That name and password do not belong together. Capitals count in both.",
        "inactive": "This account is switched off. An administrator can switch it on.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


class ItIsOutForm(forms.Form):
    """A person saw the post; the address helps others to find it."""

    url = forms.URLField(
        label="Address of the post, if you have it",
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "form-control", "placeholder": "https://"}),
        error_messages={"invalid": "That is not a web address. It begins with https://"},
    )


class SendAgainForm(forms.Form):
    """The checkbox without which nothing is sent a second time."""

    looked = forms.BooleanField(
        label="I looked at the account and the post is not there.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        error_messages={"required": "Look at the account first, then tick the box."},
    )
