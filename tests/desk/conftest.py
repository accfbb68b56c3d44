"""Three people: Mairi may publish, Ewan is a member without that right, Isla works elsewhere."""

from typing import NamedTuple

import pytest

from organisation.models import Brand, Role, User
from tests.factories import BrandFactory, MembershipFactory, UserFactory


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
