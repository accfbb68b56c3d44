"""The form that says what is to be changed in many posts."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from desk.numbers import whole
from organisation.models import Brand
from platforms.models import Account
from posting.models import Post
from scheduling.editing.wishes import DAYS_MAX, What, Wish, check

WHATS = (
    (What.SHIFT.value, "Move their times",
     "Each by the clock of its own zone: 09:00 stays 09:00 when the clocks change in between."),
    (What.TEXT.value, "Find and replace in texts", "Capitals count, unless you say otherwise."),
    (What.LINK.value, "Replace a link", "As the link of a post, and where it stands in a text."),
    (What.HASHTAG.value, "Replace a hashtag",
     "The whole tag, however it is written. Nothing in its place takes it out."),
    (What.ACCOUNT.value, "Move them to another account",
     "Of the same platform. They are cancelled here, and made there with their words and times."),
)  # fmt: skip


class EditForm(forms.Form):
    """One change. Its fields are checked together by `scheduling.editing.wishes`."""

    what = forms.ChoiceField(choices=[(value, words) for value, words, _ in WHATS])
    days = forms.IntegerField(
        required=False, min_value=-DAYS_MAX, max_value=DAYS_MAX, label="Days",
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )  # fmt: skip
    minutes = forms.IntegerField(
        required=False, min_value=-1440 * DAYS_MAX, max_value=1440 * DAYS_MAX, label="Minutes",
        help_text="With a minus: earlier.",
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )  # fmt: skip
    find = forms.CharField(
        required=False, max_length=2000, strip=False, label="Find",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )  # fmt: skip
    instead = forms.CharField(
        required=False, max_length=2000, strip=False, label="Put in its place",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )  # fmt: skip
    any_case = forms.BooleanField(
        required=False, label="Find it in capitals and small letters alike",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )  # fmt: skip
    account = forms.ModelChoiceField(
        queryset=Account.objects.none(), required=False, label="Account",
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, brand: Brand, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        accounts = Account.objects.filter(brand=brand).select_related("platform")
        self.fields["account"].queryset = accounts.order_by("platform__name", "name")  # type: ignore[attr-defined]

    @property
    def whats(self) -> list[tuple[str, str, str, bool]]:
        """Each kind of change: its value, words and meaning, and whether it is chosen."""
        chosen = self["what"].value() or WHATS[0][0]
        return [(value, words, meaning, value == chosen) for value, words, meaning in WHATS]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "what" in given and not self.errors:
            try:
                given["wish"] = check(
                    Wish(
                        What(given["what"]), days=given["days"] or 0,
                        minutes=given["minutes"] or 0, find=given["find"],
                        instead=given["instead"], any_case=given["any_case"],
                        account=given["account"],
                    )
                )  # fmt: skip
            except ValidationError as refusal:
                self.add_error(None, refusal)
        return given


def tokens_of(posts: Iterable[Post]) -> str:
    """The posts with their versions, so that one that is changed meanwhile is left alone."""
    return ",".join(f"{post.pk}-{post.version}" for post in posts)


def versions_in(asked: QueryDict) -> dict[int, int]:
    """Read what `tokens_of` wrote."""
    pairs = (token.partition("-") for token in asked.get("tokens", "").split(","))
    return {whole(pk): whole(version) for pk, _, version in pairs if whole(pk)}
