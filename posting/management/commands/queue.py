"""`manage.py queue`: what goes out next, and what needs a person."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Case, F, IntegerField, Value, When

from posting.commandline import account_named, brand_named
from posting.models import Post
from posting.models.post import NEEDS_A_PERSON
from posting.states import Hold, Status

SHOWN = (*NEEDS_A_PERSON, Status.PUBLISHING, Status.SCHEDULED, Status.READY)  # in this order
TITLE_MAX = 44  # characters
WORDS = {Hold.APPROVAL: "approval", Hold.PERSON: "a person", Hold.LABEL: "its label"}


class Command(BaseCommand):
    help = "List posts: those that need a person first, then what leaves next, then what is ready."

    def add_arguments(self, parser: CommandParser) -> None:
        choices = ["needs-a-person", *(str(status) for status in SHOWN)]
        parser.add_argument("--status", action="append", default=[], choices=choices)
        parser.add_argument("--account", metavar="PLATFORM:NAME")
        parser.add_argument("--brand", metavar="SLUG")
        parser.add_argument("--limit", type=int, default=50)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit is at least 1.")
        posts = list(_listed(options)[: options["limit"] + 1])
        shown = posts[: options["limit"]]
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(post) for post in shown], indent=2))
            return
        for line in _table(shown):
            self.stdout.write(line)
        if len(posts) > len(shown):
            self.stdout.write(f"There are more; --limit {options['limit'] * 10} shows them.")


def _listed(options: dict[str, Any]) -> Any:
    posts = Post.objects.for_list().filter(status__in=_statuses(options["status"]))
    if options["account"]:
        posts = posts.filter(account=account_named(options["account"]))
    if options["brand"]:
        posts = posts.filter(brand=brand_named(options["brand"]))
    place = Case(
        *(When(status=status, then=Value(place)) for place, status in enumerate(SHOWN)),
        output_field=IntegerField(),
    )
    return posts.order_by(place, F("wake_at").asc(nulls_last=True), "pk")


def _statuses(asked: list[str]) -> set[str]:
    if "needs-a-person" in asked:
        asked = [*asked, *NEEDS_A_PERSON]
    return {str(status) for status in SHOWN if not asked or status in asked}


def _table(posts: list[Post]) -> list[str]:
    if not posts:
        return ["Nothing waits."]
    rows = [("POST", "STATE", "TIME", "ACCOUNT", "PIECE"), *map(_row, posts)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _row(post: Post) -> tuple[str, str, str, str, str]:
    title = post.piece.title
    short = title if len(title) <= TITLE_MAX else f"{title[: TITLE_MAX - 1]}…"
    held = "".join(f", waits for {word}" for word in _held_by(post))
    return str(post.pk), f"{post.status}{held}", _time(post), str(post.account), short


def _time(post: Post) -> str:
    if post.wall_time:
        return f"{post.wall_time.replace('T', ' ')} {post.zone}"
    return f"{post.due_at:%Y-%m-%d %H:%M:%S} UTC" if post.due_at else "no time yet"


def _held_by(post: Post) -> list[str]:
    return [WORDS[hold] for hold in WORDS if hold in post.held_by]


def _as_json(post: Post) -> dict[str, Any]:
    return {
        "id": post.pk,
        "status": post.status,
        "brand": post.brand.slug,
        "platform": post.account.platform.slug,
        "account": {"id": post.account_id, "name": post.account.name},
        "channel": post.channel_type.slug,
        "piece": {"id": post.piece_id, "title": post.piece.title},
        "wall_time": post.wall_time,
        "zone": post.zone,
        "fold": post.fold,
        "due_at": post.due_at.isoformat() if post.due_at else None,
        "next_attempt_at": post.next_attempt_at.isoformat() if post.next_attempt_at else None,
        "waits_for": _held_by(post),
        "error": post.error_sentence,
    }
