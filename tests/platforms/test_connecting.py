"""Taking an account in, and taking it in again with a fresh token."""

import pytest
from django.utils import timezone

from organisation.models import Notice
from organisation.notices import open_notice
from platforms.connecting import connect_account
from platforms.models import Account
from platforms.values import AccountFacts
from tests.factories import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db


def connect_again(account: Account, token: str = "a fresh token 77ab") -> Account:
    return connect_account(
        AccountFacts(remote_id=account.remote_id, name="Glen & Loom"),
        {"access_token": token},
        brand=account.brand,
        platform=account.platform,
        server=account.server,
        by=UserFactory(),
        now=timezone.now(),
    )


def test_a_fresh_token_lets_an_account_send_again_and_closes_its_notice() -> None:
    account = AccountFactory(state=Account.State.NEEDS_RECONNECT, state_reason="Meta ended it.")
    open_notice(f"account:{account.pk}", "Meta ended it.", brand=account.brand)
    assert connect_again(account).can_send
    assert not Notice.objects.open().exists()


def test_a_fresh_token_does_not_resume_what_a_person_paused() -> None:
    account = AccountFactory(state=Account.State.PAUSED, state_reason="Until the strike is over.")
    again = connect_again(account)
    assert (again.state, again.state_reason) == (Account.State.PAUSED, "Until the strike is over.")


def test_only_the_newest_token_is_active_and_the_older_rows_stay() -> None:
    account = AccountFactory()
    connect_again(account, "second token 1234567")
    connect_again(account, "third token 12345678")
    kept = account.credentials.order_by("version")
    assert [row.is_active for row in kept] == [False, False, True]
    assert kept.last().credential_value == "third token 12345678"
