"""What the commands about posts share: naming people, brands, accounts and content."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from content.media import examine
from content.models import Piece
from content.writing import clean_link, clean_text
from organisation.models import Brand, User
from organisation.rights import MANAGE_BRAND, PUBLISH_POST, may
from platforms.models import Account
from posting.deciding import NotPossible
from posting.drafting import Described, Draft, first_channel
from posting.models import Post


def add_content_arguments(parser: CommandParser) -> None:
    """Add what names a person, what is said, and where it goes."""
    said = parser.add_mutually_exclusive_group()
    said.add_argument("--text", help="What the post says; - reads it from standard input.")
    said.add_argument("--piece", type=int, metavar="ID", help="A piece that is there already.")
    parser.add_argument("--title", default="", help="What people here call the piece.")
    parser.add_argument("--link", default="", help="An address that goes with the post.")
    parser.add_argument("--image", action="append", default=[], metavar="FILE", help="Repeatable.")
    parser.add_argument(
        "--alt", action="append", default=[], help="What the image shows, in the images' order."
    )
    parser.add_argument(
        "--account",
        action="append",
        default=[],
        metavar="PLATFORM:NAME",
        help="Such as “facebook:Harbour Books”; its id serves too. Repeatable.",
    )
    parser.add_argument(
        "--by", metavar="USERNAME", help="Whose act it is; default: the only administrator."
    )


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the verbs refuse into the command's own error: sentences, no traceback."""
    try:
        yield
    except ValidationError as error:
        raise CommandError(" ".join(dict.fromkeys(error.messages))) from error
    except (NotPossible, Piece.DoesNotExist) as error:
        raise CommandError(str(error)) from error


def person_named(username: str | None) -> User:
    """Return the person whose act this is. Raises CommandError when that is not clear."""
    people = User.objects.filter(is_active=True)
    if username:
        person = people.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is no active person named {username}. Nothing was done.")
        return person
    administrators = list(people.filter(is_superuser=True)[:2])
    if len(administrators) == 1:
        return administrators[0]
    have = "several administrators" if administrators else "no administrator"
    raise CommandError(
        f"There is {have}, and this is recorded as somebody's act. Name that person with "
        "--by USERNAME. Nothing was done."
    )


def accounts_named(names: Sequence[str], by: User) -> list[Account]:
    """Return the accounts the person may publish to. Raises CommandError."""
    if not names:
        raise CommandError("Say where it goes: --account PLATFORM:NAME. Nothing was done.")
    accounts = list(dict.fromkeys(account_named(name, by) for name in names))
    for account in accounts:
        require_publisher(by, account.brand)
    brands = sorted({account.brand.name for account in accounts})
    if len(brands) > 1:
        raise CommandError(
            f"These accounts belong to {' and '.join(brands)}, and a piece belongs to one brand. "
            "Nothing was done. Run the command once for each."
        )
    return accounts


def account_named(name: str, by: User | None = None) -> Account:
    """Return the account that is meant by `platform:name`, `platform:id` or our own number."""
    seen = Account.objects.visible_to(by) if by else Account.objects.all()
    seen = seen.select_related("platform", "brand")
    platform, colon, own = name.partition(":")
    if colon:
        here = seen.filter(platform__slug=platform.strip().lower())
        fits = here.filter(name__iexact=own.strip()) | here.filter(remote_id=own.strip())
    else:
        fits = seen.filter(pk=int(name)) if name.isdecimal() else seen.none()
    found = list(fits[:2])
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(f"{account.pk} ({account.brand})" for account in fits[:10])
        raise CommandError(f"{name} fits several accounts. Use a number: {numbers}.")
    known = ", ".join(f"{account.platform.slug}:{account.name}" for account in seen[:10])
    raise CommandError(
        f"There is no account {name}. "
        + (f"There is {known}." if known else "No account is connected yet.")
    )


def require_publisher(by: User, brand: Brand) -> None:
    """Raise CommandError unless the person may publish for the brand."""
    if not may(by, PUBLISH_POST, brand):
        raise CommandError(f"{by} may not publish for {brand}. Nothing was done.")


def piece_named(pk: int, by: User) -> Piece:
    piece = Piece.objects.visible_to(by).select_related("current", "brand").filter(pk=pk).first()
    if piece is None:
        raise CommandError(f"There is no piece {pk}. Nothing was done.")
    return piece


def post_named(pk: int, by: User) -> Post:
    post = Post.objects.visible_to(by).for_list().filter(pk=pk).first()
    if post is None:
        raise CommandError(f"There is no post {pk}. Nothing was done.")
    require_publisher(by, post.brand)
    return post


def draft_from(options: dict[str, Any], accounts: Sequence[Account]) -> Draft:
    """Read what is to be said and check it against every account. Keeps nothing.

    Raises CommandError with every reason why it could not go out.
    """
    text = sys.stdin.read() if options["text"] == "-" else options["text"]
    with refusals():
        draft = Draft(
            text=clean_text(text),
            title=clean_text(options["title"], "title"),
            link=clean_link(options["link"]),
            pictures=tuple(_pictures(options["image"], options["alt"])),
        )
    reasons = [reason for account in accounts for reason in _reasons(draft, account)]
    if reasons:
        raise CommandError(" ".join([*reasons, "Nothing was made."]))
    return draft


def _reasons(draft: Draft, account: Account) -> list[str]:
    if not account.can_send:
        state = f"{account} cannot send: {account.get_state_display().lower()}."
        return [*filter(None, (state, account.state_reason)), "Reconnect or resume it first."]
    return draft.problems(account, first_channel(account))


def _pictures(paths: Sequence[str], alts: Sequence[str]) -> Iterator[Described]:
    if len(alts) > len(paths):
        raise CommandError(
            f"{len(alts)} descriptions for {len(paths)} images. Give one --alt for each --image."
        )
    for place, path in enumerate(paths):
        alt = clean_text(alts[place], "alt") if place < len(alts) else ""
        try:
            with Path(path).open("rb") as file:
                yield Described(examine(file, Path(path).name), alt)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def add_scope_arguments(parser: CommandParser) -> None:
    """Add what names a person and, unless everything is meant, a brand."""
    parser.add_argument("--brand", metavar="SLUG", help="Default: everything.")
    parser.add_argument("--by", metavar="USERNAME", help="Default: the only administrator.")


def scope_from(options: dict[str, Any]) -> Brand | None:
    """Return the brand that is meant; None means everything."""
    return brand_named(options["brand"]) if options["brand"] else None


def brand_named(slug: str) -> Brand:
    brand = Brand.objects.filter(slug=slug).first()
    if brand is None:
        known = ", ".join(Brand.objects.values_list("slug", flat=True)[:20]) or "none yet"
        raise CommandError(f"There is no brand {slug}. Brands: {known}.")
    return brand


def may_switch(username: str | None, brand: Brand | None) -> User:
    """Return the person if they may stop or start publishing there. Raises CommandError."""
    by = person_named(username)
    allowed = may(by, MANAGE_BRAND, brand) if brand else by.is_superuser
    if not allowed:
        raise CommandError(
            f"{by} may not stop or start publishing for {brand or 'everything'}. "
            "Nothing was changed."
        )
    return by
