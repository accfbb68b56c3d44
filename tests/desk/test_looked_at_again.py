"""A post's page says what was seen when it was looked at again, and what can be decided then."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.notices import open_notice
from posting.models import FollowUp
from posting.states import Status
from posting.verifying import ACTOR, GONE, OTHERWISE, THERE, UNPREPARED, UNTOLD
from tests.factories import AccountFactory, PostEventFactory, PostFactory
from tests.posting.conftest import fresh


@pytest.fixture
def post(people):
    account = AccountFactory(brand=people.brand, name="Glen & Loom page")
    later = timezone.now() + timedelta(hours=20)
    return PostFactory(account=account, published=True, next_look_at=later)


def seen(post, sentence, evidence="Facebook said so."):
    PostEventFactory(
        post=post, old=Status.PUBLISHED, new=Status.PUBLISHED, actor=ACTOR, sentence=sentence,
        evidence=evidence,
    )  # fmt: skip


def page(client, person, post):
    client.force_login(person)
    return client.get(reverse("desk:post", args=[post.pk])).content.decode()


def test_before_the_first_look_it_says_when_that_is(client, people, post):
    assert "It is looked at again at" in page(client, people.mairi, post)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        (THERE, "it is there, as it was sent"),
        (UNTOLD, "nobody could tell: Facebook said so."),
        (OTHERWISE, "it is there with another text. Facebook said so."),
        (GONE, "This post was out and is not there any more"),
        (UNPREPARED, "Facebook shows this post to nobody"),
    ],
)
def test_each_finding_has_its_words(client, people, post, sentence, words):
    seen(post, sentence)
    text = page(client, people.mairi, post)
    assert words in text
    assert ("panel asks s-failed" in text) is (sentence in (GONE, UNPREPARED))


def test_only_the_last_look_counts(client, people, post):
    seen(post, GONE)
    seen(post, THERE)
    text = page(client, people.mairi, post)
    assert "is not there any more" not in text
    assert "/it-is-gone" not in text


def test_that_it_is_gone_is_said_by_who_may_and_closes_its_notice(client, people, post):
    seen(post, GONE)
    open_notice(f"vanished:{post.pk}", "It is not there any more.", brand=people.brand)
    assert "/it-is-gone" not in page(client, people.ewan, post)
    address = reverse("desk:decide", args=[post.pk, "it-is-gone"])
    assert client.post(address).status_code == 403
    client.force_login(people.mairi)
    assert "Vanished" in client.get(reverse("desk:notices")).content.decode()
    client.post(address)
    assert fresh(post).status == Status.REMOVED
    assert "Vanished" not in client.get(reverse("desk:notices")).content.decode()


@pytest.mark.parametrize("sentence", [GONE, UNPREPARED])
def test_the_text_of_what_is_not_there_is_not_changed(client, people, post, sentence):
    words = "What should this post say instead?"
    assert words in page(client, people.mairi, post)
    seen(post, sentence)
    assert words not in page(client, people.mairi, post)
    before = FollowUp.objects.count()
    answer = client.post(
        reverse("desk:decide", args=[post.pk, "edit"]), {"text": "Other words"}, follow=True
    )
    assert "so there is nothing to change" in answer.content.decode()
    assert FollowUp.objects.count() == before
    seen(post, THERE)
    assert words in page(client, people.mairi, post)


def test_what_somebody_wrote_there_is_only_text(client, people, post):
    evil = "<script>alert(1)</script>"
    seen(post, OTHERWISE, evil)
    assert evil not in page(client, people.mairi, post)
