"""The ways into the composer, with what is known filled in, for those who may write."""

import re

import pytest
from django.urls import reverse

from organisation.models import Role
from tests.desk.composing import COMPOSE
from tests.factories import AccountFactory, MembershipFactory, PieceFactory, PostFactory


@pytest.fixture
def piece(people):
    return PieceFactory(brand=people.brand, title="Kettle", text="The kettle is on.")


def doors(client, address, **asked):
    page = client.get(address, asked).content.decode()
    return re.findall(rf'href="({re.escape(COMPOSE)}\?piece=\d+)"', page)


def ways(piece):
    """A row of the hub, the piece's own page and the page of a post that is not out yet."""
    post = PostFactory(account=AccountFactory(brand=piece.brand), piece=piece, scheduled=True)
    return {
        "row": (reverse("desk:ready_pieces"), {}),
        "piece": (reverse("desk:piece", args=[piece.pk]), {}),
        "post": (reverse("desk:post", args=[post.pk]), {}),
    }


@pytest.mark.parametrize("name", ["row", "piece", "post"])
def test_who_may_write_opens_the_composer_with_the_piece_in_it(client, people, piece, name):
    client.force_login(people.ewan)
    address, asked = ways(piece)[name]
    [door] = doors(client, address, **asked)
    filled = client.get(door, follow=True).context["filled"]
    assert (filled.piece, filled.text) == (piece.pk, "The kettle is on.")


def test_who_may_only_read_is_shown_no_door_on_any_of_them(client, people, piece):
    client.force_login(MembershipFactory(brand=people.brand, role=Role.AUDITOR).user)
    found = ways(piece)
    for name in ("row", "piece", "post"):
        address, asked = found[name]
        assert doors(client, address, **asked) == []
