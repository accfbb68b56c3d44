"""The form of a schedule template: its name, and rows that are added, removed and put in order."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict

from desk.numbers import whole
from desk.reviewing import Channel
from platforms.models import ChannelType
from scheduling.models import ScheduleTemplate
from scheduling.models.template import DAY_MAX, NAME_MAX, STEPS_MAX
from scheduling.templates import StepWords
from scheduling.weekdays import NAMES

CONTROL: Final = {"class": "form-control"}
SELECT: Final = {"class": "form-select"}
FIELDS: Final = ("day", "weekday", "at", "to")
WEEKDAYS: Final = [("", "That day")] + [(str(n), f"Next {name}") for n, name in enumerate(NAMES)]
EVERY: Final = "every"  # instead of an account


class NameForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=NAME_MAX,
        widget=forms.TextInput({**CONTROL, "autocomplete": "off"}),
        error_messages={"required": "Give it a name, such as “Launch”."},
    )


class StepRow(forms.Form):
    """One step as a person says it."""

    day = forms.IntegerField(
        label="Day",
        min_value=0,
        max_value=DAY_MAX,
        initial=0,
        widget=forms.NumberInput({**CONTROL, "inputmode": "numeric"}),
        error_messages={"required": "Say how many days after the start; 0 is the start."},
    )
    weekday = forms.TypedChoiceField(
        label="On",
        choices=WEEKDAYS,
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(SELECT),
    )
    at = forms.TimeField(
        label="Time",
        widget=forms.TimeInput({**CONTROL, "type": "time"}, format="%H:%M"),
        error_messages={"required": "Choose a time."},
    )
    to = forms.ChoiceField(
        label="Where",
        widget=forms.Select(SELECT),
        error_messages={"required": "Choose where it goes."},
    )

    def __init__(self, *args: Any, channels: Sequence[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places_of(channels)
        choices: list[Any] = [("", "Choose")]
        choices += [(key, words) for key, (words, _, _) in self.places.items()]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    @property
    def words(self) -> StepWords:
        """What a valid row says."""
        given = self.cleaned_data
        _, channel_type, channel = self.places[given["to"]]
        account = channel.account if channel else None
        return StepWords(given["day"], given["weekday"], given["at"], channel_type, account)


Places = dict[str, tuple[str, ChannelType, Channel | None]]


def places_of(channels: Sequence[Channel]) -> Places:
    """Return where a step can go: each channel of an account, and of every account of a platform
    that has more than one."""
    found: Places = {}
    for channel in channels:
        platform = channel.account.platform
        words = f"{platform.name}: {channel.account.name}, {channel.channel_type.name}"
        found[channel.key] = (words, channel.channel_type, channel)
    for channel in channels:
        platform, kind = channel.account.platform, channel.channel_type
        found[f"{EVERY}-{kind.pk}"] = (f"{platform.name}: every account, {kind.name}", kind, None)
    return dict(sorted(found.items(), key=lambda item: item[1][0]))


class TemplateForm:
    """The name and the rows, as they were sent or as the template has them.

    Rows stand in the order in which they were sent. `act` is a button that only changes the rows:
    "add", "remove-2", "up-2", "down-2".
    """

    def __init__(
        self,
        asked: QueryDict | None,
        *,
        channels: Sequence[Channel],
        template: ScheduleTemplate | None = None,
    ) -> None:
        self.channels, self.focus = channels, ""
        self.act = asked.get("act", "") if asked else ""
        rows = _rows_of(template) if asked is None else _rows_sent(asked)
        if self.act:
            rows = self._acted(rows)
        self._saving = asked is not None and not self.act
        named = asked.get("name", "") if asked else str(template or "")
        self.name = NameForm({"name": named} if self._saving else None, initial={"name": named})
        self.rows = [self._row(number, values) for number, values in enumerate(rows)]
        self.errors: list[str] = []

    def _row(self, number: int, values: dict[str, Any]) -> StepRow:
        prefix = f"step-{number}"
        if self._saving:
            sent = {f"{prefix}-{name}": value for name, value in values.items()}
            row = StepRow(sent, prefix=prefix, channels=self.channels)
        else:
            row = StepRow(initial=values, prefix=prefix, channels=self.channels)
        if self.focus == f"day-{number}":
            row.fields["day"].widget.attrs["autofocus"] = True
        return row

    def _acted(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows after a press, and where the focus goes then."""
        verb, _, said = self.act.partition("-")
        place = whole(said) if said else -1
        if verb == "add" and len(rows) < STEPS_MAX:
            last = rows[-1] if rows else {"at": "09:00"}
            self.focus = f"day-{len(rows)}"
            return [*rows, {"day": last.get("day", 0), "at": last["at"], "to": last.get("to", "")}]
        if not 0 <= place < len(rows):
            return rows
        one = rows.pop(place)
        if verb == "remove":
            self.focus = f"day-{min(place, len(rows) - 1)}" if rows else "add"
        else:
            there = max(place - 1, 0) if verb == "up" else min(place + 1, len(rows))
            rows.insert(there, one)
            self.focus = f"{'up' if verb == 'up' else 'down'}-{there}"
        return rows

    @property
    def most(self) -> int:
        return STEPS_MAX

    def is_valid(self) -> bool:
        """Whether it can be saved; looks at every row, so that all that is wrong is said."""
        return all([self.name.is_valid(), *(row.is_valid() for row in self.rows)])

    @property
    def said(self) -> str:
        """The name. Of a valid form."""
        return str(self.name.cleaned_data["name"])

    @property
    def steps(self) -> list[StepWords]:
        """The steps in their order. Of a valid form."""
        return [row.words for row in self.rows]


def _rows_sent(asked: QueryDict) -> list[dict[str, Any]]:
    number = min(whole(asked.get("steps", "")), STEPS_MAX)
    return [
        {name: asked.get(f"step-{place}-{name}", "") for name in FIELDS} for place in range(number)
    ]


def _rows_of(template: ScheduleTemplate | None) -> list[dict[str, Any]]:
    if template is None:
        return [{"day": 0, "at": "09:00"}]
    return [
        {
            "day": step.day,
            "weekday": "" if step.weekday is None else str(step.weekday),
            "at": f"{step.at:%H:%M}",
            "to": f"{step.account_id or EVERY}-{step.channel_type_id}",
        }
        for step in template.steps.all()
    ]
