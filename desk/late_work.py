"""What the pages about late work show: missed posts by account and by how late they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from desk.counting import MOST as COUNTED
from desk.counting import Count
from desk.listing.keyset import numbers_of, together, written_out
from desk.numbers import whole
from platforms.models import Account
from posting.models import LateDecision, Post
from posting.models.post import PostQuerySet
from scheduling.late_work import MOST, NOTE_MAX, Choice, Wish, check
from scheduling.models.slot import QUEUE_MAX, clean_queue

ACCOUNTS = 100  # that have a place on the page
SHOWN = 300  # posts that are listed one by one
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_AGO = timedelta(days=36_500)


@dataclass(frozen=True)
class Age:
    """How late, from a length up to another."""

    slug: str
    words: str
    above: timedelta
    up_to: timedelta

    def of(self, posts: PostQuerySet, now: datetime) -> PostQuerySet:
        return posts.filter(due_at__gt=now - self.up_to, due_at__lte=now - self.above)


AGES = (
    Age("hour", "less than an hour late", -LONG_AGO, HOUR),
    Age("morning", "1 to 6 hours late", HOUR, 6 * HOUR),
    Age("day", "6 to 24 hours late", 6 * HOUR, DAY),
    Age("week", "1 to 7 days late", DAY, 7 * DAY),
    Age("older", "more than a week late", 7 * DAY, LONG_AGO),
)
BY_AGE = {age.slug: age for age in AGES}


@dataclass
class Group:
    """The missed posts of one account that are about as late."""

    account: Account
    age: Age
    count: Count
    ticked: frozenset[str] = frozenset()
    shown: list[Post] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.account.pk}-{self.age.slug}"

    @property
    def open(self) -> bool:
        """Whether some of its posts are chosen one by one."""
        return any(str(post.pk) in self.ticked for post in self.shown)

    @property
    def left_out(self) -> bool:
        """Whether there are more posts than are listed one by one."""
        return self.count.number > len(self.shown)


@dataclass
class LateWork:
    """All missed posts of some brands. Five questions, however many posts there are."""

    brands: Sequence[int]
    now: datetime
    ticked: frozenset[str] = frozenset()  # groups and posts that a refused form named

    @cached_property
    def _accounts(self) -> list[Account]:
        missed = Post.objects.filter(account=OuterRef("pk")).missed()
        late = Account.objects.filter(Exists(missed), brand__in=self.brands)
        late = late.select_related("platform", "brand").order_by("platform__name", "name", "pk")
        return list(late[: ACCOUNTS + 1])

    @property
    def more_accounts(self) -> bool:
        return len(self._accounts) > ACCOUNTS

    @cached_property
    def groups(self) -> list[Group]:
        pairs = [(account, age) for account in self._accounts[:ACCOUNTS] for age in AGES]
        legs = [posts_of(account.pk, age, self.now) for account, age in pairs]
        numbers = numbers_of(legs, COUNTED + 1)
        groups = [
            Group(account, age, Count(number), self.ticked)
            for (account, age), number in zip(pairs, numbers, strict=True)
            if number
        ]
        self._fill(groups)
        return groups

    def _fill(self, groups: list[Group]) -> None:
        each = max(SHOWN // len(groups), 3) if groups else 0
        legs = [
            posts_of(group.account.pk, group.age, self.now).order_by("due_at", "pk").values("pk")
            for group in groups
        ]
        for begin in range(0, len(legs), ACCOUNTS):
            walked = [
                part for leg in legs[begin : begin + ACCOUNTS] for part in written_out(leg[:each])
            ]
            if not walked:
                continue
            found = Post.objects.filter(pk__in=together(walked)).select_related(
                "piece", "channel_type"
            )
            by_account: dict[int, list[Post]] = {}
            for post in found.order_by("due_at", "pk"):
                by_account.setdefault(post.account_id, []).append(post)
            for group in groups[begin : begin + ACCOUNTS]:
                row = by_account.get(group.account.pk, [])
                group.shown = [post for post in row if self._is(post, group.age)]

    def _is(self, post: Post, age: Age) -> bool:
        late = self.now - (post.due_at or self.now)
        return age.above <= late < age.up_to

    @property
    def total(self) -> int:
        return sum(group.count.number for group in self.groups)

    @property
    def too_many(self) -> bool:
        return self.total > MOST


def posts_of(account: int, age: Age, now: datetime) -> PostQuerySet:
    return age.of(Post.objects.filter(account=account).missed(), now)


def chosen_posts(
    groups: Iterable[str], tokens: Iterable[str], seen: PostQuerySet, now: datetime
) -> tuple[list[Post], list[Post]]:
    """Return the posts that a form names, and those that changed since it was shown.

    A group such as `12-day` names all of it; a token such as `345:2` a post in a version, and `345`
    one in any. The oldest come first, and one more than MOST at the most.
    """
    versions = dict(_token(text) for text in tokens)
    named = [pk for pk in versions if pk] + _in_groups(groups, seen, now)
    found = seen.filter(pk__in=named).for_rows().order_by("due_at", "pk")
    posts = list(found[: MOST + 1])
    same = [post for post in posts if versions.get(post.pk, 0) in (0, post.version)]
    return same, [post for post in posts if post not in same]


def _in_groups(groups: Iterable[str], seen: PostQuerySet, now: datetime) -> list[int]:
    found: list[int] = []
    for text in list(dict.fromkeys(groups))[: ACCOUNTS * len(AGES)]:
        pk, _, slug = text.partition("-")
        if slug in BY_AGE and whole(pk) and len(found) <= MOST:
            legs = BY_AGE[slug].of(seen.filter(account=whole(pk)).missed(), now)
            found += legs.order_by("due_at", "pk").values_list("pk", flat=True)[: MOST + 1]
    return found


def _token(text: str) -> tuple[int, int]:
    pk, _, version = text.partition(":")
    return whole(pk), whole(version)


def tokens_of(posts: Iterable[Post]) -> str:
    return ",".join(f"{post.pk}:{post.version}" for post in posts)


class WishForm(forms.Form):
    """What shall become of the chosen posts."""

    choice = forms.ChoiceField(
        label="What becomes of them",
        choices=LateDecision.Choice.choices,
        initial=Choice.NOW.value,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": "Choose what becomes of them."},
    )
    queue = forms.CharField(
        label="Queue, if only its slots will do",
        required=False,
        max_length=QUEUE_MAX,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    first = forms.DateTimeField(label="From", required=False, widget=forms.DateTimeInput(
        attrs={"class": "form-control", "type": "datetime-local", "step": "60"}),
        error_messages={"invalid": "This is no date and time."})  # fmt: skip
    last = forms.DateTimeField(label="Until", required=False, widget=forms.DateTimeInput(
        attrs={"class": "form-control", "type": "datetime-local", "step": "60"}),
        error_messages={"invalid": "This is no date and time."})  # fmt: skip
    note = forms.CharField(
        label="Why, for whoever asks later",
        required=False,
        max_length=NOTE_MAX,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "late-%s")
        super().__init__(*args, **kwargs)

    def clean_queue(self) -> str:
        return clean_queue(self.cleaned_data["queue"])

    def clean_note(self) -> str:
        return " ".join(self.cleaned_data["note"].replace("\x00", "").split())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check(self.wish, timezone.now())
            except ValidationError as refusal:
                self.add_error(None, refusal)
        return given

    @property
    def wish(self) -> Wish:
        given = self.cleaned_data
        choice = Choice(given["choice"])
        spread = choice == Choice.SPREAD
        return Wish(
            choice,
            queue=given["queue"] if choice == Choice.SLOTS else "",
            first=given["first"] if spread else None,
            last=given["last"] if spread else None,
            note=given["note"] if choice == Choice.GIVE_UP else "",
        )
