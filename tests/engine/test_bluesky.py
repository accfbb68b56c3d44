"""A post to Bluesky through the whole engine, at the sandbox: faults, and a session that ends."""

from datetime import timedelta

import pytest

from organisation.clock import database_now
from platforms.doors import Place
from platforms.models import Account, Platform, PlatformCredential
from platforms.models.account import SANDBOX
from platforms.oauth import password_path_of
from platforms.refreshing import refresh_due
from platforms.signing_in import sign_in
from posting import reconciling
from posting.models import FollowUp
from posting.states import Status
from tests.engine.conftest import MakePost, later, live, send_due, wake
from tests.factories import BrandFactory, UserFactory
from tests.sandbox.conftest import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)

# the fault, the state it leaves, the copies that are live then
FAULTS = (
    ("refuse", Status.FAILED, 0),
    ("rate_limit", Status.SCHEDULED, 0),
    ("error_500_before", Status.UNCONFIRMED, 0),
    ("reset_before", Status.UNCONFIRMED, 0),
    ("reset_after_accept", Status.UNCONFIRMED, 1),
    ("garbage", Status.UNCONFIRMED, 1),
)


@pytest.mark.parametrize(("fault", "state", "copies"), FAULTS)
def test_what_is_not_known_is_sent_again_under_its_key_and_stays_one(
    sandbox: Sandbox, make_post: MakePost, fault: str, state: str, copies: int
) -> None:
    post = make_post("bluesky")
    sandbox.arm("bluesky", fault)
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (state, copies)
    if state == Status.FAILED:
        return
    reconciling.reconcile(later(10))
    Account.objects.update(blocked_until=None)
    wake(post)
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (Status.PUBLISHED, 1)
    assert post.remote_id == sandbox.posts(platform="bluesky")[-1]["id"]


def test_when_its_key_is_too_old_to_send_the_record_itself_is_read(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    lost, out = make_post("bluesky", text="Lost"), make_post("bluesky", text="Out")
    for post, fault in ((lost, "reset_before"), (out, "reset_after_accept")):
        sandbox.arm("bluesky", fault, account=post.account.remote_id)
    send_due()
    for post in (lost, out):
        post.refresh_from_db()
        assert post.status == Status.UNCONFIRMED
        post.steps.filter(key="post").update(valid_until=later(-1))
    reconciling.reconcile(later(10))
    out.refresh_from_db()
    assert out.status == Status.PUBLISHED
    reconciling.reconcile(later(30))  # the second reading of a record that is not there
    wake(lost)
    send_due()
    lost.refresh_from_db()
    assert (lost.status, live(sandbox, lost), live(sandbox, out)) == (Status.PUBLISHED, 1, 1)


def test_a_first_comment_and_the_deletion_follow(sandbox: Sandbox, make_post: MakePost) -> None:
    said = {"bluesky/post": {"first_comment": "The first to say so."}}
    post = make_post("bluesky", variants=said)
    send_due()
    assert FollowUp.objects.get(post=post).state == FollowUp.State.DONE
    first, comment = sandbox.posts(platform="bluesky")
    assert comment["parent"] == first["id"]


DID, HANDLE = "did:plc:ewvi7nxzyoun6zhxrhs64oiz", "ferries.test"


def register(sandbox: Sandbox, **limits: object) -> None:
    sandbox.register("bluesky", DID, "not-used-by-anybody", limits={"handle": HANDLE, **limits})


def connected(sandbox: Sandbox, **limits: object) -> Account:
    """An account that signed in, at a sandbox with these limits for it."""
    register(sandbox, **limits)
    platform = Platform.objects.get(slug="bluesky")
    path = password_path_of(platform.adapter)
    assert path is not None
    place = Place(BrandFactory(), platform, path, SANDBOX)
    return sign_in(place, path, HANDLE, "sandbox-pass-word", by=UserFactory(), now=database_now())


def test_a_post_whose_session_ended_waits_for_the_new_one_and_goes_out(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    account = connected(sandbox, access_seconds=0)
    connected_long_ago = database_now() - timedelta(hours=3)
    PlatformCredential.objects.update(stored_at=connected_long_ago)
    post = make_post("bluesky", account=account)
    send_due()
    post.refresh_from_db()
    account.refresh_from_db()
    assert (post.status, account.state) == (Status.SCHEDULED, Account.State.CONNECTED)
    assert live(sandbox, post) == 0

    register(sandbox)
    assert refresh_due(database_now()) == 1
    Account.objects.update(blocked_until=None)
    wake(post)
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (Status.PUBLISHED, 1)
