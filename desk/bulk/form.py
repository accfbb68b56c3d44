"""The form that asks for times for many posts."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.http import QueryDict

from content.models import PieceVersion
from desk.account_times import DaysField
from desk.reviewing import Channel
from organisation.models import Brand
from posting.models import Post
from scheduling.bulk.asking import Asked
from scheduling.bulk.ways import BY_SLUG, WAYS, Way
from scheduling.models import ScheduleTemplate
from scheduling.models.slot import clean_queue
from scheduling.slots import queues_of
from scheduling.weekdays import EVERY_DAY

CONTROL: Final = {"class": "form-control"}
SELECT: Final = {"class": "form-select"}
DATE: Final = {**CONTROL, "type": "date"}
TIME: Final = {**CONTROL, "type": "time"}
A_WEEK: Final = timedelta(days=6)
APART_MAX: Final = 60  # days
RANGE_MAX: Final = 366  # days


def _date(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput(DATE, format="%Y-%m-%d")
    )


def _time(label: str, initial: time) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        initial=initial,
        required=False,
        widget=forms.TimeInput(TIME, format="%H:%M"),
    )


class BulkForm(forms.Form):
    """What gets times, in which way, from when to when. Only what a way needs is asked of it."""

    way = forms.ChoiceField(error_messages={"required": "Choose how the times are found."})
    to = forms.MultipleChoiceField(required=False)
    first = _date("First day", "By each account’s own clock.")
    last = _date("Last day", "Included.")
    queue = forms.ChoiceField(
        label="Queue", required=False, widget=forms.Select(SELECT),
        help_text="Slots of this queue, of each account.",
    )  # fmt: skip
    days = DaysField()
    opens = _time("From", time(9))
    closes = _time("To", time(18))
    template = forms.ModelChoiceField(
        ScheduleTemplate.objects.none(), label="Template", required=False,
        widget=forms.Select(SELECT), empty_label="Choose a template",
    )  # fmt: skip
    apart = forms.IntegerField(
        label="Days from the start of one piece to the next", min_value=0, max_value=APART_MAX,
        initial=1, required=False, widget=forms.NumberInput({**CONTROL, "inputmode": "numeric"}),
        help_text="0: all of them start on the first day.",
    )  # fmt: skip
    again = forms.BooleanField(
        label="Also where an account has the piece already", required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )  # fmt: skip

    def __init__(
        self,
        data: QueryDict | None,
        *,
        brand: Brand,
        channels: Sequence[Channel],
        for_posts: bool,
        today: date,
        initial: dict[str, Any],
    ) -> None:
        begins = {
            "first": today + timedelta(days=1), "last": today + timedelta(days=1) + A_WEEK,
            "days": EVERY_DAY,
        }  # fmt: skip
        super().__init__(data, initial=begins | initial)
        self.brand, self.for_posts, self.today = brand, for_posts, today
        self.channels = {channel.key: channel for channel in channels}
        fitting = [way for way in WAYS if not (for_posts and way.brings_channels)]
        self.ways = [way for way in fitting if way.offered(brand)]
        self.lacking = [way for way in fitting if way not in self.ways]
        fields: dict[str, Any] = self.fields
        fields["way"].choices = [(way.slug, way.words) for way in self.ways]
        fields["to"].choices = [(key, key) for key in self.channels]
        fields["template"].queryset = ScheduleTemplate.objects.filter(brand=brand)
        queues = queues_of({channel.account.pk for channel in channels})
        fields["queue"].choices = [(queue, queue or "Any post") for queue in queues]
        fields["days"].required = False
        chosen = self["way"].value()
        self.chosen = chosen if chosen in [way.slug for way in self.ways] else self.ways[0].slug

    def clean_queue(self) -> str:
        return clean_queue(self.cleaned_data["queue"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        way = BY_SLUG.get(given.get("way", ""))
        if way is None:
            return given
        self._check_days(given, way)
        if not self.for_posts and not way.brings_channels and not given.get("to"):
            self.add_error("to", "Choose at least one channel.")
        if way.slug == "even":
            self._check_hours(given)
        if way.slug == "template" and not given.get("template") and "template" not in self.errors:
            self.add_error("template", "Choose a template.")
        return given

    def _check_days(self, given: dict[str, Any], way: Way) -> None:
        first, last = given.get("first"), given.get("last")
        if not way.ranges:
            self.errors.pop("last", None)
            given["last"] = last = first
        if first and first < self.today - timedelta(days=1):
            self.add_error("first", "That day has passed.")
        if first and first > self.today + timedelta(days=5 * RANGE_MAX):
            self.add_error("first", "That is more than five years away. Check the year.")
        if first and last and last < first:
            self.add_error("last", "The last day lies before the first.")
        if first and last and (last - first).days >= RANGE_MAX:
            self.add_error("last", f"{RANGE_MAX} days are the most at once.")

    def _check_hours(self, given: dict[str, Any]) -> None:
        opens, closes = given.get("opens"), given.get("closes")
        if not opens or not closes:
            self.add_error("opens" if not opens else "closes", "Choose a time.")
        elif closes <= opens:
            self.add_error("closes", "The hours end before they begin.")
        if not given.get("days") and "days" not in self.errors:
            self.add_error("days", "Choose at least one day of the week.")

    @property
    def found(self) -> Way:
        """The chosen way. Of a valid form."""
        return BY_SLUG[self.cleaned_data["way"]]

    def asked(
        self, versions: Sequence[PieceVersion], posts: Sequence[Post], now: datetime
    ) -> Asked:
        """What the form asks for. Of a valid form."""
        given = self.cleaned_data
        chosen = [self.channels[key] for key in given["to"]]
        apart = given["apart"]
        return Asked(
            self.brand, given["first"], given["last"], now,
            versions=versions, posts=posts,
            channels=[(channel.account, channel.channel_type) for channel in chosen],
            queue=given["queue"], days=given["days"] or EVERY_DAY,
            opens=given["opens"] or time(9), closes=given["closes"] or time(18),
            template=given["template"], apart=1 if apart is None else apart, again=given["again"],
        )  # fmt: skip
