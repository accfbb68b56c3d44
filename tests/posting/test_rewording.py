"""Another text for a post that is out: who may ask, what is refused, and what it leads to."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from organisation.models import AuditEntry, Role
from platforms.errors import NotSent, Rejected, Unclear
from platforms.models import Account
from posting.deciding import NotPossible
from posting.models import FollowUp, Post
from posting.rewording import ask_edit
from posting.states import Status
from tests.factories import AccountFactory, MembershipFactory, PostFactory, UserFactory
from tests.posting.conftest import fresh, send

pytestmark = pytest.mark.django_db
State = FollowUp.State


@pytest.fixture
def post(platform):
    return PostFactory(published=True, remote_id="55_1")


def ask(post, text="Said better.", by=None):
    ask_edit(post, by=by or UserFactory(), now=timezone.now(), text=text)


def test_the_platform_says_it_once_and_so_do_we(post, platform):
    before = post.snapshot["text"]
    ask(post)
    assert AuditEntry.objects.filter(verb="edit post", subject_id=post.pk).exists()
    assert [send(), send()] == [True, False]
    assert platform.reached == ["edit"]
    edited = fresh(post)
    assert (edited.status, edited.snapshot["text"]) == (Status.PUBLISHED, "Said better.")
    assert edited.snapshot["media"] == post.snapshot["media"]
    event = edited.events.last()
    assert event.sentence == "The platform took the new text."
    assert before in event.evidence
    assert edited.piece.current.text == before


def test_a_second_thought_before_it_left_replaces_the_first(post, platform):
    ask(post, "First thought.")
    ask(fresh(post), "Second thought.")
    assert FollowUp.objects.get().text == "Second thought."


def test_of_two_people_at_once_the_second_is_told(post):
    seen_by_both = fresh(post)
    ask(post, "Mine.")
    with pytest.raises(NotPossible, match="changed this post a moment ago"):
        ask(seen_by_both, "No, mine.")
    assert FollowUp.objects.get().text == "Mine."


def test_while_a_change_is_on_its_way_no_other_begins(post):
    ask(post)
    FollowUp.objects.update(state="sending", lease_until=timezone.now())
    with pytest.raises(NotPossible, match="on its way"):
        ask(fresh(post), "Again.")


@pytest.mark.parametrize(
    ("text", "words"),
    [("x" * 63_207, "Shorten it by 1"), (None, "what it says already"), ("\ud800", "character")],
)
def test_a_text_that_cannot_be_is_refused(post, text, words):
    with pytest.raises(ValidationError, match=words):
        ask(post, post.snapshot["text"] if text is None else text)
    assert not FollowUp.objects.exists()


def test_what_is_not_out_or_not_known_is_not_changed():
    for traits, words in (
        ({"scheduled": True}, "is scheduled"),
        ({"published": True, "remote_id": "", "confirmed_by": UserFactory()}, "is not known"),
        ({"published": True, "account": AccountFactory(platform="bluesky")}, "no way to change"),
    ):
        with pytest.raises(NotPossible, match=words):
            ask(PostFactory(**traits))


def test_where_posts_are_approved_a_change_takes_somebody_who_may(post):
    Account.objects.update(approval_rule=Account.ApprovalRule.ANYONE)
    post = Post.objects.select_related("account", "platform").get(pk=post.pk)
    publisher, editor = UserFactory(), UserFactory()
    MembershipFactory(brand=post.brand, user=publisher, role=Role.AUTHOR)
    MembershipFactory(brand=post.brand, user=editor, role=Role.EDITOR)
    with pytest.raises(NotPossible, match="somebody who may approve"):
        ask(post, by=publisher)
    ask(post, by=editor)


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (NotSent("No."), State.WAITING, "Its change is tried again by itself."),
        (Unclear("No."), State.WAITING, "Its change is tried again by itself."),
        (Rejected("No."), State.FAILED, "Change it there."),
    ],
)
def test_what_goes_wrong_leaves_the_post_as_it_was(post, platform, error, state, words):
    platform.says(error, step="edit")
    ask(post)
    send()
    change = FollowUp.objects.get()
    assert change.state == state
    assert change.error_sentence.endswith(f"The post is out as it was. {words}")
    assert fresh(post).snapshot == post.snapshot
