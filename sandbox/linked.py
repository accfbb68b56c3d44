"""Which Instagram account belongs to which Page, and the accounts that are there from the start."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from sandbox.accounts import Account
from sandbox.logins import App, Logins, Person
from sandbox.world import World

NAME = "instagram"
APP = App(NAME, "4400550066007700", "sandbox-app-secret", "Syndication")
BOOKS, WALKS, EWAN = "17841405309200601", "17841405309200602", "17841405309200604"
PEOPLE = (
    Person(NAME, BOOKS, "Harbour Books Café"),
    Person(NAME, WALKS, "Harbour Walks"),
    Person(NAME, EWAN, "Ewan Bain, privately"),
)
PERSONAL = frozenset({EWAN})
BY_PAGE = {"104200300400601": BOOKS}


def settle_in(logins: Logins) -> None:
    """Let them be there."""
    logins.add_app(APP)
    for person in PEOPLE:
        logins.add_person(person)


def people(world: World) -> list[Person]:
    """Who can sign in: everybody from the start, and every account that was registered."""
    known = {person.id: person for person in world.logins.people(NAME)}
    registered = [one for one in world.accounts.all(NAME) if one.id not in known]
    return [*known.values(), *(Person(NAME, one.id, one.name) for one in registered)]


def handle_of(account: Account) -> str:
    letters = (c for c in account.name.lower() if c.isalnum() and c.isascii())
    return "".join(letters) or account.id


def account_of(person: str, login: str, world: World) -> Account:
    """The account as it is for a token that came by `login`: facebook or instagram."""
    known = world.accounts.get(NAME, person)
    if known is None:
        name = next((one.name for one in people(world) if one.id == person), f"Account {person}")
        kind = "PERSONAL" if person in PERSONAL else "BUSINESS"
        known = Account(
            NAME, person, name, "IGAA" + secrets.token_urlsafe(40), limits={"account_type": kind}
        )
        world.accounts.register(known)
    return replace(known, limits={**known.limits, "login": login})


def shown_at(page: str, world: World) -> dict[str, Any] | None:
    """What a list of Pages shows of the account that belongs to one."""
    person = BY_PAGE.get(page)
    if person is None:
        return None
    account = account_of(person, "facebook", world)
    return {"id": account.id, "username": handle_of(account), "name": account.name}
