"""A brand with two accounts, and tables brought to it."""

import io
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from organisation.models import Role
from scheduling.importing import bringing, working
from scheduling.importing.bringing import bring
from scheduling.importing.judging import Reading
from scheduling.models import Import
from tests.factories import AccountFactory, BrandFactory, MembershipFactory

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def shop(db: None, data_dir: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Mairi publishes, Ewan writes; a Page in London and a Mastodon account in New York."""
    monkeypatch.setattr(working, "database_now", lambda: NOW)
    brand = BrandFactory(name="Glen & Loom")
    people = {
        name: MembershipFactory(brand=brand, role=role, user__first_name=name.title()).user
        for name, role in (("mairi", Role.PUBLISHER), ("ewan", Role.AUTHOR))
    }
    page = AccountFactory(brand=brand, name="Glen & Loom", timezone="Europe/London")
    fedi = AccountFactory(
        brand=brand, platform="mastodon", name="Loom of the Glen", timezone="America/New_York"
    )
    return SimpleNamespace(brand=brand, page=page, fedi=fedi, **people)


def brought(shop: SimpleNamespace, table: str | bytes, name: str = "posts.csv") -> Import:
    data = table.encode() if isinstance(table, str) else table
    return bring(
        uuid.uuid4(), io.BytesIO(data), name, len(data), brand=shop.brand, by=shop.mairi, now=NOW
    )


def checked(shop: SimpleNamespace, table: str | bytes, **reading: Any) -> Import:
    """The table as it stands after its check, with what was guessed of its columns."""
    imported = brought(shop, table)
    kept = Reading.of({**imported.reading, **reading})
    bringing.set_reading(imported, kept, version=imported.version, now=NOW)
    working.work(imported.pk, NOW)
    imported.refresh_from_db()
    return imported


def confirmed(imported: Import, by: Any, *, without_bad: bool = False) -> Import:
    bringing.ask_to_save(
        imported, digest=imported.digest, without_bad=without_bad, by=by,
        version=imported.version, now=NOW,
    )  # fmt: skip
    working.work(imported.pk, NOW)
    imported.refresh_from_db()
    return imported


Bring = Callable[..., Import]
