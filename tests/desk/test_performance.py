"""A post's page and an account's show what their platform told of them, and why it told nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.models import Reading, Watch
from platforms.adapters.mastodon import Mastodon
from platforms.models import Platform
from posting.models import Post
from posting.states import Status
from tests.factories import AccountFactory, PostFactory, without_method


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, name="Glen & Loom page")


@pytest.fixture
def post(account):
    return PostFactory(account=account, published=True)


def shown(client, people, post):
    client.force_login(people.ewan)
    return client.get(reverse("desk:post", args=[post.pk])).content.decode()


def read(post, **figures):
    now = timezone.now()
    Watch.objects.create(
        account=post.account, post=post, read_at=now, next_read_at=now + timedelta(hours=1)
    )
    return Reading.objects.create(
        account=post.account, post=post, read_at=now, figures={"post_media_view": 1234}, **figures
    )


def test_before_anything_was_read_it_says_so(client, people, post):
    assert "None have been read yet." in shown(client, people, post)


def test_of_a_post_that_is_gone_none_are_read_any_more(client, people, account):
    gone = PostFactory(account=account, published=True)
    Post.objects.filter(pk=gone.pk).update(status=Status.REMOVED)
    assert "None were read." in shown(client, people, gone)


def test_what_was_read_is_shown_with_the_platforms_own_names(client, people, post):
    read(post, views=1234, shares=0)
    text = shown(client, people, post)
    assert "1,234" in text
    assert "post_media_view" in text
    assert "Shares" in text
    assert "People reached" not in text
    assert "Read next" in text


def test_what_went_wrong_is_said_and_older_figures_stay(client, people, post):
    read(post, views=7)
    Watch.objects.update(error_sentence="Facebook allows the next request at 12:00:00 UTC.")
    text = shown(client, people, post)
    assert "Facebook allows the next request" in text
    assert "What stands here is from before." in text
    assert "The post is out all the same." in text


def test_a_platform_that_told_none_one_that_cannot_and_an_end(client, people, account, monkeypatch):
    told_none = PostFactory(account=account, published=True)
    Watch.objects.create(account=account, post=told_none, read_at=timezone.now())
    text = shown(client, people, told_none)
    assert "Facebook told none." in text
    assert "They are not read any more." in text
    toot = PostFactory(
        account=AccountFactory(brand=people.brand, platform="mastodon"), published=True
    )
    with monkeypatch.context() as without:
        without.setattr(Platform, "adapter", without_method(Mastodon, "post_metrics"))
        assert "Figures of Mastodon are not read here." in shown(client, people, toot)
    seen = PostFactory(
        account=account, published=True, remote_id="", confirmed_by=people.mairi,
        confirmed_at=timezone.now(),
    )  # fmt: skip
    assert "id of this post is not known" in shown(client, people, seen)


def test_a_post_that_was_never_out_has_no_such_panel(client, people, account):
    assert 'id="figures"' not in shown(client, people, PostFactory(account=account, failed=True))


def test_an_account_shows_its_own_figures_to_its_brand_only(client, people, account):
    Reading.objects.create(
        account=account, read_at=timezone.now(), followers=4321, figures={"page_follows": 4321}
    )
    address = reverse("desk:account", args=[account.pk])
    client.force_login(people.ewan)
    text = client.get(address).content.decode()
    assert "4,321" in text
    assert "page_follows" in text
    client.force_login(people.isla)
    assert client.get(address).status_code == 404


def test_script_in_what_a_platform_said_is_only_text(client, people, post):
    evil = "<script>alert(1)</script>"
    now = timezone.now()
    Reading.objects.create(account=post.account, post=post, read_at=now, figures={evil: 1})
    Watch.objects.create(account=post.account, post=post, error_sentence=evil)
    assert evil not in shown(client, people, post)
