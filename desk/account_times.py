"""The forms of an account's slots, hours and days off."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from scheduling.days_off import Taken
from scheduling.holiday_calendars import NONE, validate_country
from scheduling.models import TimeRules
from scheduling.models.rules import LOOK_BACK, LOOK_BACK_MAX
from scheduling.models.slot import QUEUE_MAX, clean_queue
from scheduling.setting import SLOTS_MAX
from scheduling.weekdays import NAMES, numbers

DAYS = [(str(number), name[:3]) for number, name in enumerate(NAMES)]
TIME = {"class": "form-control", "type": "time"}
NUMBER = {"class": "form-control", "inputmode": "numeric"}


class DaysField(forms.TypedMultipleChoiceField):
    """Days of the week as the number that `scheduling.weekdays` knows."""

    def __init__(self) -> None:
        super().__init__(
            label="Days",
            choices=DAYS,
            coerce=int,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            error_messages={"required": "Choose at least one day of the week."},
        )

    def clean(self, value: Any) -> int:
        return sum(1 << number for number in super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return [str(n) for n in numbers(value)] if isinstance(value, int) else value


class SlotRow(forms.Form):
    """One slot. A row without a time is none."""

    days = DaysField()
    at = forms.TimeField(label="Time", widget=forms.TimeInput(attrs=TIME, format="%H:%M"))
    queue = forms.CharField(
        label="Queue",
        required=False,
        max_length=QUEUE_MAX,
        widget=forms.TextInput(
            attrs={"class": "form-control", "placeholder": "any post", "autocomplete": "off"}
        ),
    )

    def clean_queue(self) -> str:
        return clean_queue(self.cleaned_data["queue"])


class HoursRow(forms.Form):
    """One stretch of hours. The days may reach over midnight."""

    days = DaysField()
    opens = forms.TimeField(label="From", widget=forms.TimeInput(attrs=TIME, format="%H:%M"))
    closes = forms.TimeField(label="To", widget=forms.TimeInput(attrs=TIME, format="%H:%M"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("opens") is not None and given.get("opens") == given.get("closes"):
            raise ValidationError("A stretch that opens and closes at the same time is empty.")
        return given


class Tick(forms.CheckboxInput):
    """A box as the pages draw it."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-check-input"})


class SparseRows(forms.BaseFormSet):
    """Rows of which those without any time count as not there, whatever days are ticked."""

    times: tuple[str, ...] = ()
    deletion_widget = Tick

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if self.is_bound and not any(self.data.get(form.add_prefix(name)) for name in self.times):
            form.empty_permitted = True
            for field in form.fields.values():
                field.required = False

    @property
    def given(self) -> list[dict[str, Any]]:
        """The rows that say something and are not to be deleted."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data]
        return [row for row in rows if row.get(self.times[0]) and not row.get("DELETE")]


class SlotRows(SparseRows):
    times = ("at",)


class HoursRows(SparseRows):
    times = ("opens", "closes")


SlotForms: Any = forms.formset_factory(
    SlotRow, formset=SlotRows, extra=2, can_delete=True, max_num=SLOTS_MAX, validate_max=True
)
HoursForms: Any = forms.formset_factory(
    HoursRow, formset=HoursRows, extra=1, can_delete=True, max_num=14, validate_max=True
)


class RulesForm(forms.Form):
    """What else is asked of the times. For an account, empty means as in its brand."""

    any_hour = forms.BooleanField(
        label="At any hour, whatever the brand says",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    country = forms.CharField(
        label="Country whose public holidays count",
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        help_text=f"Two letters, such as GB, or with a part, such as GB-SCT. “{NONE}” for none.",
    )
    daily_budget = forms.IntegerField(
        label="Posts a day at most",
        required=False,
        min_value=0,
        max_value=10_000,
        widget=forms.NumberInput(attrs=NUMBER),
        help_text="More than that is told, and not stopped.",
    )
    look_back = forms.IntegerField(
        label="Days within which the same text is told",
        required=False,
        min_value=0,
        max_value=LOOK_BACK_MAX,
        widget=forms.NumberInput(attrs=NUMBER),
        help_text=f"0 for never mind. Empty everywhere: {LOOK_BACK}.",
    )
    takes_suggestions = forms.TypedChoiceField(
        label="Suggested times of ready posts",
        required=False,
        choices=(
            ("", "As in the brand, else only proposed"),
            ("no", "Only proposed: somebody confirms each"),
            ("yes", "Taken at once when they are asked for"),
        ),
        coerce=lambda said: said == "yes",
        empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def clean_country(self) -> str:
        country = self.cleaned_data["country"].strip()
        country = NONE if country.lower() == NONE else country.upper()
        validate_country(country)
        return country


class BlackoutForm(forms.Form):
    """Days on which nothing goes out."""

    first = forms.DateField(
        label="First day", widget=forms.DateInput(attrs={"class": "form-control", "type": "date"})
    )
    last = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}),
        help_text="Empty: one day only.",
    )
    why = forms.CharField(
        label="Why",
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": "Say why, such as “Stocktaking”."},
    )
    whole_brand = forms.BooleanField(
        label="For all accounts of the brand",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given["last"] = given.get("last") or given.get("first")
        if given["last"] and given.get("first") and given["last"] < given["first"]:
            self.add_error("last", "The last day comes before the first.")
        return given


def hours_asked(rules: TimeRules | None) -> list[dict[str, Any]]:
    """What the rows of hours begin with."""
    return list((rules.hours if rules else None) or [])


def rules_asked(rules: TimeRules | None) -> dict[str, Any]:
    """What the form of the rules begins with."""
    if rules is None:
        return {}
    return {
        "any_hour": rules.hours == [],
        "country": rules.country,
        "daily_budget": rules.daily_budget,
        "look_back": rules.look_back,
        "takes_suggestions": {None: "", True: "yes", False: "no"}[rules.takes_suggestions],
    }


def hours_in(rows: HoursRows, any_hour: bool) -> list[dict[str, Any]] | None:
    """Return the hours as `TimeRules` keeps them: None for as in the brand."""
    given = [
        {"days": row["days"], "opens": f"{row['opens']:%H:%M}", "closes": f"{row['closes']:%H:%M}"}
        for row in rows.given
    ]
    return given or ([] if any_hour else None)


class BlackoutFileForm(forms.Form):
    """Days off out of a calendar file."""

    calendar = forms.FileField(
        label="Days off from a calendar file (.ics)",
        max_length=200,
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".ics,text/calendar"}),
        help_text="School holidays, trade fairs. Days that are there already are not doubled.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )
    whole_brand = forms.BooleanField(
        label="For all accounts of the brand",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


def told_of_days_off(taken: Taken) -> str:
    """Say what became of a calendar file."""
    said = [f"{taken.added} blackout{'' if taken.added == 1 else 's'} added."]
    if taken.there:
        said.append(f"{taken.there} were there already.")
    if taken.left_out:
        said.append(f"{taken.left_out} left out: past, repeating, or without a readable day.")
    return " ".join(said)
