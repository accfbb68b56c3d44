"""`manage.py dry_run`: what would go out, and what would keep it. Nothing is sent."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organisation.clock import database_now
from posting.models import Post
from posting.rehearsing import rehearse


class Command(BaseCommand):
    help = "Say what posts would send, by their ids or all of the next hour. Nothing is sent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("posts", nargs="*", type=int, metavar="ID", help="Default: next hour.")

    def handle(self, *args: Any, **options: Any) -> None:
        now = database_now()
        hindered = 0
        posts = self._posts(options["posts"])
        for post in posts:
            seen = rehearse(post, now)
            hindered += bool(seen.hindrances)
            due = f"{post.due_at:%Y-%m-%d %H:%M:%S} UTC" if post.due_at else "no time"
            self.stdout.write(f"Post {post.pk}, {post}, {due}")
            self.stdout.write(f"  says: {seen.rendition.text!r}")
            for item in seen.rendition.media:
                self.stdout.write(f"  picture {item.position}: {item.alt or 'no description'}")
            if seen.rendition.link:
                self.stdout.write(f"  link: {seen.rendition.link}")
            self.stdout.write(f"  steps: {', '.join(seen.steps) or 'none'}")
            for sentence in seen.hindrances:
                self.stdout.write(f"  would not go out: {sentence}")
        self.stdout.write(f"{len(posts)} posts, {hindered} of them would not go out.")

    def _posts(self, numbers: list[int]) -> list[Post]:
        posts = Post.objects.for_list().select_related("piece_version")
        if not numbers:
            end = database_now() + timedelta(hours=1)
            return list(posts.scheduled().filter(due_at__lt=end).order_by("due_at", "pk")[:1000])
        found = {post.pk: post for post in posts.filter(pk__in=numbers)}
        missing = [str(number) for number in numbers if number not in found]
        if missing:
            raise CommandError(f"There is no post {', '.join(missing)}.")
        return [found[number] for number in dict.fromkeys(numbers)]
