"""What each role may do, in its own brand and nowhere else."""

import pytest
from django.contrib.auth.models import AnonymousUser

from organisation import rights
from organisation.models import Role
from organisation.rights import RIGHTS, brands_where, may
from tests.factories import BrandFactory, MembershipFactory, UserFactory

ALL = [value for name, value in vars(rights).items() if name.isupper() and isinstance(value, str)]
# fmt: off
TABLE = {
    #                     write  approve publish connect manage audit
    Role.AUTHOR:         (True,  False,  False,  False,  False, False),
    Role.EDITOR:         (True,  True,   False,  False,  False, False),
    Role.PUBLISHER:      (True,  True,   True,   False,  False, False),
    Role.ADMINISTRATOR:  (True,  True,   True,   True,   True,  True),
    Role.AUDITOR:        (False, False,  False,  False,  False, True),
}
COLUMNS = (rights.WRITE_PIECE, rights.APPROVE_POST, rights.PUBLISH_POST, rights.CONNECT_ACCOUNT,
           rights.MANAGE_BRAND, rights.VIEW_AUDIT)
# fmt: on


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_the_table_says(role):
    member = MembershipFactory(role=role)
    assert tuple(may(member.user, right, member.brand) for right in COLUMNS) == TABLE[role]


@pytest.mark.django_db
@pytest.mark.parametrize("right", COLUMNS)
def test_the_brands_where_somebody_holds_a_right(right):
    user = UserFactory()
    members = [MembershipFactory(user=user, role=role) for role in Role]
    holding = {member.brand for member in members if right in RIGHTS[member.role]}
    assert set(brands_where(user, right)) == holding


@pytest.mark.django_db
def test_a_role_counts_in_its_own_brand_only():
    boss_elsewhere = MembershipFactory(role=Role.ADMINISTRATOR).user
    assert not any(may(boss_elsewhere, right, BrandFactory()) for right in COLUMNS)


@pytest.mark.django_db
def test_a_superuser_may_everything_everywhere():
    boss, brand = UserFactory(boss=True), BrandFactory()
    assert all(may(boss, right, brand) for right in COLUMNS)
    assert brand in brands_where(boss, rights.MANAGE_BRAND)


@pytest.mark.django_db
def test_those_who_are_not_here_may_nothing():
    member = MembershipFactory(role=Role.ADMINISTRATOR)
    member.user.is_active = False
    for person in (member.user, AnonymousUser()):
        assert not may(person, rights.WRITE_PIECE, member.brand)


def test_every_right_is_in_the_table():
    assert set(COLUMNS) == set(ALL)
    assert set(RIGHTS) == set(Role)
