"""A membership has one of the roles there are, whoever writes it."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from organisation.models import Membership, Role
from tests.factories import BrandFactory, MembershipFactory, UserFactory

BEFORE = ("organisation", "0004_instance")
AFTER = ("organisation", "0005_membership_role_is_known")


def migrate(to):
    MigrationExecutor(connection).migrate([to])


def migrate_all():
    """Leave the database as every other test expects it."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["", "boss", "AUTHOR"])
def test_the_database_takes_no_other_role(role):
    member = MembershipFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=member.pk).update(role=role)


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_the_database_takes_each_role_there_is(role):
    assert MembershipFactory(role=role).role == role


@pytest.mark.django_db(transaction=True)
def test_a_role_that_does_not_exist_is_named_and_left_alone():
    brand = BrandFactory(name="Glen & Loom")
    MembershipFactory(brand=brand, user=UserFactory(username="mairi"))
    try:
        migrate(BEFORE)
        Membership.objects.update(role="boss")
        with pytest.raises(ValueError, match="mairi at Glen & Loom: 'boss'"):
            migrate(AFTER)
        assert Membership.objects.get().role == "boss"
        Membership.objects.update(role=Role.EDITOR)
        migrate(AFTER)
        assert Membership.objects.get().role == Role.EDITOR
    finally:
        Membership.objects.update(role=Role.EDITOR)
        migrate_all()
