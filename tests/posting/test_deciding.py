"""What a person can decide, in every state: it is done, or it is refused and nothing changes."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from kombu.exceptions import OperationalError

from organisation.models import AuditEntry, Notice
from organisation.notices import open_notice
from posting import deciding
from posting.deciding import NotPossible
from posting.models import FollowUp, Post, PublishStep
from posting.states import Status
from posting.tasks import drain
from tests.factories import AccountFactory, PostFactory, PublishStepFactory, UserFactory
from tests.posting.conftest import fresh

pytestmark = pytest.mark.django_db
S = Status


def _name(value):
    return getattr(value, "__name__", value)


# verb: from which states, and where the post is afterwards
VERBS = {
    deciding.publish_now: (
        {S.READY, S.SCHEDULED, S.FAILED, S.MISSED, S.CANCELLED}, S.SCHEDULED,
    ),
    deciding.retry: ({S.FAILED, S.MISSED}, S.SCHEDULED),
    deciding.cancel: ({S.READY, S.SCHEDULED, S.FAILED, S.MISSED}, S.CANCELLED),
    deciding.confirm_live: ({S.UNCONFIRMED}, S.PUBLISHED),
    deciding.send_again: ({S.UNCONFIRMED, S.FAILED}, S.SCHEDULED),
    deciding.give_up: ({S.UNCONFIRMED}, S.FAILED),
    deciding.ask_delete: ({S.PUBLISHED}, S.PUBLISHED),
}  # fmt: skip
CASES = [(verb, state) for verb in VERBS for state in Status]


def make(state):
    return PostFactory(**({} if state == S.READY else {state.value: True}))


def do(verb, post):
    verb(post, by=UserFactory(), now=timezone.now())


def snapshot_of(post):
    return Post.objects.filter(pk=post.pk).values().get()


@pytest.mark.parametrize(("verb", "state"), CASES, ids=_name)
def test_every_verb_in_every_state(verb, state):
    allowed, after = VERBS[verb]
    post = make(state)
    before = snapshot_of(post)
    if state in allowed:
        do(verb, post)
        assert fresh(post).status == after
        assert AuditEntry.objects.filter(subject_id=post.pk).exists()
    else:
        with pytest.raises(NotPossible, match=r"\w+.*\."):
            do(verb, post)
        assert snapshot_of(post) == before
        assert not post.events.exists()
        assert not FollowUp.objects.exists()


@pytest.mark.parametrize(
    ("verb", "state"), [(verb, min(states)) for verb, (states, _) in VERBS.items()
                        if verb not in (deciding.ask_delete, deciding.publish_now)],
    ids=_name,
)  # fmt: skip
def test_two_at_once_decide_once(verb, state):
    post = make(state)
    one, other = fresh(post), fresh(post)
    do(verb, one)
    with pytest.raises(NotPossible):
        do(verb, other)
    assert post.events.count() == 1


def test_two_who_bring_a_scheduled_post_forward_do_it_once():
    post = make(S.SCHEDULED)
    one, other = fresh(post), fresh(post)
    do(deciding.publish_now, one)
    with pytest.raises(NotPossible, match="a moment ago"):
        do(deciding.publish_now, other)
    assert post.events.count() == 1


@pytest.mark.parametrize("verb", [deciding.publish_now, deciding.retry, deciding.cancel])
@pytest.mark.parametrize("state", [S.SCHEDULED, S.FAILED])
def test_what_may_be_out_is_not_sent_or_cancelled_in_passing(verb, state):
    post = make(state)
    PublishStepFactory(post=post)
    before = snapshot_of(post)
    with pytest.raises(NotPossible):
        do(verb, post)
    assert snapshot_of(post) == before


def test_what_is_partly_out_is_not_cancelled():
    post = PostFactory(failed=True, irrevocable=True)
    with pytest.raises(NotPossible, match="Part of this is already out"):
        do(deciding.cancel, post)
    assert fresh(post).status == S.FAILED


def test_a_post_a_worker_took_a_moment_ago_is_not_cancelled():
    post = make(S.SCHEDULED)
    seen = fresh(post)
    Post.objects.filter(pk=post.pk).update(status=S.PUBLISHING, lease_until=timezone.now())
    with pytest.raises(NotPossible, match="publishing"):
        do(deciding.cancel, seen)


def test_a_new_try_begins_afresh_now():
    post = PostFactory(
        failed=True, attempts=7, unanswered_claims=2, looks=3, zone="Pacific/Auckland"
    )
    now = timezone.now()
    deciding.retry(post, by=UserFactory(), now=now)
    row = fresh(post)
    assert (row.due_at, row.wake_at, row.next_attempt_at) == (now, now, None)
    assert (row.attempts, row.unanswered_claims, row.looks, row.first_claimed_at) == (0, 0, 0, None)
    assert (row.error_class, row.error_sentence) == ("", "")
    assert row.zone == "Pacific/Auckland"
    assert row.wall_time != f"{now:%Y-%m-%dT%H:%M:%S}"


def test_seeing_a_post_keeps_who_saw_it_and_where():
    post, person = make(S.UNCONFIRMED), UserFactory()
    url = "https://www.facebook.com/7"
    deciding.confirm_live(post, by=person, now=timezone.now(), url=url)
    row = fresh(post)
    assert (row.confirmed_by, row.remote_url, row.remote_id) == (person, url, "")
    assert row.irrevocable
    assert post.events.get().evidence == url


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "nonsense", f"https://facebook.com/{'x' * 600}"]
)
def test_an_address_that_is_none_confirms_nothing(url):
    post = make(S.UNCONFIRMED)
    with pytest.raises(ValidationError):
        deciding.confirm_live(post, by=UserFactory(), now=timezone.now(), url=url)
    assert fresh(post).status == S.UNCONFIRMED


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/7",
        "https://notfacebook.com/7",
        "https://facebook.com.example.org/7",
        "https://facebook.com@example.org/7",
        "https://mastodon.scot/@glenandloom/7",
    ],
)
def test_an_address_at_another_site_confirms_nothing(url):
    post = make(S.UNCONFIRMED)
    with pytest.raises(ValidationError, match=r"posts to Facebook \(facebook.com\)"):
        deciding.confirm_live(post, by=UserFactory(), now=timezone.now(), url=url)
    assert fresh(post).status == S.UNCONFIRMED


def test_a_post_of_a_server_stands_at_that_server_and_where_its_pages_are():
    facts = {"account_url": "https://social.example/@glenandloom"}
    account = AccountFactory(
        platform="mastodon", server="https://api.social.test", server_facts=facts
    )
    for url in ("https://api.social.test/@a/1", "https://social.example/@glenandloom/1"):
        post = PostFactory(account=account, unconfirmed=True)
        deciding.confirm_live(post, by=UserFactory(), now=timezone.now(), url=url)
        assert fresh(post).remote_url == url
    other = PostFactory(account=account, unconfirmed=True)
    with pytest.raises(ValidationError, match=r"api\.social\.test"):
        deciding.confirm_live(
            other, by=UserFactory(), now=timezone.now(), url="https://mastodon.social/@a/1"
        )


def test_what_went_to_the_sandbox_stands_there(settings):
    settings.SANDBOX_URL = "http://127.0.0.1:8800"
    post = PostFactory(account=AccountFactory(server="sandbox"), unconfirmed=True)
    url = "http://127.0.0.1:8800/facebook/1001/posts/7"
    deciding.confirm_live(post, by=UserFactory(), now=timezone.now(), url=url)
    assert fresh(post).remote_url == url


@pytest.mark.parametrize("verb", [deciding.confirm_live, deciding.give_up, deciding.send_again])
def test_a_decision_closes_the_question(verb):
    post = make(S.UNCONFIRMED)
    open_notice(f"unconfirmed:{post.pk}", "It may be out.", brand=post.brand)
    do(verb, post)
    assert not Notice.objects.open().exists()


def test_giving_up_leaves_in_the_journal_what_may_be_out():
    post = make(S.UNCONFIRMED)
    PublishStepFactory(post=post)
    do(deciding.give_up, post)
    assert post.steps.get().state == PublishStep.State.STARTED
    assert fresh(post).next_look_at is None
    with pytest.raises(NotPossible):
        do(deciding.retry, fresh(post))


def test_a_post_is_deleted_once_however_often_the_button_is_pressed():
    post = make(S.PUBLISHED)
    do(deciding.ask_delete, post)
    do(deciding.ask_delete, post)
    assert FollowUp.objects.get().kind == FollowUp.Kind.DELETE


def test_a_post_without_the_platforms_id_cannot_be_deleted_from_here():
    post = PostFactory(published=True, remote_id="", confirmed_by=UserFactory())
    with pytest.raises(NotPossible, match="by hand"):
        do(deciding.ask_delete, post)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_fail_the_request(monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(drain, "apply_async", fail)
    post = make(S.READY)
    do(deciding.publish_now, post)
    assert fresh(post).status == S.SCHEDULED
