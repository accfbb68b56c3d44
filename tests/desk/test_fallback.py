"""Pages say when a post went, or goes, another way than planned."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from platforms.models import Account
from posting.falling_back import fall_back
from posting.states import Status
from tests.factories import AccountFactory, PostAttemptFactory, PostFactory
from tests.posting.conftest import fresh


@pytest.fixture
def post(people):
    spare = AccountFactory(brand=people.brand, name="Spare page")
    account = AccountFactory(brand=people.brand, name="First page", fallback=spare)
    return PostFactory(account=account, scheduled=True, due=timezone.now() - timedelta(seconds=5))


@pytest.fixture
def moved(post):
    Account.objects.filter(pk=post.account_id).update(
        state="needs_reconnect", state_reason="The token ended."
    )
    PostAttemptFactory(post=post, account=post.account)
    assert fall_back(timezone.now()) == 1
    return fresh(post)


def page(client, people, post):
    client.force_login(people.ewan)
    return client.get(reverse("desk:post", args=[post.pk])).content.decode()


def test_a_post_that_another_account_sends_says_for_whom_and_why(client, people, moved):
    text = page(client, people, moved)
    assert "Instead of First page" in text
    sentence = "First page cannot send. The token ended. The post goes out by Spare page instead."
    assert text.count(sentence) >= 2  # what happened, and the timeline
    assert '<td role="cell">First page</td>' in text


def test_once_it_is_out_the_page_says_how(client, people, moved):
    type(moved).objects.filter(pk=moved.pk).update(
        status=Status.PUBLISHED, remote_id="7", published_at=timezone.now()
    )
    assert "It went out by Spare page instead of First page." in page(client, people, moved)


def test_without_its_video_is_said_too(client, people, post):
    type(post).objects.filter(pk=post.pk).update(
        status=Status.PUBLISHED, remote_id="7", published_at=timezone.now(), without_video=True
    )
    text = page(client, people, post)
    assert "It went out without its video, which was refused." in text
    assert "Without its video" in text


def test_lists_mark_it(client, people, moved):
    client.force_login(people.ewan)
    assert "stands in" in client.get(reverse("desk:posting_hub")).content.decode()


def test_the_accounts_page_names_its_fallbacks(client, people, post):
    Account.objects.filter(pk=post.account_id).update(fallback_without_video=True)
    client.force_login(people.ewan)
    text = client.get(reverse("desk:account", args=[post.account_id])).content.decode()
    assert "sends what is due once Facebook has stopped this account." in text
    assert "A post whose video is refused goes out without it." in text
    other = client.get(reverse("desk:account", args=[post.account.fallback_id])).content.decode()
    assert "Fallback" not in other
