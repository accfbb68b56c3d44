"""`manage.py publish`: send something as soon as a worker is free."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

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
from posting.deciding import publish_now
from posting.drafting import make_posts, posts_of_piece
from posting.following import PATIENCE, follow
from posting.models import Post


class Command(BaseCommand):
    help = "Publish posts by their ids, a piece, or new text now. All of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("posts", nargs="*", type=int, metavar="ID", help="Posts by their ids.")
        add_content_arguments(parser)
        parser.add_argument("--wait", action="store_true", help="Follow each until it is decided.")
        parser.add_argument(
            "--patience", type=float, default=PATIENCE, metavar="SECONDS", help="How long to wait."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = database_now()
        by = person_named(options["by"])
        with refusals():
            posts = _to_publish(options, by, now)
        for post in posts:
            self.stdout.write(f"Post {post.pk} to {post.account} is accepted for delivery.")
        if options["wait"]:
            self._follow(posts, options["patience"])

    def _follow(self, posts: list[Post], patience: float) -> None:
        lost = [
            sentence
            for sentence in follow(posts, tell=self.stdout.write, patience=patience)
            if sentence
        ]
        if lost:
            raise CommandError("\n".join(lost))


def _to_publish(options: dict[str, Any], by: User, now: datetime) -> list[Post]:
    new = options["text"] is not None or options["piece"] is not None
    if bool(options["posts"]) == new:
        raise CommandError("Name posts by their ids, or give --text or --piece. Nothing was done.")

    def then(post: Post) -> None:
        publish_now(post, by=by, now=now)

    if options["posts"]:
        posts = [post_named(pk, by) for pk in dict.fromkeys(options["posts"])]
        with transaction.atomic():
            for post in posts:
                then(post)
        return posts
    accounts = accounts_named(options["account"], by)
    if options["piece"] is not None:
        return posts_of_piece(
            piece_named(options["piece"], by), accounts, by=by, now=now, then=then
        )
    return make_posts(draft_from(options, accounts), accounts, by=by, now=now, then=then)
