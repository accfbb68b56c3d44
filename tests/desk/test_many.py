"""Decisions about many posts at once, and batches: who may, what stays, and that once is once."""

import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from desk.choosing import OFFERED
from desk.many import MANY
from organisation.models import Role
from platforms.models import Account
from posting.models import Batch, Post
from posting.states import Status
from tests.factories import (
    AccountFactory,
    BrandFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
    PublishStepFactory,
    UserFactory,
)

REVIEW = reverse("desk:review")


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, name="Glen & Loom page")


def decide(client, slug, posts=(), **form):
    address = reverse("desk:decide_chosen", args=[slug])
    asked = {"post": [post.pk for post in posts], "sure": "yes", "list": "queue"} | form
    return client.post(address, asked, follow=True).content.decode()


def statuses(*posts):
    return [Post.objects.get(pk=post.pk).status for post in posts]


# Many at once


def test_each_chosen_post_is_decided_on_its_own(client, people, account):
    failed, missed = (PostFactory(account=account, **{s: True}) for s in ("failed", "missed"))
    out = PostFactory(account=account, published=True, piece__title="Cullen skink")
    client.force_login(people.mairi)
    text = decide(client, "retry", [failed, out])
    assert "Going out again as soon as a worker is free: 1 post." in text
    assert "“Cullen skink” to Glen &amp; Loom page: published already." in text
    assert statuses(failed, missed, out) == [Status.SCHEDULED, Status.MISSED, Status.PUBLISHED]


@pytest.mark.parametrize("slug", sorted({slug for offered in OFFERED.values() for slug in offered}))
def test_an_unconfirmed_post_is_never_decided_among_many(client, people, account, slug):
    lost = PostFactory(account=account, unconfirmed=True)
    PublishStepFactory(post=lost)
    given_up = PostFactory(account=account, failed=True)
    PublishStepFactory(post=given_up)
    client.force_login(people.mairi)
    decide(client, slug, [lost, given_up])
    assert statuses(lost, given_up) == [Status.UNCONFIRMED, Status.FAILED]


@pytest.mark.parametrize("slug", ["send-again", "give-up", "it-is-out", "delete", "nonesuch"])
def test_no_other_decision_is_there_for_many(client, people, account, slug):
    post = PostFactory(account=account, unconfirmed=True)
    client.force_login(people.mairi)
    address = reverse("desk:decide_chosen", args=[slug])
    assert client.post(address, {"post": post.pk, "sure": "yes"}).status_code == 404


def test_what_leaves_the_building_is_asked_about_first(client, people, account):
    post = PostFactory(account=account, failed=True)
    client.force_login(people.mairi)
    for slug, question in (
        ("retry", "Try 1 post again now?"),
        ("cancel", "Cancel 1 post?"),
    ):
        answer = client.post(reverse("desk:decide_chosen", args=[slug]), {"post": [post.pk]})
        assert question in answer.content.decode()
    assert statuses(post) == [Status.FAILED]


@pytest.mark.parametrize("verb", [m for m in MANY if m.decision.asks], ids=lambda m: m.slug)
def test_a_question_about_many_speaks_of_them_and_of_those_that_stay(client, people, account, verb):
    states: dict[str, dict[str, Any]] = {
        "retry": {"failed": True},
        "release": {"holds": 2},
        "approve": {"holds": 1},
    }
    fitting = PostFactory.create_batch(3, account=account, **states.get(verb.slug, {}))
    out = PostFactory(account=account, published=True, piece__title="Cullen skink")
    client.force_login(people.mairi)
    asked = {"post": [post.pk for post in (*fitting, out)]}
    text = client.post(reverse("desk:decide_chosen", args=[verb.slug]), asked).content.decode()
    assert verb.question.format("3 posts") in text
    assert verb.meaning in text
    assert "this post" not in text.lower()
    assert "1 published already" in text
    assert "“Cullen skink” to Glen &amp; Loom page" in text


def test_one_time_is_given_to_many(client, people, account):
    first, second = PostFactory(account=account), PostFactory(account=account, failed=True)
    client.force_login(people.mairi)
    year = timezone.localdate().year + 1
    form = {"wall": f"{year}-06-01T09:30", "zone": "Europe/London"}
    assert "Going out at the new time: 2 posts." in decide(
        client, "schedule", [first, second], **form
    )
    for post in Post.objects.all():
        assert (post.status, post.wall_time) == (Status.SCHEDULED, f"{year}-06-01T09:30:00")


@pytest.mark.parametrize(
    ("wall", "said"),
    [("2020-01-01T09:00", "in the past"), ("2027-03-28T01:30", "02:30"), ("", "Choose a date")],
)
def test_a_time_that_cannot_be_is_said_once_with_the_posts_still_chosen(
    client, people, account, wall, said
):
    posts = PostFactory.create_batch(2, account=account)
    client.force_login(people.mairi)
    text = decide(client, "schedule", posts, wall=wall, zone="Europe/London")
    assert text.count(said) == 1
    assert f'name="more" value="{posts[0].pk},{posts[1].pk}"' in text
    assert set(statuses(*posts)) == {Status.READY}


