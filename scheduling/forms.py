"""The form that makes a post, and gives it its time if it is to have one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from organisation.backoffice import VerbForm
from posting.deciding import NotPossible
from posting.models import Post
from posting.queueing import queue_post
from scheduling.timing import schedule


class NewPostForm(VerbForm):
    """A piece, an account and a channel; a date and a time to schedule it at once."""

    day = forms.DateField(
        label="Date",
        required=False,
        help_text="Empty: the post is made ready, without a time.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    at = forms.TimeField(
        label="Time", required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    zone = forms.CharField(
        label="Time zone",
        required=False,
        max_length=64,
        help_text="Such as Europe/London. Empty: the account's own.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    second = forms.BooleanField(
        label="The second of two",
        required=False,
        help_text="Only where the clocks go back and the time comes twice.",
    )

    class Meta:
        model = Post
        fields = ("piece", "account", "channel_type")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("day")) != bool(cleaned.get("at")):
            raise ValidationError("A time needs both, the date and the time of day.")
        return cleaned

    @transaction.atomic
    def act(self) -> models.Model:
        """Make the post; when its time is refused, no post is made either."""
        answers, by, now = self.cleaned_data, self.request.user, timezone.now()
        version = answers["piece"].current
        if version is None:
            raise ValidationError({"piece": "This piece says nothing yet. Write its text first."})
        post = queue_post(
            version,
            answers["account"],
            answers["channel_type"],
            by=by,  # type: ignore[arg-type]
            now=now,
        )
        if answers["day"]:
            self._schedule(post, now)
        return post

    def _schedule(self, post: Post, now: Any) -> None:
        answers = self.cleaned_data
        try:
            schedule(
                post,
                wall=f"{answers['day']:%Y-%m-%d} {answers['at']:%H:%M:%S}",
                zone=answers["zone"] or post.account.timezone,
                fold=int(answers["second"]),
                by=self.request.user,  # type: ignore[arg-type]
                now=now,
            )
        except NotPossible as refusal:
            raise ValidationError(str(refusal)) from refusal
