"""The page of what was sent off together: it follows its posts, and undoes what can be undone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from posting.models import Batch, Post
from posting.states import Status
from tests.factories import (
    AccountFactory,
    PieceFactory,
    PostAttemptFactory,
    PostFactory,
    SwitchFactory,
)


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand)


@pytest.fixture
def batch(people):
    return Batch.objects.create(brand=people.brand, by=people.mairi)


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return client


def make(batch, account, **state):
    return PostFactory(
        account=account, piece=PieceFactory(brand=account.brand), batch=batch, **state
    )


def act(client, batch, slug, post=None):
    sent = {"post": post.pk} if post else {}
    return client.post(reverse("desk:batch_act", args=[batch.pk, slug]), sent, follow=True)


def live(client, batch, **headers):
    return client.get(reverse("desk:batch_live", args=[batch.pk]), headers=headers)


def status_of(post):
    return Post.objects.get(pk=post.pk).status


def test_it_counts_and_names_what_each_post_does(mairi, batch, account):
    make(batch, account, published=True)
    make(batch, account, failed=True)
    make(batch, account, publishing=True)
    page = mairi.get(reverse("desk:batch", args=[batch.pk])).content.decode()
    assert "1 of 3 published" in page
    assert 'aria-valuetext="1 published, 1 failed, 1 publishing"' in page
    assert "Facebook refused the text" in page


def test_it_asks_while_something_moves_and_stops_when_settled(mairi, batch, account):
    post = make(batch, account, publishing=True)
    assert 'hx-trigger="every 2s"' in live(mairi, batch).content.decode()
    Post.objects.filter(pk=post.pk).update(status=Status.FAILED, lease_until=None)
    assert "hx-trigger" not in live(mairi, batch).content.decode()


def test_it_promises_no_work_while_publishing_is_stopped(mairi, batch, account):
    make(batch, account, scheduled=True, wake_at=timezone.now() - timedelta(seconds=1))
    SwitchFactory()
    page = live(mairi, batch).content.decode()
    assert "Waits until publishing is started again." in page
    assert "the work goes on" not in page
    assert 'hx-trigger="every 2s"' in page


def test_the_same_answer_is_a_304(mairi, batch, account):
    make(batch, account, failed=True)
    tag = live(mairi, batch).headers["ETag"]
    assert live(mairi, batch, if_none_match=tag).status_code == 304


def test_what_still_waits_can_be_taken_back(mairi, batch, account):
    post = make(batch, account, scheduled=True, due=timezone.now() + timedelta(seconds=30))
    assert "taken back and ready" in act(mairi, batch, "take-back", post).content.decode()
    assert status_of(post) == Status.READY


def test_what_a_worker_has_is_not_taken_back(mairi, batch, account):
    post = make(batch, account, publishing=True)
    assert "Its time stays as it is" in act(mairi, batch, "take-back", post).content.decode()
    assert status_of(post) == Status.PUBLISHING


def test_all_failed_are_retried_and_nothing_else(mairi, batch, account):
    failed = [make(batch, account, failed=True) for _ in range(2)]
    unsure = make(batch, account, unconfirmed=True)
    assert "2 posts are on the way again" in act(mairi, batch, "retry").content.decode()
    assert {status_of(post) for post in failed} == {Status.SCHEDULED}
    assert status_of(unsure) == Status.UNCONFIRMED


def test_a_waiting_post_can_be_cancelled(mairi, batch, account):
    post = make(batch, account, scheduled=True, due=timezone.now() + timedelta(hours=1))
    act(mairi, batch, "cancel", post)
    assert status_of(post) == Status.CANCELLED


def test_who_may_not_publish_sees_no_buttons_and_is_refused(client, people, batch, account):
    post = make(batch, account, failed=True)
    client.force_login(people.ewan)
    page = client.get(reverse("desk:batch", args=[batch.pk])).content.decode()
    assert "Retry" not in page
    assert act(client, batch, "retry", post).status_code == 403
    assert status_of(post) == Status.FAILED


def test_who_works_elsewhere_finds_nothing(client, people, batch, account):
    post = make(batch, account, failed=True)
    client.force_login(people.isla)
    assert client.get(reverse("desk:batch", args=[batch.pk])).status_code == 404
    assert live(client, batch).status_code == 404
    assert act(client, batch, "retry", post).status_code == 404


def test_only_posts_of_the_batch_and_known_verbs(mairi, batch, account):
    stranger = PostFactory(account=account, failed=True)
    assert act(mairi, batch, "retry", stranger).status_code == 404
    assert act(mairi, batch, "explode").status_code == 404
    address = reverse("desk:batch_act", args=[batch.pk, "retry"])
    assert mairi.get(address).status_code == 405


def test_more_posts_ask_no_more_of_the_database(
    mairi, batch, account, django_assert_max_num_queries
):
    for number in (2, 10):
        for _ in range(number):
            make(batch, account, failed=True)
        with django_assert_max_num_queries(22):
            mairi.get(reverse("desk:batch", args=[batch.pk]))


def shown(client, batch, show=""):
    page = client.get(reverse("desk:batch", args=[batch.pk]), {"show": show} if show else {})
    return [row.post.status for row in page.context["progress"].rows]


def test_the_rows_can_be_narrowed_and_every_number_is_that_of_its_rows(mairi, batch, account):
    for state in Status:
        make(batch, account, **({} if state == Status.READY else {state.value: True}))
    everything = shown(mairi, batch)
    groups = list(mairi.get(reverse("desk:batch", args=[batch.pk])).context["progress"].groups)
    rows = {group.slug: shown(mairi, batch, group.slug) for group in groups}
    assert {slug: len(found) for slug, found in rows.items()} == {g.slug: g.number for g in groups}
    narrowed = [state for slug, found in rows.items() if slug for state in found]
    assert sorted(narrowed) == sorted(everything) == sorted(Status)
    assert shown(mairi, batch, "nonesuch") == everything


def test_a_narrowed_page_stays_narrowed_while_it_follows_and_after_a_press(mairi, batch, account):
    post = make(batch, account, failed=True)
    make(batch, account, publishing=True)
    address = reverse("desk:batch_live", args=[batch.pk])
    page = mairi.get(address, {"show": "needs-you"}).content.decode()
    assert f'hx-get="{address}?show=needs-you"' in page
    pressed = reverse("desk:batch_act", args=[batch.pk, "retry"]) + "?show=needs-you"
    assert pressed in page
    assert mairi.post(pressed, {"post": post.pk}).url.endswith("?show=needs-you")


def test_it_says_how_long_the_last_attempt_took_and_how_late_the_post_was(mairi, batch, account):
    due = timezone.now() - timedelta(minutes=5)
    late = make(batch, account, published=True, due=due)
    Post.objects.filter(pk=late.pk).update(published_at=due + timedelta(seconds=80))
    for seconds in (9.0, 0.9):
        start = due + timedelta(seconds=79)
        PostAttemptFactory(post=late, started_at=start, ended_at=start + timedelta(seconds=seconds))
    make(batch, account, scheduled=True)
    page = mairi.get(reverse("desk:batch", args=[batch.pk])).context["progress"]
    assert [(row.took, row.late) for row in page.rows] == [("", ""), ("0.9 s", "1 min late")]


def test_what_waits_is_held_and_released_together(mairi, batch, account):
    waits = [make(batch, account, scheduled=True, due=timezone.now() + timedelta(hours=1))
             for _ in range(2)]  # fmt: skip
    gone = make(batch, account, published=True)
    page = mairi.get(reverse("desk:batch", args=[batch.pk])).content.decode()
    assert "Hold what is waiting (2)" in page
    assert "2 posts are on hold" in act(mairi, batch, "hold").content.decode()
    assert [Post.objects.get(pk=p.pk).holds for p in (*waits, gone)] == [2, 2, 0]
    assert "hx-trigger" not in live(mairi, batch).content.decode()
    assert "2 posts are no longer on hold" in act(mairi, batch, "release").content.decode()
    assert {post.holds for post in Post.objects.all()} == {0}


def test_a_missed_post_has_its_next_step_for_who_may_publish(client, people, batch, account):
    post = make(batch, account, missed=True)
    step = reverse("desk:decide", args=[post.pk, "publish-now"])
    for person, offered in ((people.mairi, True), (people.ewan, False)):
        client.force_login(person)
        page = client.get(reverse("desk:batch", args=[batch.pk])).content.decode()
        assert (step in page) == offered
