"""Posts in all shapes, made as fast as a busy day's, and platforms with bad moments."""

import io
import logging
import random
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta

import requests
from django.db import InterfaceError, OperationalError, connection
from PIL import Image

from content.media import keep_picture
from content.models import MediaAsset
from content.writing import write_piece
from organisation.clock import database_now
from organisation.models import Brand, User
from platforms.models import Account, Platform, PlatformCredential
from posting.drafting import first_channel
from posting.queueing import queue_post
from scheduling.timing import schedule

log = logging.getLogger(__name__)

# platform, what its server says it is; only Mastodon's own keeps idempotency keys
ACCOUNTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("facebook", {}),
    ("facebook", {}),
    ("mastodon", {"software": "mastodon"}),
    ("mastodon", {"software": "mastodon"}),
    ("mastodon", {"software": "pleroma"}),
)
# No rate limits: an app that is over one rests for a quarter of an hour, and proves nothing.
FAULTS = (
    "slow",
    "hang",
    "reset_before",
    "reset_after_accept",
    "error_500_before",
    "error_500_after_accept",
    "garbage",
    "wrong_content_type",
)
FAULT_SECONDS = 3  # how long the platform is slow or silent
BAD_MOMENT = 0.12  # of all posts go to a platform that is having one
HERD = 8  # posts that are due at one instant, now and then


class Load(threading.Thread):
    """Makes posts until `stop()`. `accepted` has the texts whose scheduling was confirmed."""

    def __init__(self, sandbox: str, per_second: float) -> None:
        super().__init__(name="load", daemon=True)
        self.accepted: set[str] = set()
        self._sandbox = sandbox
        self._pause = 1 / per_second
        self._number = 0
        self._making = threading.Lock()
        self._ended = threading.Event()
        self._by = User.objects.create_user("storm", is_superuser=True, is_staff=True)
        self._brand = Brand.objects.create(name="Storm", slug="storm", timezone="UTC")
        self._accounts = [self._account(*kind) for kind in ACCOUNTS]
        self._picture = self._keep_picture()

    def _account(self, slug: str, facts: dict[str, str]) -> Account:
        platform = Platform.objects.get(slug=slug)
        key, token = secrets.token_hex(6), f"storm-{secrets.token_hex(12)}"
        account = Account.objects.create(
            brand=self._brand, platform=platform, server="sandbox", remote_id=key,
            name=f"Storm {key}", server_facts=facts,
        )  # fmt: skip
        PlatformCredential.objects.create(
            platform=platform, brand=self._brand, account=account, server="sandbox",
            credential_type="access_token", credential_value=token,
        )  # fmt: skip
        self._control("accounts", platform=slug, id=key, name=account.name, token=token)
        return account

    def _keep_picture(self) -> MediaAsset:
        file = io.BytesIO()
        Image.new("RGB", (64, 48), "teal").save(file, "PNG")
        file.seek(0)
        return keep_picture(file, "harbour.png", brand=self._brand, by=self._by)

    def _control(self, name: str, /, **said: object) -> None:
        requests.post(f"{self._sandbox}/_sandbox/{name}", json=said, timeout=30).raise_for_status()

    def run(self) -> None:
        while not self._ended.wait(self._pause):
            herd = HERD if random.random() < 1 / (3 * HERD) else 1
            self.herd(herd, random.choice((0, 1, 2, 4)))
        connection.close()

    def herd(self, posts: int, seconds: float) -> None:
        """Make posts that are all due in so many seconds."""
        due = datetime.now(UTC) + timedelta(seconds=seconds)
        for _ in range(posts):
            with self._making:
                self._make(due)

    def _make(self, due: datetime) -> None:
        """Make a post as a person would. One whose making fails is nobody's promise."""
        self._number += 1
        account = random.choice(self._accounts)
        text = f"Post {self._number} of a stormy day"
        if random.random() < BAD_MOMENT:
            self._bad_moment(account)
        try:
            self._schedule(account, text, due)
        except (OperationalError, InterfaceError) as error:
            log.debug("%s was not made: %s", text, error)
            connection.close()
            time.sleep(0.5)
        else:
            self.accepted.add(text)

    def _schedule(self, account: Account, text: str, due: datetime) -> None:
        now = database_now()
        pictured = random.random() < 0.4
        commented = account.platform.slug == "facebook" and random.random() < 0.3
        words = {"first_comment": f"Below {text}"} if commented else {}
        piece = write_piece(
            brand=self._brand, title=text, text=text, by=self._by,
            media=[self._picture] if pictured else [],
            variants={"facebook/feed-post": words} if words else None,
        )  # fmt: skip
        assert piece.current is not None
        channel = first_channel(account)
        post = queue_post(piece.current, account, channel, by=self._by, now=now)
        schedule(post, wall=f"{due:%Y-%m-%dT%H:%M:%S}", zone="UTC", by=self._by, now=now)

    def _bad_moment(self, account: Account) -> None:
        self._control(
            "faults",
            platform=account.platform.slug,
            account=account.remote_id,
            call=random.choice(("publish", "publish", "publish", "upload", "comment")),
            fault=random.choice(FAULTS),
            seconds=FAULT_SECONDS,
        )

    def stop(self) -> None:
        """Make no more, and let the platforms have a good day."""
        self._ended.set()
        self.join()
        requests.delete(f"{self._sandbox}/_sandbox/faults", timeout=30).raise_for_status()
