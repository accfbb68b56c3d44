"""The form of a recurring plan, and the rule that its answers stand for."""

from datetime import date, datetime, time
from typing import Any, Final

from django import forms

from content.models import Piece
from desk.reviewing import Channel
from desk.zones import find_zone
from scheduling.models import Schedule
from scheduling.recurring.changing import PlanWords
from scheduling.recurring.rules import DAYS, Rule, parse_rule
from scheduling.recurring.wording import NAMES

OFTEN: Final = (("DAILY", "days"), ("WEEKLY", "weeks"), ("MONTHLY", "months"), ("YEARLY", "years"))
ON: Final = (
    ("day", "on the day of the month it starts on"),
    ("last", "on the last day of the month"),
    ("weekday", "on the same weekday of the month, such as the second Tuesday"),
    ("last-weekday", "on the last such weekday of the month"),
    ("first-working", "on the first working day"),
    ("last-working", "on the last working day"),
)
ENDS: Final = (("never", "never"), ("date", "on a day"), ("count", "after a number of times"))
WHERE: Final = (
    ("own", "At this time in each account’s own zone"),
    ("one", "At one instant everywhere, this time in the zone"),
)
WORKING: Final = "MO,TU,WE,TH,FR"
CONTROL: Final = {"class": "form-control"}
SELECT: Final = {"class": "form-select"}
CHECK: Final = {"class": "form-check-input"}


