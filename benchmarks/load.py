"""Accounts at the sandbox and posts for them, made in bulk: making them is not what is measured."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import requests

from benchmarks.bare import identity

TEXT = "Figure {number} of {name}"


def make_accounts(count: int, sandbox: str, *, in_flight: int = 4) -> list[Any]:
    """Make accounts, by turns of each platform, and tell the sandbox of them."""
    return [_account(number, sandbox, in_flight) for number in range(count)]


def _account(number: int, sandbox: str, in_flight: int) -> Any:
    from organisation.models import Brand
    from platforms.models import Account, Platform, PlatformCredential

    slug, remote_id, token = identity(number)
    brand = Brand.objects.earliest("pk")
    platform = Platform.objects.get(slug=slug)
    account = Account.objects.create(
        brand=brand,
        platform=platform,
        server="sandbox",
        remote_id=remote_id,
        name=f"Figures {number}",
        server_facts={"software": "mastodon"},
        max_in_flight=in_flight,
        minimum_gap=timedelta(0),
    )
    PlatformCredential.objects.create(
        platform=platform, brand=brand, account=account, credential_type="access_token",
        credential_value=token, server="sandbox",
    )  # fmt: skip
    introduce(number, sandbox)
    return account


def introduce(number: int, sandbox: str) -> None:
    """Tell the sandbox of the account of that number."""
    platform, remote_id, token = identity(number)
    limits = {"rate": 1_000_000} if platform == "mastodon" else {}
    said = {"platform": platform, "id": remote_id, "name": f"Figures {number}",
            "token": token, "limits": limits}  # fmt: skip
    requests.post(f"{sandbox}/_sandbox/accounts", json=said, timeout=10).raise_for_status()


def tell_limits(sandbox: str, account: Any, limits: dict[str, Any]) -> None:
    """Register an account at the sandbox once more, with limits of its own."""
    token = account.credentials.get().credential_value
    said = {"platform": account.platform.slug, "id": account.remote_id, "name": account.name,
            "token": token, "limits": limits}  # fmt: skip
    requests.post(f"{sandbox}/_sandbox/accounts", json=said, timeout=10).raise_for_status()


def make_posts(
    name: str, accounts: Sequence[Any], dues: Sequence[datetime], media: Any = None
) -> dict[str, datetime]:
    """Make a scheduled post for each moment, by turns of the accounts; return due by text.

    `media`: a picture or video that all of them show.
    """
    from content.models import Piece, PieceVersion, VersionMedia
    from posting.drafting import first_channel
    from posting.models import Post
    from posting.states import Status

    texts = [TEXT.format(number=number, name=name) for number in range(len(dues))]
    owners = [accounts[number % len(accounts)] for number in range(len(dues))]
    channels = {a.pk: first_channel(a) for a in accounts}
    pieces = Piece.objects.bulk_create(
        [Piece(brand_id=a.brand_id, title=t, status="ready", origin="written")
         for a, t in zip(owners, texts, strict=True)]
    )  # fmt: skip
    versions = PieceVersion.objects.bulk_create(
        [PieceVersion(piece=p, number=1, text=t) for p, t in zip(pieces, texts, strict=True)]
    )
    if media is not None:
        VersionMedia.objects.bulk_create(
            [VersionMedia(version=version, position=1, asset=media) for version in versions]
        )
    for piece, version in zip(pieces, versions, strict=True):
        piece.current = version
    Piece.objects.bulk_update(pieces, ["current"], batch_size=500)
    Post.objects.bulk_create(
        [
            Post(
                account=a, brand_id=a.brand_id, platform_id=a.platform_id,
                channel_type=channels[a.pk], piece=p, piece_version=v, status=Status.SCHEDULED,
                due_at=due, wake_at=due, wall_time=f"{due:%Y-%m-%dT%H:%M:%S}", zone="UTC",
            )
            for a, p, v, due in zip(owners, pieces, versions, dues, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    return dict(zip(texts, dues, strict=True))


def live(sandbox: str) -> list[dict[str, Any]]:
    """What the sandbox's ledger has."""
    posts: list[dict[str, Any]] = requests.get(f"{sandbox}/_sandbox/ledger", timeout=60).json()[
        "posts"
    ]
    return posts


def answer_after(sandbox: str, seconds: float) -> None:
    """Let both platforms take so long for every request."""
    for platform in ("facebook", "mastodon") if seconds else ():
        order(sandbox, platform, "slow", seconds=seconds)


def order(sandbox: str, platform: str, fault: str, account: str = "*", seconds: float = 0) -> None:
    said = {"platform": platform, "account": account, "call": "*", "fault": fault, "times": 0,
            "seconds": seconds}  # fmt: skip
    requests.post(f"{sandbox}/_sandbox/faults", json=said, timeout=10).raise_for_status()


def no_more_faults(sandbox: str) -> None:
    requests.delete(f"{sandbox}/_sandbox/faults", timeout=10).raise_for_status()