def test_many_are_held_and_released(client, people, account):
    posts = PostFactory.create_batch(2, account=account, scheduled=True)
    out = PostFactory(account=account, published=True)
    client.force_login(people.mairi)
    text = decide(client, "hold", [*posts, out])
    assert "On hold until somebody releases them: 2 posts." in text
    assert {post.holds for post in Post.objects.filter(status="scheduled")} == {2}
    assert "No longer on hold: 2 posts." in decide(client, "release", posts)
    assert {post.holds for post in Post.objects.all()} == {0}


def test_all_that_match_means_the_filters_and_the_persons_brands(client, people, account):
    mine = PostFactory.create_batch(3, account=account, failed=True)
    other = PostFactory(account=account, missed=True)
    foreign = PostFactory(failed=True)
    client.force_login(people.mairi)
    decide(client, "cancel", list="attention", all="yes", query="status=failed")
    assert set(statuses(*mine)) == {Status.CANCELLED}
    assert statuses(other, foreign) == [Status.MISSED, Status.FAILED]


def test_choices_of_other_pages_come_along(client, people, account):
    here, there = (PostFactory(account=account, failed=True) for _ in range(2))
    client.force_login(people.mairi)
    decide(client, "cancel", [here], more=f"{there.pk},x,,{'9' * 30}")
    assert statuses(here, there) == [Status.CANCELLED, Status.CANCELLED]


def test_three_people_and_many_posts(client, people, account):
    post = PostFactory(account=account, failed=True)
    address = reverse("desk:decide_chosen", args=["cancel"])
    form = {"post": post.pk, "sure": "yes"}
    assert client.post(address, form).url.startswith(reverse("desk:sign_in"))
    client.force_login(people.ewan)
    assert client.post(address, form).status_code == 403
    client.force_login(people.isla)
    assert "No post was chosen" in client.post(address, form, follow=True).content.decode()
    assert statuses(post) == [Status.FAILED]
    client.force_login(people.mairi)
    assert client.get(address).status_code == 405
    client.post(address, form)
    assert statuses(post) == [Status.CANCELLED]


def test_a_right_in_one_brand_gives_none_in_another(client, people, account):
    elsewhere = BrandFactory(name="Oban")
    MembershipFactory(brand=elsewhere, user=people.mairi, role=Role.AUTHOR)
    post = PostFactory(account=AccountFactory(brand=elsewhere), failed=True)
    client.force_login(people.mairi)
    assert "of Oban, where your role does not include this decision" in decide(
        client, "cancel", [post]
    )
    assert statuses(post) == [Status.FAILED]


def test_held_posts_are_approved_together_but_not_by_their_author(client, people):
    account = AccountFactory(brand=people.brand, approval_rule=Account.ApprovalRule.FOUR_EYES)
    mine = PostFactory(account=account, holds=1, author=people.mairi)
    his = PostFactory(account=account, holds=1, author=people.ewan)
    client.force_login(people.mairi)
    text = decide(client, "approve", [mine, his])
    assert "Approved as they stand: 1 post." in text
    assert "someone other than the author" in text
    assert [Post.objects.get(pk=p.pk).holds for p in (mine, his)] == [1, 0]


# A batch


@pytest.fixture
def pieces(people):
    return PieceFactory.create_batch(2, brand=people.brand)


def keys(account):
    return [f"{account.pk}-{c.pk}" for c in account.platform.channel_types.order_by("id")][:1]


def form_of(client, pieces, to):
    """What the check's form sends when nothing is left out."""
    answer = client.get(REVIEW, {"piece": [p.pk for p in pieces], "to": to})
    grid, key = answer.context["grid"], answer.context["key"]
    return {
        "key": str(key),
        "piece": [p.pk for p in pieces],
        "seen": [f"{p.pk}:{p.current_id}" for p in grid.pieces],
        "to": to,
        "take": [cell.key for cell in grid.going],
        "when": "now",
    }


def test_a_batch_sent_twice_is_made_once(client, people, account, pieces):
    client.force_login(people.mairi)
    form = form_of(client, pieces, keys(account))
    first, second = client.post(REVIEW, form), client.post(REVIEW, form)
    assert first.url == second.url == reverse("desk:batch", args=[form["key"]])
    assert Post.objects.count() == 2
    assert Batch.objects.get().posts.count() == 2
    assert set(statuses(*Post.objects.all())) == {Status.SCHEDULED}


def test_what_cannot_go_is_left_out_and_said_first(client, people, account, pieces):
    toot = AccountFactory(brand=people.brand, platform="mastodon")
    long = PieceFactory(brand=people.brand, title="A long story", text="wool " * 130)
    client.force_login(people.mairi)
    answer = client.get(
        REVIEW, {"piece": [pieces[0].pk, long.pk], "to": [*keys(account), *keys(toot)]}
    )
    text = answer.content.decode()
    assert "One post is too long" in text
    assert "Left out: <span data-staying>1</span>" in text
    assert len(answer.context["taken"]) == 3


