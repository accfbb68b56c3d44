"""An account stops by itself before its platform would refuse, and goes on afterwards."""

from datetime import timedelta

import pytest

from organisation.clock import database_now
from platforms.models import RateBudget
from posting.states import Status
from tests.engine.conftest import MakePost, make_account, send_due
from tests.sandbox.conftest import Sandbox

pytestmark = pytest.mark.django_db


def test_the_last_allowed_request_is_the_last_that_leaves(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    account = make_account(sandbox, "mastodon", token="limited-token")
    sandbox.register("mastodon", account.remote_id, "limited-token", limits={"rate": 3})
    posts = [make_post("mastodon", account=account, text=f"Text {n}") for n in range(5)]
    send_due()
    for post in posts:
        post.refresh_from_db()
    assert [post.status for post in posts] == [Status.PUBLISHED] * 3 + [Status.SCHEDULED] * 2
    assert [post.attempts for post in posts] == [1, 1, 1, 0, 0]
    account.refresh_from_db()
    assert account.blocked_until
    assert account.blocked_until > database_now() + timedelta(minutes=4)
    assert RateBudget.objects.get(account=account).remaining == 0
