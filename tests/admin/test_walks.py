"""Walks to a platform and back are shown to administrators, without what is secret in them."""

import pytest
from django.urls import reverse

from organisation.models import Role
from tests.factories import MembershipFactory, OAuthFlowFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def flow():
    return OAuthFlowFactory()


def pages(flow):
    return (
        reverse("admin:platforms_oauthflow_changelist"),
        reverse("admin:platforms_oauthflow_change", args=[flow.pk]),
    )


def test_nothing_secret_is_read_or_shown(client, flow, django_assert_max_num_queries):
    una = MembershipFactory(brand=flow.brand, role=Role.ADMINISTRATOR, user__is_staff=True).user
    client.force_login(una)
    with django_assert_max_num_queries(60) as asked:
        shown = [client.get(address) for address in pages(flow)]
    assert [answer.status_code for answer in shown] == [200, 200]
    questions = [q["sql"] for q in asked.captured_queries if "platforms_oauthflow" in q["sql"]]
    assert questions
    for sql in questions:
        assert "state_hash" not in sql
        assert '"secret"' not in sql
    for answer in shown:
        assert flow.state_hash not in answer.content.decode()
        assert "token-for-tests-4f2a" not in answer.content.decode()


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.PUBLISHER])
def test_only_administrators_see_them(client, flow, role):
    person = MembershipFactory(brand=flow.brand, role=role, user__is_staff=True).user
    client.force_login(person)
    lists, change = pages(flow)
    assert str(flow.user) not in client.get(lists).content.decode()
    assert client.get(change).status_code in (302, 403, 404)
