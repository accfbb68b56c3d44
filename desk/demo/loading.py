"""Fills in what the demo lacks, with the verbs everyone else uses, and never anything twice."""

import io
import secrets
import zoneinfo
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from content.library import Said, change, make_folder
from content.media import keep_picture
from content.models import Piece
from content.writing import write_piece
from desk.demo.words import STORIES, Story
from organisation.models import Brand, Membership, Role, User
from platforms.clock import boottime
from platforms.connecting import connect_account
from platforms.errors import PlatformError
from platforms.http import Client
from platforms.models import Account, ChannelType, Platform
from platforms.models.account import SANDBOX
from platforms.redaction import Redactor
from platforms.values import AccountFacts
from posting.connecting import target_with
from posting.identifying import identify
from posting.models import Post
from posting.queueing import queue_post
from scheduling.timing import schedule

USERNAME = "demo"
PASSWORD = "harbour-lamp-kettle"  # noqa: S105 (known to all: the demo runs on one's own machine)
BRAND = {"slug": "harbour-books", "name": "Harbour Books", "timezone": "Europe/London"}
# platform, the platform's own id, name
ACCOUNTS = (
    ("facebook", "104200300400500", "Harbour Books"),
    ("mastodon", "109300200100400", "Harbour Books"),
    ("instagram", "17841400300200100", "Harbour Books"),
    ("bluesky", "did:plc:harbourbooksdemo22223333", "Harbour Books"),
    ("twitter", "1400200300400500600", "Harbour Books"),
)
SANDBOX_PATIENCE = 10.0  # seconds


class SandboxAway(Exception):
    """The sandbox did not take the demo's accounts."""


@dataclass(frozen=True)
class Met:
    """An account that the sandbox has just made, and that is not kept here yet."""

    platform: Platform
    facts: AccountFacts
    secret: dict[str, str] = field(repr=False)


def load(now: datetime) -> User:
    """Make what the demo lacks and return the person to sign in as.

    Raises SandboxAway before anything is made.
    """
    known = _known_accounts()
    for account in known.values():
        _register_again(account)
    met = [_meet(slug, key, name) for slug, key, name in ACCOUNTS if slug not in known]
    person = _person()
    brand = _brand(person)
    for new in met:
        known[new.platform.slug] = connect_account(
            new.facts, new.secret, brand=brand, platform=new.platform, by=person, now=now,
            server=SANDBOX,
        )  # fmt: skip
    for story in STORIES:
        _tell(story, brand, known, person, now)
    return person


def _known_accounts() -> dict[str, Account]:
    ours = Account.objects.sandboxed().filter(
        brand__slug=BRAND["slug"], remote_id__in=[key for _, key, _ in ACCOUNTS]
    )
    return {account.platform.slug: account for account in ours.select_related("platform", "brand")}


def _person() -> User:
    person = User.objects.filter(username=USERNAME).first()
    return person or User.objects.create_superuser(
        USERNAME,
        password=PASSWORD,
        first_name="Demo",
        last_name="Keeper",
        timezone=BRAND["timezone"],
    )


def _brand(person: User) -> Brand:
    brand, is_new = Brand.objects.get_or_create(slug=BRAND["slug"], defaults=BRAND)
    if is_new and not person.is_active:  # since the demo was removed
        person.is_active = True
        person.save(update_fields=["is_active"])
    Membership.objects.get_or_create(
        user=person, brand=brand, defaults={"role": Role.ADMINISTRATOR}
    )
    return brand


def _meet(slug: str, key: str, name: str) -> Met:
    """Make an account at the sandbox and ask there what it is, as connecting a real one does."""
    platform = Platform.objects.get(slug=slug)
    secret = {"access_token": secrets.token_urlsafe(32)}
    register(slug, key, name, secret["access_token"])
    draft = Account(platform=platform, server=SANDBOX, remote_id=key, name=name)
    try:
        facts = identify(target_with(draft, secret))
    except PlatformError as error:
        raise SandboxAway(f"The sandbox does not know the demo's account: {error}") from error
    return Met(platform, facts, secret)


def _register_again(account: Account) -> None:
    """The sandbox may have been emptied since; an account it knows already stays as it is."""
    token = account.credentials.filter(credential_type="access_token", is_active=True).first()
    if token:
        register(account.platform.slug, account.remote_id, account.name, token.credential_value)


def register(platform: str, remote_id: str, name: str, token: str) -> None:
    """Tell the sandbox of an account. Raises SandboxAway."""
    if not settings.SANDBOX_URL:
        raise SandboxAway(
            "SANDBOX_URL is not set, so there is nowhere for the demo to post. Start the sandbox "
            "with `manage.py sandbox`, set SANDBOX_URL to its address, and run this again."
        )
    client = Client(Redactor([token]), boottime() + SANDBOX_PATIENCE, SANDBOX_PATIENCE)
    said = {"platform": platform, "id": remote_id, "name": name, "token": token}
    try:
        answer = client.request("POST", f"{settings.SANDBOX_URL}/_sandbox/accounts", json=said)
    except PlatformError as error:
        raise SandboxAway(
            f"The sandbox does not answer at {settings.SANDBOX_URL}: {error} Start it with "
            "`manage.py sandbox`, or correct SANDBOX_URL."
        ) from error
    if answer.status != 201:
        raise SandboxAway(
            f"What answers at {settings.SANDBOX_URL} is not the sandbox (status {answer.status}). "
            "Correct SANDBOX_URL."
        )


def _tell(
    story: Story, brand: Brand, accounts: dict[str, Account], person: User, now: datetime
) -> None:
    piece = _piece(story, brand, person)
    posted = set(Post.objects.filter(piece=piece).values_list("account_id", flat=True))
    for slug in story.to:
        if accounts[slug].pk not in posted:
            _post(story, piece, accounts[slug], person, now)


def _piece(story: Story, brand: Brand, person: User) -> Piece:
    known = Piece.objects.filter(brand=brand, versions__number=1, versions__text=story.text)
    if piece := known.select_related("current").first():
        return piece
    media = []
    if story.draw:
        upload = io.BytesIO(story.draw())
        media = [keep_picture(upload, story.draw.__name__, brand=brand, by=person, alt=story.alt)]
        folder = make_folder(brand, "Demo", by=person)
        change(media[0], Said(tags=("demo", story.draw.__name__), folder=folder.pk), by=person)
    return write_piece(
        brand=brand,
        title=story.title,
        text=story.text,
        by=person,
        link=story.link,
        media=media,
        origin=Piece.Origin.DEMO,
    )


def _post(story: Story, piece: Piece, account: Account, person: User, now: datetime) -> None:
    channel = ChannelType.objects.filter(platform=account.platform).order_by("pk").first()
    if piece.current is None or channel is None or not account.can_send:
        return
    post = queue_post(piece.current, account, channel, by=person, now=now)
    if wall := _wall_time(story, now):
        schedule(post, by=person, now=now, **wall)


def _wall_time(story: Story, now: datetime) -> dict[str, Any]:
    zone = zoneinfo.ZoneInfo(BRAND["timezone"])
    if story.soon is not None:
        local = (now + story.soon).astimezone(zone)
        return {"wall": f"{local:%Y-%m-%dT%H:%M:%S}", "zone": zone.key, "fold": local.fold}
    if not story.wall:
        return {}
    day = now.astimezone(zone).date() + timedelta(days=story.day)
    return {"wall": f"{day:%Y-%m-%d} {story.wall}", "zone": zone.key}
