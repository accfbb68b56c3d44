"""A dry run says what would be sent and what would keep it, and sends nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from organisation.clock import database_now
from organisation.models import Switch
from platforms.models import Account, PlatformCredential
from posting.models import Post, PostEvent, PublishStep
from posting.rehearsing import rehearse
from posting.states import Hold
from tests.engine.conftest import MakePost
from tests.sandbox.conftest import Sandbox

pytestmark = pytest.mark.django_db


def requests_at(sandbox: Sandbox) -> list[Any]:
    return list(sandbox.control("GET", "requests").json()["requests"])


@pytest.mark.parametrize("platform", ["facebook", "mastodon"])
def test_it_says_what_would_be_sent_and_nothing_leaves(
    sandbox: Sandbox, make_post: MakePost, platform: str
) -> None:
    post = make_post(platform)
    seen = rehearse(post, database_now())
    assert (seen.rendition.text, seen.hindrances, seen.steps) == (
        f"A text for {platform}",
        [],
        ["post"],
    )
    assert requests_at(sandbox) == []
    assert not PublishStep.objects.exists()
    assert not PostEvent.objects.exists()


@pytest.mark.parametrize(
    ("hinder", "sentence"),
    [
        (lambda post: Switch.objects.create(brand=None, stopped=True), "Publishing is stopped."),
        (
            lambda post: Post.objects.filter(pk=post.pk).update(holds=Hold.PERSON),
            "A person has put it on hold.",
        ),
        (
            lambda post: Account.objects.update(approval_rule="anyone"),
            "Nobody has approved it.",
        ),
        (
            lambda post: Account.objects.update(
                blocked_until=database_now() + timedelta(minutes=5)
            ),
            "asked for a pause until",
        ),
        (lambda post: Account.objects.update(state="paused"), "is paused."),
        (lambda post: PlatformCredential.objects.all().delete(), "No access token is stored"),
        (
            lambda post: Post.objects.filter(pk=post.pk).update(status="ready"),
            "It is ready, not scheduled.",
        ),
    ],
)
def test_it_says_what_would_keep_the_post(
    sandbox: Sandbox, make_post: MakePost, hinder: Any, sentence: str
) -> None:
    post = make_post("facebook")
    hinder(post)
    (found,) = rehearse(Post.objects.get(pk=post.pk), database_now()).hindrances
    assert sentence in found


def test_a_text_that_is_too_long_would_be_refused(sandbox: Sandbox, make_post: MakePost) -> None:
    post = make_post("mastodon", text="x" * 600)
    (found,) = rehearse(post, database_now()).hindrances
    assert "600" in found


def test_the_command_shows_the_next_hour(
    sandbox: Sandbox, make_post: MakePost, capsys: pytest.CaptureFixture[str]
) -> None:
    make_post("facebook", text="Tweed is back")
    held = make_post("mastodon", text="Wool is back")
    Post.objects.filter(pk=held.pk).update(holds=Hold.PERSON)
    call_command("dry_run")
    said = capsys.readouterr().out
    assert "says: 'Tweed is back'" in said
    assert "would not go out: A person has put it on hold." in said
    assert "2 posts, 1 of them would not go out." in said
    assert requests_at(sandbox) == []


def test_a_post_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(CommandError, match="There is no post 4711"):
        call_command("dry_run", 4711)
