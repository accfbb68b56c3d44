"""People and accounts that commands name, and a way to run one."""

import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from content.models import MediaAsset, Piece
from organisation.models import AuditEntry
from posting.models import Post
from tests.factories import AccountFactory, BrandFactory, UserFactory

Run = Callable[..., str]


@pytest.fixture
def boss():
    """The only administrator, in whose name commands act unless told otherwise."""
    return UserFactory(boss=True, username="callum", first_name="Callum", last_name="Reid")


@pytest.fixture
def brand():
    return BrandFactory(name="Glen & Loom", slug="glen-and-loom")


@pytest.fixture
def page(brand):
    return AccountFactory(brand=brand, platform="facebook", remote_id="1001", name="The Page")


@pytest.fixture
def profile(brand):
    return AccountFactory(brand=brand, platform="mastodon", remote_id="2002", name="The Profile")


@pytest.fixture
def run(db) -> Run:
    """Run a command and return what it said."""

    def command(*arguments: str) -> str:
        out = io.StringIO()
        call_command(*arguments, stdout=out)
        return out.getvalue()

    return command


@pytest.fixture
def refused(run: Run) -> Run:
    """Run a command that must be refused with nothing made; return its sentence."""

    def command(*arguments: str) -> str:
        before = rows()
        with pytest.raises(CommandError) as refusal:
            run(*arguments)
        assert rows() == before
        return str(refusal.value)

    return command


def rows() -> tuple:
    return (
        list(Post.objects.order_by("pk").values()),
        list(Piece.objects.order_by("pk").values()),
        MediaAsset.objects.count(),
        AuditEntry.objects.count(),
    )
