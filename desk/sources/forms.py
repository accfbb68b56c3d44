"""The form of a feed, and the words of a source as somebody gives them."""

from datetime import timedelta
from typing import Any, Final

from django import forms

from content.models import Feed
from content.sources.subscribing import Wanted
from desk.reviewing import Channel

CONTROL: Final = {"class": "form-control"}
SELECT: Final = {"class": "form-select"}
CHECK: Final = {"class": "form-check-input"}
HOURS: Final = (
    (0.25, "every 15 minutes"), (0.5, "every 30 minutes"), (1, "every hour"),
    (3, "every 3 hours"), (6, "every 6 hours"), (12, "every 12 hours"), (24, "once a day"),
    (168, "once a week"),
)  # fmt: skip


class FeedForm(forms.Form):
    """Where a feed is, how often it is looked at, and what becomes of its entries."""

    address = forms.CharField(
        label="Address of the feed",
        max_length=2000,
        widget=forms.TextInput(
            {**CONTROL, "inputmode": "url", "autocomplete": "off", "spellcheck": "false",
             "placeholder": "https://example.org/feed.xml"}
        ),
        error_messages={"required": "Give the address of an RSS or Atom feed."},
    )  # fmt: skip
    title = forms.CharField(
        label="What you call it", max_length=200, required=False,
        widget=forms.TextInput({**CONTROL, "autocomplete": "off"}),
        help_text="Empty: what it calls itself.",
    )  # fmt: skip
    hours = forms.TypedChoiceField(
        label="Look at it", coerce=float, initial=1, choices=HOURS,
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    reads_articles = forms.BooleanField(
        label="Read the page of each entry: the feed has only summaries",
        required=False,
        widget=forms.CheckboxInput(attrs=CHECK),
    )
    rule = forms.ChoiceField(
        label="A new entry", choices=Feed.Rule.choices, initial=Feed.Rule.KEEP,
        widget=forms.RadioSelect(attrs=CHECK),
    )  # fmt: skip
    to = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, channels: list[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels = {channel.key: channel for channel in channels}
        self.fields["to"].choices = [(key, key) for key in self.channels]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[str]:
        """The channels that are ticked, whatever else is wrong with the form."""
        given = self.data.getlist("to") if hasattr(self.data, "getlist") else []
        return list(given if self.is_bound else self.initial.get("to", []))

    @property
    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        given = self.cleaned_data
        return Wanted(
            address=given["address"],
            title=given["title"],
            interval=timedelta(hours=given["hours"]),
            reads_articles=given["reads_articles"],
            rule=given["rule"],
            targets=[
                (self.channels[key].account, self.channels[key].channel_type) for key in given["to"]
            ],
        )


def filled_from(feed: Feed) -> dict[str, Any]:
    """Return what the form shows of a feed at first."""
    hours = feed.interval.total_seconds() / 3600
    nearest = min((hour for hour, _ in HOURS), key=lambda hour: abs(hour - hours))
    targets = feed.targets.values_list("account_id", "channel_type_id")
    return {
        "address": feed.address,
        "title": feed.title,
        "hours": nearest,
        "reads_articles": feed.reads_articles,
        "rule": feed.rule,
        "to": [f"{account}-{kind}" for account, kind in targets],
    }
