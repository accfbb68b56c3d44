"""Versions of a platform's API: shown with the day they end, and told of when one is refused."""

from datetime import date

import pytest
from django.urls import reverse

from organisation.models import Notice
from platforms.admin import versions_of
from platforms.models import Platform
from posting.connecting import target_of
from tests.factories import AccountFactory, PostFactory, UserFactory
from tests.platforms.journal import MemoryJournal
from tests.platforms.pages import KINDS
from tests.platforms.replies import Reply

TODAY = date(2027, 2, 1)


@pytest.fixture
def facebook(db):
    return AccountFactory(platform="facebook").platform


def test_each_version_is_shown_with_its_end(facebook):
    facebook.api_version = "v21.0"
    assert versions_of(facebook, TODAY) == [
        "v26.0: no end is known",
        "v25.0: ends on 29 July 2028",
        "v24.0: ends on 18 February 2028",
        "v21.0, used here: ended on 21 January 2027",
    ]


def test_a_version_nobody_knows_is_shown_too(facebook):
    facebook.api_version = "v27.0"
    assert versions_of(facebook, TODAY)[0] == "v27.0, used here: no end is known"


def test_the_admin_shows_them_and_a_new_version_ends_the_notice(facebook, client):
    root = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(root)
    Notice.objects.create(fault="platform:facebook", sentence="It no longer takes v21.0.")
    address = reverse("admin:platforms_platform_change", args=[facebook.pk])
    assert "ends on 29 July 2028" in client.get(address).content.decode()
    sent = {"enabled": "on", "api_version": "v26.0", "settings": "{}"}
    assert client.post(address, sent).status_code == 302
    assert Platform.objects.get(pk=facebook.pk).api_version == "v26.0"
    assert not Notice.objects.open().exists()


def test_the_fallback_is_the_one_set_or_the_one_the_adapter_was_written_for(facebook):
    account = PostFactory(account__platform=facebook).account
    assert target_of(account).fallback_version == "v26.0"
    account.platform.fallback_version = "v25.0"
    assert target_of(account).fallback_version == "v25.0"


def test_a_version_that_was_raised_in_silence_is_told_of(a_page, server):
    headers = {"facebook-api-version": "v24.0"}
    server.on("POST", "/v21.0/4004/feed", Reply(200, {"id": "4004_1"}, headers))
    adapter = a_page.adapter(base_url=server.url, version="v21.0")
    adapter.publish(KINDS["text"], MemoryJournal())
    (remark,) = adapter.connection.client.remarks
    assert remark.startswith("Facebook answers with version v24.0 of its interface where v21.0 is")
