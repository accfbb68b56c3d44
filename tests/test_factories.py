"""Every factory makes a row that satisfies the database's own constraints."""

import pytest

from posting.models import PostAttempt
from posting.states import Status
from tests import factories

FACTORIES = [
    value
    for name, value in vars(factories).items()
    if name.endswith("Factory") and name != "DjangoModelFactory"
]


@pytest.mark.django_db
@pytest.mark.parametrize("make", FACTORIES, ids=lambda make: make.__name__)
def test_a_factory_makes_two_rows(make):
    assert make().pk != make(**({} if make is not factories.SwitchFactory else _brand())).pk


def _brand():
    return {"brand": factories.BrandFactory()}


@pytest.mark.django_db
@pytest.mark.parametrize("status", [status for status in Status if status != Status.READY])
def test_a_post_can_be_made_in_every_state(status):
    post = factories.PostFactory(**{status.value: True})
    post.refresh_from_db()
    assert post.status == status


@pytest.mark.django_db
def test_rows_made_together_belong_together():
    attempt = factories.PostAttemptFactory()
    post = PostAttempt.objects.get(pk=attempt.pk).post
    assert post.piece.brand == post.account.brand == post.brand
