"""A proposal is made so once, whole or not at all, and taken back until its first post leaves."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from organisation.models import AuditEntry, User
from platforms.models import Account
from posting.deciding import NotPossible, cancel
from posting.models import Batch, Post
from posting.states import Status
from scheduling.batching import BatchRefused
from scheduling.bulk import proposing
from scheduling.bulk.confirming import confirm, undo
from scheduling.bulk.looking import Look
from scheduling.models import Proposal, ProposedPost
from scheduling.timing import schedule
from tests.factories import (
    AccountFactory,
    PieceFactory,
    PostFactory,
    ProposalFactory,
    ProposedPostFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def proposal_of(number: int = 3, **more: Any) -> Proposal:
    """So many posts of one account, a day apart."""
    proposal = ProposalFactory(at=NOW, **more)
    first = proposal.items.get()
    for day in range(2, number + 1):
        words = f"{'Tweed ' * day} and what it takes to weave it, day by day: {day}."
        ProposedPostFactory(
            proposal=proposal, account=first.account, due_at=NOW + timedelta(days=day),
            piece_version=PieceFactory(brand=proposal.brand, text=words).current,
        )  # fmt: skip
    return proposal


def with_post(proposal: Proposal) -> Post:
    """A ready post that the proposal gives a time, too."""
    post = PostFactory(account=proposal.items.first().account)
    ProposedPostFactory(
        proposal=proposal, account=post.account, post=post, existed=True,
        piece_version=post.piece_version, channel_type=post.channel_type,
        due_at=NOW + timedelta(days=9),
    )  # fmt: skip
    return post


def press(proposal: Proposal, by: User, now: datetime = NOW) -> tuple[Proposal, bool]:
    return confirm(proposal, digest=Look(proposal, now).digest, by=by, now=now)


def states() -> list[str]:
    return list(Post.objects.order_by("pk").values_list("status", flat=True))


def test_each_post_is_made_with_its_time_in_one_batch(by: User) -> None:
    proposal = proposal_of()
    post = with_post(proposal)
    found, new = press(proposal, by)
    assert new
    assert found.batch == Batch.objects.get(pk=proposal.pk)
    assert states() == [Status.SCHEDULED] * 4
    assert found.batch.posts.count() == 4
    for item in proposal.items.all():
        assert item.post is not None
        assert (item.post.due_at, item.post.wall_time) == (item.due_at, item.wall_time)
    assert Post.objects.get(pk=post.pk).due_at == NOW + timedelta(days=9)
    assert AuditEntry.objects.filter(verb="bulk schedule", user=by).count() == 1


def test_pressing_again_finds_what_the_first_press_made(by: User) -> None:
    proposal = proposal_of()
    press(proposal, by)
    assert confirm(proposal, digest="seen long ago", by=by, now=NOW)[1] is False
    assert Post.objects.count() == 3


def test_one_that_cannot_be_keeps_all_from_being_made_and_says_why(by: User) -> None:
    proposal = proposal_of()
    late = proposal.items.last()
    ProposedPost.objects.filter(pk=late.pk).update(due_at=NOW - timedelta(hours=1))
    with pytest.raises(BatchRefused) as refused:
        press(proposal, by)
    assert refused.value.reasons == {late.pk: ["This time has passed."]}
    assert not Post.objects.exists()
    assert not Batch.objects.exists()


def test_one_that_fails_only_while_it_is_made_takes_the_others_with_it(
    by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = proposal_of()
    account = proposal.items.first().account
    last = proposal.items.last()
    monkeypatch.setattr(Look, "_stops", lambda look, item: iter(()))  # nothing is seen before
    ProposedPost.objects.filter(pk=last.pk).update(
        piece_version=PostFactory(account=account, scheduled=True).piece_version
    )
    with pytest.raises(BatchRefused) as refused:
        press(proposal, by)
    assert "already" in refused.value.reasons[last.pk][0]
    assert Post.objects.count() == 1
    assert Proposal.objects.get().batch is None


def test_what_is_left_out_is_not_made(by: User) -> None:
    proposal = proposal_of()
    look = Look(proposal, NOW)
    proposing.leave_out(look, [look.seen[0].item], version=1, now=NOW)
    press(proposal, by)
    assert Post.objects.count() == 2


def test_with_everything_left_out_nothing_is_done(by: User) -> None:
    proposal = proposal_of(1)
    proposal.items.update(left_out=True)
    with pytest.raises(ValidationError, match="Everything was left out"):
        press(proposal, by)


def test_what_came_into_its_way_since_is_looked_at_first(by: User) -> None:
    account = AccountFactory(minimum_gap=timedelta(minutes=30))
    proposal = proposal_of(account=account)
    seen = Look(proposal, NOW).digest
    PostFactory(account=account, scheduled=True, due=NOW + timedelta(days=1, minutes=5))
    with pytest.raises(NotPossible, match="has changed since you looked"):
        confirm(proposal, digest=seen, by=by, now=NOW)
    assert Post.objects.count() == 1
    press(proposal, by)  # having looked
    assert Post.objects.count() == 4


def test_after_a_day_it_has_expired(by: User) -> None:
    proposal = proposal_of()
    with pytest.raises(NotPossible, match="has expired"):
        press(proposal, by, NOW + timedelta(hours=24))


def test_one_that_was_discarded_is_not_confirmed(by: User) -> None:
    proposal = proposal_of()
    digest = Look(proposal, NOW).digest
    proposing.discard(Proposal.objects.get())
    with pytest.raises(NotPossible, match="was discarded"):
        confirm(proposal, digest=digest, by=by, now=NOW)


def test_one_that_was_confirmed_is_not_discarded(by: User) -> None:
    proposal = proposal_of()
    press(proposal, by)
    with pytest.raises(NotPossible, match="confirmed or discarded already"):
        proposing.discard(proposal)


def test_undone_what_was_made_is_cancelled_and_what_was_there_is_ready(by: User) -> None:
    proposal = proposal_of()
    post = with_post(proposal)
    press(proposal, by)
    assert undo(proposal, by=by, now=NOW).done == 4
    post.refresh_from_db()
    assert (post.status, post.due_at) == (Status.READY, None)
    assert sorted(states()) == [Status.CANCELLED] * 3 + [Status.READY]
    assert undo(proposal, by=by, now=NOW).done == 0
    assert AuditEntry.objects.filter(verb="undo bulk schedule").count() == 1


def test_after_an_undo_the_same_can_be_proposed_and_made_again(by: User) -> None:
    proposal = proposal_of(1)
    version = proposal.items.get().piece_version
    press(proposal, by)
    undo(proposal, by=by, now=NOW)
    account = proposal.items.get().account
    second = ProposalFactory(at=NOW, account=account)
    second.items.update(piece_version=version)
    press(second, by)
    assert sorted(states()) == [Status.CANCELLED, Status.SCHEDULED]


def test_once_the_first_has_left_nothing_is_undone(by: User) -> None:
    proposal = proposal_of()
    press(proposal, by)
    first = Post.objects.order_by("due_at").first()
    Post.objects.filter(pk=first.pk).update(
        status=Status.PUBLISHED, remote_id="1", published_at=NOW
    )
    with pytest.raises(NotPossible, match="too late to undo all of it"):
        undo(proposal, by=by, now=NOW)
    assert states().count(Status.SCHEDULED) == 2


def test_what_somebody_moved_or_cancelled_since_stays_as_it_is(by: User) -> None:
    proposal = proposal_of()
    press(proposal, by)
    first, second, _ = Post.objects.for_list().order_by("due_at")
    schedule(first, wall="2026-12-24 10:00", zone="UTC", by=by, now=NOW)
    cancel(second, by=by, now=NOW)
    outcome = undo(proposal, by=by, now=NOW)
    assert (outcome.done, outcome.kept) == (1, [first, second])
    first.refresh_from_db()
    assert first.due_at == datetime(2026, 12, 24, 10, tzinfo=UTC)


def test_what_was_never_confirmed_is_not_undone(by: User) -> None:
    with pytest.raises(NotPossible, match="never confirmed"):
        undo(proposal_of(), by=by, now=NOW)


def at_once(work: Callable[[], Any], times: int = 4) -> list[Any]:
    """Do it in so many threads that begin together; return what each came to."""
    ready, found = threading.Barrier(times), []

    def one() -> None:
        try:
            ready.wait(10)
            found.append(work())
        except Exception as error:  # noqa: BLE001 (told by the assertion of the test)
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.mark.django_db(transaction=True)
def test_confirmed_at_once_by_several_it_is_made_once() -> None:
    proposal, by = proposal_of(5), UserFactory()
    digest = Look(proposal, NOW).digest
    found = at_once(lambda: confirm(proposal, digest=digest, by=by, now=NOW)[1])
    assert sorted(map(str, found)) == ["False"] * 3 + ["True"]
    assert (Post.objects.count(), Batch.objects.count()) == (5, 1)


@pytest.mark.django_db(transaction=True)
def test_undone_at_once_by_several_it_is_undone_once() -> None:
    proposal, by = proposal_of(5), UserFactory()
    press(proposal, by)
    found = at_once(lambda: undo(proposal, by=by, now=NOW).done)
    assert sorted(map(str, found)) == ["0", "0", "0", "5"]
    assert set(states()) == {Status.CANCELLED}


@pytest.mark.django_db(transaction=True)
def test_two_proposals_of_the_same_piece_confirmed_at_once_make_it_once() -> None:
    first, by, account = proposal_of(1), UserFactory(), Account.objects.get()
    other = ProposalFactory(at=NOW, account=account)
    other.items.update(piece_version=first.items.get().piece_version)
    digests = {one.pk: Look(one, NOW).digest for one in (first, other)}
    turn: Iterator[Proposal] = iter([first, other])
    taking = threading.Lock()

    def work() -> bool:
        with taking:
            mine = next(turn)
        return confirm(mine, digest=digests[mine.pk], by=by, now=NOW)[1]

    found = at_once(work, 2)
    assert sum(one is True for one in found) == 1, found
    assert sum(isinstance(one, (NotPossible, BatchRefused)) for one in found) == 1, found
    assert Post.objects.count() == 1
