"""The three kinds of step: what each does the first time, and what it does in a later life."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from organisation import memory
from organisation.models import Switch
from platforms.clock import boottime
from platforms.errors import NotReady, NotSent, OutcomeUnknown, RateLimited, Rejected, Unclear
from platforms.http import nothing_to_do
from posting.journal import Behind, LeaseLost, request_hash
from posting.models import Post, PublishStep
from posting.states import Status
from tests.factories import PostFactory, PublishStepFactory
from tests.posting.conftest import WINDOW, claimed, end_lease, fresh, journal_of, states

pytestmark = pytest.mark.django_db
REQUEST = {"text": "Hello", "media": []}
Kind, State = PublishStep.Kind, PublishStep.State


@pytest.fixture
def post():
    return PostFactory(scheduled=True)


def earlier(post, **values):
    """A step of an earlier life of the post."""
    hashed = request_hash(values.pop("request", REQUEST))
    return PublishStepFactory(post=post, request_hash=hashed, lease_token=0, **values)


def do(kind, journal, platform, step="post"):
    match kind:
        case Kind.ONCE:
            return journal.once(step, partial(platform.take, step), REQUEST)
        case Kind.KEYED:
            return journal.keyed(step, partial(platform.take, step), REQUEST, WINDOW)
    return journal.repeatable(step, partial(platform.take, step), WINDOW)


@pytest.mark.parametrize("kind", [Kind.ONCE, Kind.KEYED])
def test_nothing_leaves_when_the_database_is_older_than_what_this_machine_has_seen(
    post, platform, kind
):
    claim = claimed()
    memory.remember(1_000_000)
    with pytest.raises(Behind):
        do(kind, journal_of(claim), platform)
    assert platform.reached == []
    assert states(post) == []
    assert fresh(post).on_wire == ""
    assert Switch.objects.get(brand=None).stopped


@pytest.mark.parametrize("kind", [Kind.ONCE, Kind.KEYED])
def test_this_machine_remembers_a_step_before_its_request_leaves(post, platform, kind):
    seen: list[int] = []
    platform.before["post"] = lambda: seen.append(memory.recall().journal)
    do(kind, journal_of(claimed()), platform)
    assert seen == [post.steps.get().pk]


@pytest.mark.parametrize("kind", [Kind.ONCE, Kind.KEYED])
def test_a_started_row_is_there_before_the_request_leaves(post, platform, kind):
    claim = claimed()
    seen: list[tuple[list, str]] = []
    platform.before["post"] = lambda: seen.append((states(post), fresh(post).on_wire))
    do(kind, journal_of(claim), platform)
    assert seen == [([("post", 1, State.STARTED)], "post")]
    row = post.steps.get()
    assert (row.kind, row.lease_token) == (kind, claim.token)
    assert row.request_hash == request_hash(REQUEST)


@pytest.mark.parametrize("kind", Kind)
def test_a_step_that_is_done_gives_its_result_without_a_request(post, platform, kind):
    known = {"id": "55_1"}
    later = timezone.now() + timedelta(hours=1)
    earlier(post, kind=kind, state=State.DONE, result=known, valid_until=later)
    assert do(kind, journal_of(claimed()), platform) == known
    assert platform.reached == []


def test_a_once_step_that_was_started_is_never_sent_again(post, platform):
    earlier(post)
    with pytest.raises(OutcomeUnknown):
        do(Kind.ONCE, journal_of(claimed()), platform)
    assert platform.reached == []
    assert states(post) == [("post", 1, State.STARTED)]


@pytest.mark.parametrize("kind", [Kind.ONCE, Kind.KEYED])
def test_no_clear_answer_to_what_creates_is_an_unknown_outcome(post, platform, kind):
    platform.says(Unclear("It timed out."))
    with pytest.raises(OutcomeUnknown, match="It timed out"):
        do(kind, journal_of(claimed()), platform)


def test_no_clear_answer_to_what_may_be_repeated_is_nothing_sent(post, platform):
    platform.says(Unclear("It timed out."))
    with pytest.raises(NotSent, match="safe to try again"):
        do(Kind.REPEATABLE, journal_of(claimed()), platform)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("error", [NotSent, NotReady, RateLimited, Rejected])
def test_clear_answers_pass_through(post, platform, kind, error):
    platform.says(error("No."))
    with pytest.raises(error, match="No"):
        do(kind, journal_of(claimed()), platform)


def open_keyed(post, minutes=30, **values):
    until = timezone.now() + timedelta(minutes=minutes)
    return earlier(post, kind=Kind.KEYED, idempotency_key="k-1", valid_until=until, **values)


def test_an_open_keyed_step_is_sent_again_with_its_own_key(post, platform):
    row = open_keyed(post)
    claim = claimed()
    assert do(Kind.KEYED, journal_of(claim), platform)["id"] == "remote-post"
    assert platform.keys == ["k-1"]
    row.refresh_from_db()
    assert (row.generation, row.lease_token) == (1, claim.token)


def test_an_open_keyed_step_with_other_content_is_not_sent_again(post, platform):
    open_keyed(post, request={"text": "Something else"})
    with pytest.raises(OutcomeUnknown):
        do(Kind.KEYED, journal_of(claimed()), platform)
    assert platform.reached == []


def test_an_open_keyed_step_is_not_sent_again_after_its_window(post, platform):
    open_keyed(post, minutes=-1)
    with pytest.raises(OutcomeUnknown):
        do(Kind.KEYED, journal_of(claimed()), platform)
    assert platform.reached == []


def test_an_open_once_step_is_not_sent_again_as_a_keyed_one(post, platform):
    """The server said it was Mastodon only the second time."""
    earlier(post, valid_until=timezone.now() + timedelta(hours=1))
    with pytest.raises(OutcomeUnknown):
        do(Kind.KEYED, journal_of(claimed()), platform)


def test_the_window_ends_five_minutes_early(post, platform):
    do(Kind.KEYED, journal_of(claimed()), platform)
    row = post.steps.get()
    assert row.valid_until - row.started_at <= timedelta(minutes=55)
    assert row.valid_until - row.started_at > timedelta(minutes=54)


@pytest.mark.parametrize("kind", [Kind.ONCE, Kind.KEYED])
def test_a_step_that_was_voided_begins_a_new_generation(post, platform, kind):
    earlier(post, kind=kind, state=State.VOID, idempotency_key="k-1")
    do(kind, journal_of(claimed()), platform)
    assert states(post) == [("post", 1, State.VOID), ("post", 2, State.STARTED)]
    assert platform.keys[0] != "k-1"


def test_keys_differ_by_post_step_and_generation(platform):
    for _ in range(2):
        journal = journal_of(claimed_new())
        for step in ("post", "post:2"):
            do(Kind.KEYED, journal, platform, step)
    assert len(set(platform.keys)) == 4
    assert all(len(key) == 48 for key in platform.keys)


def claimed_new():
    PostFactory(scheduled=True)
    return claimed()


def test_an_upload_is_used_again_while_it_is_valid_and_done_anew_afterwards(post, platform):
    old = earlier(
        post, key="media:1", kind=Kind.REPEATABLE, state=State.DONE, result={"id": "old"},
        valid_until=timezone.now() - timedelta(seconds=1),
    )  # fmt: skip
    journal = journal_of(claimed())
    assert do(Kind.REPEATABLE, journal, platform, "media:1")["id"] == "remote-media:1"
    assert do(Kind.REPEATABLE, journal, platform, "media:1")["id"] == "remote-media:1"
    do(Kind.ONCE, journal, platform)
    assert platform.reached == ["media:1", "post"]
    assert states(post) == [
        ("media:1", 1, State.VOID), ("media:1", 2, State.DONE), ("post", 1, State.STARTED),
    ]  # fmt: skip
    old.refresh_from_db()
    assert old.void_reason


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_sent_once_the_lease_has_ended(post, platform, kind):
    journal = journal_of(claimed())
    end_lease(post)
    with pytest.raises(LeaseLost):
        do(kind, journal, platform)
    assert platform.reached == []
    assert states(post) == []


@pytest.mark.parametrize(
    "values", [{"lease_token": 2}, {"status": Status.SCHEDULED, "lease_until": None}]
)
def test_nothing_is_sent_once_others_have_the_post(post, platform, values):
    journal = journal_of(claimed())
    Post.objects.filter(pk=post.pk).update(**values)
    with pytest.raises(LeaseLost):
        do(Kind.ONCE, journal, platform)
    assert platform.reached == []


def test_each_step_renews_the_lease_and_the_time_by_which_it_may_begin(post, platform):
    claim = claimed()
    journal = journal_of(claim)
    Post.objects.filter(pk=post.pk).update(lease_until=timezone.now() + timedelta(seconds=5))
    do(Kind.REPEATABLE, journal, platform, "media:1")
    assert fresh(post).lease_until > timezone.now() + timedelta(seconds=100)
    assert journal.client.deadline >= claim.deadline


def test_a_long_upload_keeps_its_lease(post, platform, monkeypatch):
    claim = claimed()
    journal = journal_of(claim)
    seen = []

    def upload():
        before = fresh(post).lease_until
        journal.client.keep_going()  # too soon
        seen.append(fresh(post).lease_until == before)
        journal.client.deadline -= journal.client.deadline - boottime()  # its share is used up
        journal.client.keep_going()
        seen.append(fresh(post).lease_until > before)
        seen.append(journal.client.deadline > boottime())
        return {}

    journal.repeatable("upload", upload)
    assert seen == [True, True, True]
    assert journal.client.keep_going is nothing_to_do


def test_a_long_upload_stops_when_another_has_taken_the_post(post, platform):
    journal = journal_of(claimed())

    def upload():
        Post.objects.filter(pk=post.pk).update(lease_token=99)
        journal.client.deadline = boottime()
        journal.client.keep_going()

    with pytest.raises(LeaseLost):
        journal.repeatable("upload", upload)
    assert fresh(post).lease_token == 99


def test_an_upload_of_another_file_is_done_anew(post, platform):
    journal = journal_of(claimed())
    upload = partial(platform.take, "upload")
    journal.repeatable("upload", upload, WINDOW, {"sha256": "one"})
    journal.save_answer()
    end_lease(post)
    Post.objects.update(status=Status.SCHEDULED, lease_until=None, wake_at=timezone.now())
    later = journal_of(claimed())
    later.repeatable("upload", upload, WINDOW, {"sha256": "one"})
    later.repeatable("upload", upload, WINDOW, {"sha256": "two"})
    later.save_answer()
    assert platform.reached == ["upload", "upload"]
    assert states(post) == [("upload", 1, State.VOID), ("upload", 2, State.DONE)]


def test_what_is_forgotten_is_done_again_and_takes_the_place_of_the_first(post, platform):
    journal = journal_of(claimed())
    upload = partial(platform.take, "upload")
    journal.repeatable("upload", upload, WINDOW)
    journal.forget("upload")
    journal.forget("never done")
    journal.repeatable("upload", upload, WINDOW)
    journal.save_answer()
    assert platform.reached == ["upload", "upload"]
    kept = [(step.generation, step.state) for step in post.steps.all()]
    assert kept == [(1, State.VOID), (2, State.DONE)]


def test_a_step_may_be_done_inside_another(post, platform):
    journal = journal_of(claimed())

    def outer():
        part = journal.repeatable("part", partial(platform.take, "part"), WINDOW)
        return {"id": f"whole of {part['id']}"}

    assert journal.repeatable("whole", outer, WINDOW)["id"] == "whole of remote-part"
    journal.save_answer()
    assert {step.key: step.state for step in post.steps.all()} == {
        "part": State.DONE,
        "whole": State.DONE,
    }
