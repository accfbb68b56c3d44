"""A notice goes out through the whole product. Run in a copy that has the platform of the page."""

import pytest
from django.test import Client
from django.urls import reverse

from organisation.clock import database_now
from platforms.models import Account, ChannelType, Platform
from posting.database_threads import here
from posting.deciding import publish_now
from posting.publishing import publish_next
from posting.states import Status
from tests.end_to_end.board import Board, board
from tests.factories import (
    AccountFactory,
    BrandFactory,
    CredentialFactory,
    PieceFactory,
    PostFactory,
    UserFactory,
)
from tests.posting.conftest import WORKER, fresh

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "notice-token-4f2a9c"


@pytest.fixture
def there(settings):
    settings.FETCH_ALLOW = ("127.0.0.1",)
    with board(TOKEN) as running:
        Platform.objects.filter(slug="noticeboard").update(api_base_url=running.url)
        yield running


@pytest.fixture
def account(there: Board) -> Account:
    account = AccountFactory(
        platform="noticeboard", server="", remote_id="1001", brand=BrandFactory(), token=False
    )
    CredentialFactory(account=account, credential_value=TOKEN)
    return account


def post_on(account: Account, text: str):
    channel = ChannelType.objects.get(platform=account.platform, slug="notice")
    piece = PieceFactory(brand=account.brand, text=text)
    post = PostFactory(account=account, channel_type=channel, piece=piece)
    publish_now(post, by=UserFactory(boss=True), now=database_now())
    return post


def test_it_is_on_the_board_once(account, there, data_dir):
    post = post_on(account, "Ferries run late today.")
    assert publish_next(WORKER, here)
    assert not publish_next(WORKER, here)
    out = fresh(post)
    assert (out.status, out.remote_id) == (Status.PUBLISHED, "1")
    assert [notice["text"] for notice in there.notices] == ["Ferries run late today."]
    assert out.remote_url == there.notices[0]["url"]


def test_a_token_that_ended_lets_it_wait(account, there, data_dir):
    there.token = "another"
    post = post_on(account, "Ferries run late today.")
    publish_next(WORKER, here)
    account.refresh_from_db()
    assert fresh(post).status == Status.SCHEDULED
    assert account.state == Account.State.NEEDS_RECONNECT
    assert there.notices == []


def test_every_page_knows_it(account, client: Client):
    client.force_login(UserFactory(boss=True))
    for name in ("desk:platforms", "desk:connect", "desk:compose"):
        assert "Noticeboard" in client.get(reverse(name), follow=True).content.decode(), name
