"""`manage.py schedule`: let something go out at a time."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organisation.clock import database_now
from organisation.models import User
from posting.commandline import (
    accounts_named,
    add_content_arguments,
    draft_from,
    person_named,
    piece_named,
    post_named,
    refusals,
)
from posting.drafting import make_posts, posts_of_piece
from posting.models import Post
from posting.states import Hold
from scheduling.timing import instant_to_send, schedule
from scheduling.walltime import is_ambiguous, parse_wall, zone_named


class Command(BaseCommand):
    help = "Schedule a new post, a piece, or a post that is there. All of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        add_content_arguments(parser)
        parser.add_argument("--post", type=int, metavar="ID", help="A post that is there already.")
        parser.add_argument("--at", required=True, metavar="WHEN", help="Such as 2026-11-24 09:30.")
        parser.add_argument(
            "--zone", metavar="NAME", help="Such as Europe/London; default: each account's own."
        )
        parser.add_argument(
            "--fold", type=int, default=0, help="1: the second of two equal times in autumn."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = database_now()
        by = person_named(options["by"])
        with refusals():
            posts = _scheduled(options, by, now)
        for post in posts:
            self.stdout.write(_line(post))
            if not options["fold"] and is_ambiguous(
                parse_wall(post.wall_time), zone_named(post.zone)
            ):
                self.stdout.write(
                    "  That time comes twice, as the clocks go back; this is the first. "
                    "--fold 1 means the second."
                )


def _scheduled(options: dict[str, Any], by: User, now: datetime) -> list[Post]:
    if options["post"] is not None:
        _refuse_both(options)
        post = post_named(options["post"], by)
        _give_time(post, options, by, now)
        return [post]
    accounts = accounts_named(options["account"], by)
    for account in accounts:  # before anything is read or made
        instant_to_send(options["at"], options["zone"] or account.timezone, options["fold"], now)

    def then(post: Post) -> None:
        _give_time(post, options, by, now)

    if options["piece"] is not None:
        return posts_of_piece(
            piece_named(options["piece"], by), accounts, by=by, now=now, then=then
        )
    if options["text"] is None:
        raise CommandError("Say what goes out: --text, --piece or --post. Nothing was done.")
    return make_posts(draft_from(options, accounts), accounts, by=by, now=now, then=then)


def _refuse_both(options: dict[str, Any]) -> None:
    if options["text"] is not None or options["piece"] is not None or options["account"]:
        raise CommandError("--post says what and where already. Leave out --text and --account.")


def _give_time(post: Post, options: dict[str, Any], by: User, now: datetime) -> None:
    zone = options["zone"] or post.account.timezone
    schedule(post, wall=options["at"], zone=zone, fold=options["fold"], by=by, now=now)


def _line(post: Post) -> str:
    line = (
        f"Post {post.pk} to {post.account} is scheduled for "
        f"{post.wall_time.replace('T', ' ')} {post.zone} ({post.due_at:%Y-%m-%d %H:%M:%S} UTC)."
    )
    return f"{line} It waits for approval first." if Hold.APPROVAL in post.held_by else line
