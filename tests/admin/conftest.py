"""The same three people as on the staff pages, all of them with the key to the back office."""

import pytest

from organisation.models import Role
from tests.desk.conftest import people  # noqa: F401
from tests.factories import MembershipFactory, UserFactory


@pytest.fixture
def staff(people):  # noqa: F811
    """Mairi publishes, Ewan writes, Isla is of another brand; Una administers the first brand."""
    for person in (people.mairi, people.ewan, people.isla):
        person.is_staff = True
        person.save()
    una = UserFactory(username="una", is_staff=True)
    MembershipFactory(brand=people.brand, user=una, role=Role.ADMINISTRATOR)
    return {**people._asdict(), "una": una, "boss": UserFactory(boss=True, username="boss")}
