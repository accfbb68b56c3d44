"""What each fault of a platform leads to: the post's state, and how many copies are live."""

from io import BytesIO

import pytest

from content.media import keep_picture
from content.models import MediaAsset
from posting import reconciling
from posting.models import Post, PublishStep
from posting.states import Status
from tests.engine.conftest import MakePost, later, live, send_due, wake
from tests.sandbox.conftest import Sandbox

pytestmark = pytest.mark.django_db

# fault, state after the try, copies live, and for Facebook the state once it was looked for
FAULTS = (
    ("refuse", Status.FAILED, 0, Status.FAILED),
    ("slow", Status.PUBLISHED, 1, Status.PUBLISHED),
    ("hang", Status.UNCONFIRMED, 0, Status.UNCONFIRMED),
    ("reset_before", Status.UNCONFIRMED, 0, Status.UNCONFIRMED),
    ("reset_after_accept", Status.UNCONFIRMED, 1, Status.PUBLISHED),
    ("error_500_before", Status.UNCONFIRMED, 0, Status.UNCONFIRMED),
    ("maintenance", Status.UNCONFIRMED, 0, Status.UNCONFIRMED),
    ("redirect", Status.UNCONFIRMED, 0, Status.UNCONFIRMED),
    ("error_500_after_accept", Status.UNCONFIRMED, 1, Status.PUBLISHED),
    ("garbage", Status.UNCONFIRMED, 1, Status.PUBLISHED),
    ("wrong_content_type", Status.UNCONFIRMED, 1, Status.PUBLISHED),
    ("rate_limit", Status.SCHEDULED, 0, Status.SCHEDULED),
    ("expired_token", Status.SCHEDULED, 0, Status.SCHEDULED),
    ("quota", Status.SCHEDULED, 0, Status.SCHEDULED),
)
SECONDS = {"slow": 0.3, "hang": 3}


@pytest.mark.parametrize(("fault", "state", "copies", "found"), FAULTS)
def test_facebook_is_never_sent_twice_and_is_looked_for_when_unclear(
    sandbox: Sandbox, make_post: MakePost, fault: str, state: str, copies: int, found: str
) -> None:
    post = make_post("facebook")
    sandbox.arm("facebook", fault, seconds=SECONDS.get(fault, 0))
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (state, copies)
    assert post.error_sentence or state == Status.PUBLISHED

    reconciling.reconcile(later(10))
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (found, copies)
    assert send_due() == 0
    assert live(sandbox, post) == copies


@pytest.mark.parametrize(("fault", "state", "copies", "_"), FAULTS)
def test_mastodon_is_sent_again_with_its_key_and_stays_one(
    sandbox: Sandbox, make_post: MakePost, fault: str, state: str, copies: int, _: str
) -> None:
    post = make_post("mastodon")
    sandbox.arm("mastodon", fault, seconds=SECONDS.get(fault, 0))
    send_due()
    post.refresh_from_db()
    wanted = Status.SCHEDULED if fault == "quota" else state
    assert (post.status, live(sandbox, post)) == (wanted, copies)
    if state != Status.UNCONFIRMED:
        return

    key = post.steps.get().idempotency_key
    reconciling.reconcile(later(10))
    wake(post)
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (Status.PUBLISHED, 1)
    assert post.steps.get().idempotency_key == key
    assert post.remote_id == sandbox.posts(platform="mastodon")[-1]["id"]


def test_a_server_that_is_not_mastodon_gets_no_second_request(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("mastodon")
    post.account.server_facts = {"software": "pleroma"}
    post.account.save()
    sandbox.arm("mastodon", "reset_after_accept")
    send_due()
    assert post.steps.get().kind == PublishStep.Kind.ONCE
    reconciling.reconcile(later(10))
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (Status.PUBLISHED, 1)


def test_facebooks_duplicate_on_a_first_try_is_a_failure_that_names_the_twin(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    post = make_post("facebook")
    sandbox.arm("facebook", "duplicate")
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (Status.FAILED, 0)
    assert "Change the text, or open the other." in post.error_sentence


def test_two_posts_with_one_text_are_told_apart_when_one_answer_is_lost(
    sandbox: Sandbox, make_post: MakePost
) -> None:
    first = make_post("facebook", text="The same words twice")
    send_due()
    second = make_post("facebook", account=first.account, text="The same words twice")
    sandbox.arm("facebook", "reset_before")
    send_due()
    reconciling.reconcile(later(10))
    second.refresh_from_db()
    assert second.status == Status.UNCONFIRMED
    assert live(sandbox, second) == 1


def test_an_upload_that_fails_is_tried_again_and_the_post_is_out_once(
    sandbox: Sandbox, make_post: MakePost, picture: BytesIO
) -> None:
    post = make_post("mastodon")
    post.piece_version.media.create(position=1, asset=_asset(post, picture), alt="A harbour")
    sandbox.arm("mastodon", "error_500_before", call="upload")
    send_due()
    post.refresh_from_db()
    assert post.status == Status.SCHEDULED
    wake(post)
    send_due()
    post.refresh_from_db()
    assert (post.status, live(sandbox, post)) == (Status.PUBLISHED, 1)
    assert sandbox.posts()[0]["media"][0]["alt"] == "A harbour"


def test_a_facebook_photo_goes_out_with_its_caption_and_description(
    sandbox: Sandbox, make_post: MakePost, picture: BytesIO
) -> None:
    post = make_post("facebook", text="The harbour at six")
    asset = _asset(post, picture)
    post.piece_version.media.create(position=1, asset=asset, alt="Boats in the morning")
    send_due()
    (out,) = sandbox.posts()
    assert out["text"] == "The harbour at six"
    assert out["media"] == [
        {
            "type": "image",
            "alt": "Boats in the morning",
            "sha256": asset.sha256,
            "width": asset.width,
            "height": asset.height,
        }
    ]


def _asset(post: Post, picture: BytesIO) -> MediaAsset:
    return keep_picture(picture, "harbour.png", brand=post.brand, by=None)
