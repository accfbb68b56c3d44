"""Three people: Mairi may publish, Ewan is a member without that right, Isla works elsewhere.

And Una, who connects accounts of her brand at a sandbox.
"""

from typing import NamedTuple

import pytest

from organisation.models import Brand, Role, User
from tests.desk.walking import SITE
from tests.factories import BrandFactory, MembershipFactory, UserFactory
from tests.sandbox.conftest import running


class People(NamedTuple):
    brand: Brand
    mairi: User  # publisher of the brand
    ewan: User  # author of the brand
    isla: User  # publisher of another brand


@pytest.fixture
def people(db):
    brand = BrandFactory(name="Glen & Loom")
    mairi = UserFactory(username="mairi", first_name="Mairi", last_name="Fraser")
    ewan = UserFactory(username="ewan", first_name="Ewan", last_name="Bain")
    isla = UserFactory(username="isla", first_name="Isla", last_name="Grant")
    MembershipFactory(brand=brand, user=mairi, role=Role.PUBLISHER)
    MembershipFactory(brand=brand, user=ewan, role=Role.AUTHOR)
    MembershipFactory(user=isla, role=Role.PUBLISHER)
    return People(brand, mairi, ewan, isla)


@pytest.fixture
def sandbox(settings):
    """A sandbox of the test's own, and the product's addresses set to it."""
    with running() as client:
        settings.SANDBOX_URL, settings.SITE_URL = client.address, SITE
        yield client


@pytest.fixture
def una(db):
    """The administrator of one brand."""
    return MembershipFactory(role=Role.ADMINISTRATOR).user


@pytest.fixture
def brand(una):
    return una.memberships.get().brand
