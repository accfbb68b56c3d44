"""An ended version and another text, through the whole engine."""

import pytest
from django.utils import timezone

from organisation.models import Notice
from platforms.models import Platform
from posting.models import Post
from posting.rewording import ask_edit
from posting.states import Status
from tests.engine.conftest import MakePost, send_due
from tests.factories import UserFactory
from tests.sandbox.conftest import Sandbox

pytestmark = pytest.mark.django_db


def test_a_post_goes_out_although_its_version_has_ended_and_staff_are_told_once(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    Platform.objects.filter(slug="facebook").update(api_version="v21.0")
    posts = [make_post("facebook", text=f"Text {n}") for n in range(2)]
    send_due()
    assert set(sandbox.texts()) == {"Text 0", "Text 1"}
    for post in posts:
        post.refresh_from_db()
        assert post.status == Status.PUBLISHED
    assert "no longer takes version v21.0" in Notice.objects.open().get().sentence


def test_another_text_reaches_the_platform(sandbox: Sandbox, make_post: MakePost) -> None:
    post = make_post("facebook", text="Said badly")
    send_due()
    post = Post.objects.get(pk=post.pk)
    ask_edit(post, by=UserFactory(), now=timezone.now(), text="Said well")
    send_due()
    assert sandbox.texts() == ["Said well"]
    post.refresh_from_db()
    assert post.snapshot is not None
    assert post.snapshot["text"] == "Said well"


def test_a_post_that_is_gone_there_does_not_stop_its_account(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("facebook", text="Soon gone")
    send_due()
    sandbox.control("DELETE", "ledger")
    post = Post.objects.get(pk=post.pk)
    ask_edit(post, by=UserFactory(), now=timezone.now(), text="Too late")
    send_due()
    post.account.refresh_from_db()
    assert post.account.can_send
    assert "the post is not there any more" in post.follow_ups.get().error_sentence
