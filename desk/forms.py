"""Forms of the staff pages."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone

from desk.stops import Scope
from desk.zones import find_zone
from platforms.contract import HasTiers
from platforms.costs import list_of_prices
from platforms.models import Account
from scheduling.models.slot import QUEUE_MAX, clean_queue
from scheduling.timing import instant_to_send


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


class SeenForm(forms.Form):
    """Which version of the post the person has read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DeclineForm(SeenForm):
    """Why not, for the author."""

    reason = forms.CharField(
        label="Why, for its author",
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": "Say why, so that its author knows what to change."},
    )


class NewTextForm(forms.Form):
    """Another text for a post that is out."""

    text = forms.CharField(
        label="Text",
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": "8", "dir": "auto"}),
        error_messages={"required": "Write what it should say."},
    )


class TimeForm(forms.Form):
    """A wall-clock time in a zone: what people mean, and never an offset."""

    wall = forms.CharField(
        label="Date and time",
        max_length=19,
        widget=forms.DateTimeInput(
            attrs={"class": "form-control", "type": "datetime-local", "step": "60"}
        ),
        error_messages={"required": "Choose a date and a time."},
    )
    zone = forms.CharField(
        label="Time zone",
        max_length=64,
        widget=forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text="London, or Europe/London",
        error_messages={"required": "Type a city or the name of a zone."},
    )
    fold = forms.ChoiceField(
        label="If the clocks go back and this time comes twice",
        choices=(("0", "the first of the two"), ("1", "the second of the two")),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def clean_fold(self) -> int:
        return int(self.cleaned_data["fold"] or 0)

    def clean_zone(self) -> str:
        return find_zone(self.cleaned_data["zone"])

    def clean(self) -> dict[str, Any]:
        """Refuse a time at which nothing can be sent here already, beside what was typed."""
        given = super().clean() or self.cleaned_data
        if given.get("wall") and given.get("zone"):
            instant_to_send(given["wall"], given["zone"], given.get("fold", 0), timezone.now())
        return given


class SlotForm(forms.Form):
    """Which queue's slots a post may take."""

    queue = forms.CharField(
        label="Queue, if only its slots will do",
        required=False,
        max_length=QUEUE_MAX,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        help_text="Such as evergreen. Empty: the slots for any post.",
    )

    def clean_queue(self) -> str:
        return clean_queue(self.cleaned_data["queue"])


class NoteForm(forms.Form):
    """Why, for whoever asks later."""

    note = forms.CharField(
        label="Why, for whoever asks later",
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": "Say why, for whoever asks later."},
    )


class UntilForm(forms.Form):
    """Until when something waits; empty for until further notice."""

    until = forms.DateTimeField(
        label="Until",
        required=False,
        widget=forms.DateTimeInput(
            attrs={"class": "form-control", "type": "datetime-local", "step": "60"}
        ),
        help_text="In your time zone. Leave it empty to end it by hand.",
        error_messages={"invalid": "This is no date and time. Nothing was changed."},
    )

    def clean_until(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["until"]
        if until and until <= timezone.now():
            raise forms.ValidationError("This time has passed. Nothing was changed.")
        return until


class HoldUntilForm(UntilForm):
    """Until when a post is held back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["until"]
        field.required, field.help_text = True, "In your time zone."
        field.error_messages["required"] = "Choose a date and a time, or use Hold."


class PauseForm(UntilForm):
    """Why an account is paused, and until when."""

    reason = forms.CharField(
        label="Why, for the others",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    field_order = ("reason", "until")


class ScopesForm(forms.Form):
    """Which of the person's switches to turn. With only one there is no choice to make."""

    scope = forms.MultipleChoiceField(
        label="For",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={
            "required": "Tick at least one.",
            "invalid_choice": "One of them is not yours to turn, or somebody was faster.",
        },
    )

    def __init__(self, *args: Any, scopes: list[Scope], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "publishing-%s")
        super().__init__(*args, **kwargs)
        self.scopes = scopes
        field = self.fields["scope"]
        field.choices = [(scope.key, scope.words) for scope in scopes]  # type: ignore[attr-defined]
        if len(scopes) == 1:
            field.widget = forms.MultipleHiddenInput()
        self.initial["scope"] = [scopes[0].key]

    @property
    def chosen(self) -> list[Scope]:
        return [scope for scope in self.scopes if scope.key in self.cleaned_data["scope"]]


class StopForm(ScopesForm, UntilForm):
    """What to stop, and why: the reason is shown on every page while it lasts."""

    reason = forms.CharField(
        label="Why, for the others",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        help_text="Shown on every page until publishing is on again.",
    )


class StartForm(ScopesForm):
    """What to start again."""


class ZoneForm(forms.Form):
    """The zone in which a person reads times. A city is enough where only one zone has it."""

    timezone = forms.CharField(
        label="Time zone",
        max_length=64,
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "list": "zones",
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "London, or Europe/London",
            }
        ),
        error_messages={"required": "Type a city or the name of a zone."},
    )

    def clean_timezone(self) -> str:
        return find_zone(self.cleaned_data["timezone"])


class TermsForm(forms.Form):
    """What an account may spend, and its subscription there."""

    def __init__(self, account: Account, data: Any = None) -> None:
        begins = {name: getattr(account, name) for name in ("tier", "pays_per_use", "monthly_cap")}
        super().__init__(data, initial=begins, auto_id="terms-%s")
        adapter = account.platform.adapter
        tiers = adapter.tiers() if issubclass(adapter, HasTiers) else {}
        if tiers:
            self.fields["tier"] = forms.ChoiceField(
                label="Subscription",
                required=False,
                choices=list(tiers.items()),
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        if list_of_prices(adapter):
            self.fields["pays_per_use"] = forms.BooleanField(
                label="It pays per use",
                required=False,
                help_text="Off: a plan covers its requests, and nothing is counted.",
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            self.fields["monthly_cap"] = forms.DecimalField(
                label="Most it may spend in a month, in dollars",
                required=False,
                min_value=0,
                max_digits=9,
                decimal_places=2,
                help_text="Empty: no cap. A post that would go beyond it waits.",
                widget=forms.NumberInput(attrs={"class": "form-control", "step": "0.01"}),
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_digits", "max_decimal_places"),
                    "The cap is an amount of dollars, such as 25 or 7.50.",
                ),
            )


def terms_form(account: Account, data: Any = None) -> TermsForm | None:
    """Return the form; None for a platform that neither charges nor has subscriptions."""
    form = TermsForm(account, data)
    return form if form.fields else None