def test_what_was_left_out_is_not_made(client, people, account, pieces):
    client.force_login(people.mairi)
    form = form_of(client, pieces, keys(account))
    form["take"] = form["take"][:1]
    form["when"] = "ready"
    client.post(REVIEW, form)
    [post] = Post.objects.all()
    assert (post.status, post.due_at) == (Status.READY, None)


def test_nothing_left_in_makes_nothing_and_says_so(client, people, account, pieces):
    client.force_login(people.mairi)
    answer = client.post(REVIEW, form_of(client, pieces, keys(account)) | {"take": []})
    assert answer.status_code == 422
    assert "Nothing was chosen, so nothing was made." in answer.content.decode()
    assert not Batch.objects.exists()


def test_a_time_that_does_not_exist_makes_nothing_and_offers_two(client, people, account, pieces):
    client.force_login(people.mairi)
    form = form_of(client, pieces, keys(account))
    form |= {"when": "at", "day": "2027-03-28", "time": "01:30", "zone": "Europe/London"}
    answer = client.post(REVIEW, form)
    assert answer.status_code == 422
    assert "02:30" in answer.content.decode()
    assert not Post.objects.exists()
    day = f"{timezone.localdate().year + 1}-06-01"
    client.post(REVIEW, form | {"day": day, "key": str(uuid.uuid4())})
    assert {post.wall_time for post in Post.objects.all()} == {f"{day}T01:30:00"}


def test_words_that_changed_since_the_check_are_not_sent(client, people, account, pieces):
    from content.writing import save_version

    client.force_login(people.mairi)
    form = form_of(client, pieces, keys(account))
    save_version(pieces[0], text="Other words", by=people.ewan, expected_edits=1)
    answer = client.post(REVIEW, form)
    assert answer.status_code == 422
    assert "changed a moment ago. Nothing was sent." in answer.content.decode()
    assert not Post.objects.exists()


def test_an_account_that_has_the_piece_already_gets_no_second_one(client, people, account, pieces):
    client.force_login(people.mairi)
    client.post(REVIEW, form_of(client, pieces, keys(account)))
    again = client.get(REVIEW, {"piece": [p.pk for p in pieces], "to": keys(account)})
    assert "2 pieces have a post there already" in again.content.decode()
    assert again.context["grid"].going == []


def test_an_account_that_cannot_send_stops_its_posts(client, people, pieces):
    account = AccountFactory(brand=people.brand, state=Account.State.NEEDS_RECONNECT)
    client.force_login(people.mairi)
    text = client.get(REVIEW, {"piece": pieces[0].pk, "to": keys(account)}).content.decode()
    assert "One post goes to an account that cannot send" in text


def test_three_people_and_a_batch(client, people, account, pieces):
    client.force_login(people.mairi)
    form = form_of(client, pieces, keys(account))
    client.force_login(people.ewan)
    assert (
        "Publish now"
        not in client.get(REVIEW, {"piece": form["piece"], "to": form["to"]}).content.decode()
    )
    assert client.post(REVIEW, form).status_code == 403
    client.force_login(people.isla)
    for address in (REVIEW, reverse("desk:assign")):
        answer = client.get(address, {"piece": form["piece"], "to": form["to"]})
        assert answer.url == reverse("desk:ready_pieces")
    assert client.post(REVIEW, form).url == reverse("desk:ready_pieces")
    preview = reverse("desk:review_preview")
    assert client.get(preview, {"piece": form["piece"][0], "to": form["to"]}).status_code == 404
    assert not Post.objects.exists()
    client.force_login(people.ewan)
    client.post(REVIEW, form | {"when": "ready"})
    assert set(statuses(*Post.objects.all())) == {Status.READY}


def test_an_auditor_sees_the_lists_and_makes_nothing(client, people, account, pieces):
    auditor = UserFactory()
    MembershipFactory(brand=people.brand, user=auditor, role=Role.AUDITOR)
    client.force_login(auditor)
    text = client.get(reverse("desk:ready_pieces")).content.decode()
    assert str(pieces[0]).partition("&")[0] in text
    assert "Choose channels" not in text
    assert client.get(REVIEW, {"piece": pieces[0].pk, "to": keys(account)}).status_code == 403


@pytest.mark.parametrize(
    "query", [{}, {"piece": "x"}, {"piece": "99999999999999999999"}, {"piece": "1", "to": "\x00"}]
)
def test_an_address_that_names_no_batch_leads_back(client, people, query):
    client.force_login(people.mairi)
    assert client.get(REVIEW, query).url == reverse("desk:ready_pieces")
    assert client.get(reverse("desk:assign"), query).url == reverse("desk:ready_pieces")


def test_the_check_asks_no_more_questions_for_more_posts(
    client, people, account, django_assert_max_num_queries
):
    client.force_login(people.mairi)
    counts = []
    for number in (2, 20):
        made = PieceFactory.create_batch(number, brand=people.brand)
        with django_assert_max_num_queries(24) as seen:
            client.get(REVIEW, {"piece": [p.pk for p in made], "to": keys(account)})
        counts.append(len(seen))
    assert counts[0] == counts[1]