class PlanForm(forms.Form):
    """What goes where, how often, from when and until when."""

    piece = forms.ModelChoiceField(
        Piece.objects.none(),
        label="Piece",
        widget=forms.Select(attrs=SELECT),
        empty_label="Choose a piece",
        error_messages={"required": "Choose what goes out."},
    )
    to = forms.MultipleChoiceField(error_messages={"required": "Choose at least one channel."})
    day = forms.DateField(
        label="First day", widget=forms.DateInput({**CONTROL, "type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label="Time", widget=forms.TimeInput({**CONTROL, "type": "time"}, format="%H:%M")
    )
    where = forms.ChoiceField(
        label="Whose clock", choices=WHERE, initial="own", widget=forms.RadioSelect(attrs=CHECK)
    )
    zone = forms.CharField(
        label="Zone",
        required=False,
        max_length=64,
        widget=forms.TextInput({**CONTROL, "autocomplete": "off", "spellcheck": "false"}),
        help_text="London, or Europe/London. For one instant everywhere only.",
    )
    interval = forms.IntegerField(
        label="Every", min_value=1, max_value=999, initial=1,
        widget=forms.NumberInput({**CONTROL, "inputmode": "numeric"}),
    )  # fmt: skip
    often = forms.ChoiceField(
        label="Unit", choices=OFTEN, initial="WEEKLY", widget=forms.Select(attrs=SELECT)
    )
    days = forms.MultipleChoiceField(
        label="On", choices=list(NAMES.items()), required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
        help_text="For days and weeks. None: the weekday it starts on.",
    )  # fmt: skip
    on = forms.ChoiceField(
        label="In a month", choices=ON, initial="day", required=False,
        widget=forms.Select(attrs=SELECT), help_text="For months and years.",
    )  # fmt: skip
    ends = forms.ChoiceField(
        label="Ends", choices=ENDS, initial="never", widget=forms.RadioSelect(attrs=CHECK)
    )
    until = forms.DateField(
        label="Last day", required=False,
        widget=forms.DateInput({**CONTROL, "type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    count = forms.IntegerField(
        label="Times in all", min_value=1, max_value=9999, required=False,
        widget=forms.NumberInput({**CONTROL, "inputmode": "numeric"}),
    )  # fmt: skip
    own = forms.CharField(
        label="Or the rule as RFC 5545 writes it", required=False, max_length=300,
        widget=forms.TextInput(
            {**CONTROL, "class": "form-control mono", "spellcheck": "false", "autocomplete": "off",
             "placeholder": "FREQ=MONTHLY;BYDAY=2TU"}
        ),
        help_text="It takes the place of what is chosen above.",
    )  # fmt: skip

    def __init__(self, *args: Any, channels: list[Channel], pieces: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels = {channel.key: channel for channel in channels}
        self.fields["piece"].queryset = pieces  # type: ignore[attr-defined]
        self.fields["to"].choices = [(key, key) for key in self.channels]  # type: ignore[attr-defined]

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"]
        return find_zone(zone) if zone else ""

    def clean_own(self) -> str:
        own = self.cleaned_data["own"]
        return parse_rule(own).text if own else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("where") == "one" and not given.get("zone") and "zone" not in self.errors:
            self.add_error("zone", "Type a city or the name of a zone.")
        if not given.get("own") and "own" not in self.errors:
            self._check_end(given)
        if not self.errors:
            given["rule"] = self._rule(given)
        return given

    def _check_end(self, given: dict[str, Any]) -> None:
        if given.get("ends") == "date" and not given.get("until") and "until" not in self.errors:
            self.add_error("until", "Choose the last day.")
        if given.get("ends") == "count" and not given.get("count") and "count" not in self.errors:
            self.add_error("count", "Say how many times.")
        until, first = given.get("until"), given.get("day")
        if given.get("ends") == "date" and until and first and until < first:
            self.add_error("until", "The last day lies before the first.")

    def _rule(self, given: dict[str, Any]) -> Rule:
        if given["own"]:
            return parse_rule(given["own"])
        parts = {"FREQ": given["often"], "INTERVAL": given["interval"]}
        if given["often"] in {"DAILY", "WEEKLY"}:
            if given["days"]:
                parts["BYDAY"] = ",".join(given["days"])
        else:
            parts |= _in_month(given["on"] or "day", given["day"])
            if given["often"] == "YEARLY" and len(parts) > 2:
                parts["BYMONTH"] = given["day"].month
        if given["ends"] == "date":
            parts["UNTIL"] = f"{given['until']:%Y%m%d}"
        elif given["ends"] == "count":
            parts["COUNT"] = given["count"]
        return parse_rule(";".join(f"{name}={value}" for name, value in parts.items()))

    @property
    def start(self) -> datetime:
        """The first possible wall time. Of a valid form."""
        at: time = self.cleaned_data["time"]
        return datetime.combine(self.cleaned_data["day"], at.replace(second=0, microsecond=0))

    @property
    def words(self) -> PlanWords:
        """What the form says. Of a valid form."""
        given = self.cleaned_data
        chosen = [self.channels[key] for key in given["to"]]
        return PlanWords(
            piece=given["piece"],
            channels=[(channel.account, channel.channel_type) for channel in chosen],
            rule=given["rule"],
            start=self.start,
            zone=given["zone"] if given["where"] == "one" else "",
        )


def _in_month(on: str, first: date) -> dict[str, Any]:
    weekday, nth = DAYS[first.weekday()], (first.day - 1) // 7 + 1
    parts: dict[str, dict[str, Any]] = {
        "day": {},
        "last": {"BYMONTHDAY": -1},
        "weekday": {"BYDAY": f"{nth}{weekday}"},
        "last-weekday": {"BYDAY": f"-1{weekday}"},
        "first-working": {"BYDAY": WORKING, "BYSETPOS": 1},
        "last-working": {"BYDAY": WORKING, "BYSETPOS": -1},
    }
    return parts[on]


def filled_from(plan: Schedule, nominal: datetime, left: int | None) -> dict[str, Any]:
    """What the form of a change begins with: the plan as it is, from `nominal` on.

    `left` is how many times are left of a plan that ends by number.
    """
    rule = plan.checked_rule
    if rule.count is not None:
        rule = rule.ending(count=left)
    return {
        "piece": plan.piece_id,
        "to": [f"{one.account_id}-{one.channel_type_id}" for one in plan.targets.all()],
        "day": nominal.date(),
        "time": nominal.time(),
        "where": "one" if plan.zone else "own",
        "zone": plan.zone,
        **_asked(rule, nominal),
    }


def _asked(rule: Rule, nominal: datetime) -> dict[str, Any]:
    """The choices that stand for the rule; where the form has none for it, its own words."""
    asked: dict[str, Any] = {"interval": rule.interval, "often": rule.freq, "ends": "never"}
    if rule.count is not None:
        asked |= {"ends": "count", "count": rule.count}
    elif rule.until is not None:
        asked |= {"ends": "date", "until": rule.until.date()}
    plain = not (rule.hours or rule.minutes) and rule.week_start == "MO"
    if plain and rule.freq in {"DAILY", "WEEKLY"} and not rule.months:
        return asked | {"days": [day for _, day in rule.days]}
    for on, _ in ON:
        parts = {"FREQ": rule.freq, "INTERVAL": rule.interval, **_in_month(on, nominal.date())}
        if rule.freq == "YEARLY" and len(parts) > 2:
            parts["BYMONTH"] = nominal.month
        if plain and rule.freq in {"MONTHLY", "YEARLY"}:
            text = ";".join(f"{name}={value}" for name, value in parts.items())
            if parse_rule(text) == rule.ending():
                return asked | {"on": on}
    return asked | {"own": rule.text}
