"""`kill -9` at every step of every kind of post that takes several: it goes on, and is out once."""

import io
import time
from collections.abc import Callable

import pytest

from content.models import MediaAsset
from content.uploads import keep_upload
from organisation.clock import database_now
from platforms.models import Account, ChannelType
from posting.models import Post, PublishStep
from posting.states import Status
from tests.content.films import film
from tests.content.pictures import picture as picture_file
from tests.engine.conftest import make_account
from tests.engine.working import PATIENCE, Workers, settled
from tests.factories import PieceFactory, PostFactory
from tests.processes import wait_until
from tests.sandbox.conftest import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.server]

FILM = film(9.0, pictures=bytes(range(256)) * 40)
PART = 4000  # bytes of a video that the sandbox asks for at once
# channel, whether a video, how many, the steps before the one that publishes
KINDS = {
    "photos": ("feed-post", False, 2, ("photo:1", "photo:2")),
    "video": ("feed-post", True, 1, ("upload:start", "upload:parts")),
    "reel": ("reel", True, 1, ("upload:start", "upload:file", "upload:ready")),
    "photo story": ("story", False, 1, ("photo:1",)),
    "video story": ("story", True, 1, ("upload:start", "upload:file", "upload:ready")),
}
Make = Callable[[str], Post]


@pytest.fixture
def make(sandbox: Sandbox) -> Make:
    def make(kind: str) -> Post:
        channel, is_video, count, _ = KINDS[kind]
        account = make_account(sandbox, "facebook", token="facebook-token-of-a-test")
        limits = {"video_part": PART, "video_processing": 1}
        sandbox.register("facebook", account.remote_id, "facebook-token-of-a-test", limits=limits)
        media = [medium(account, is_video, n) for n in range(count)]
        text = "" if "story" in kind else f"A text for a {kind}"
        piece = PieceFactory(brand=account.brand, text=text, media=media)
        slug = ChannelType.objects.get(platform=account.platform, slug=channel)
        post: Post = PostFactory(account=account, piece=piece, channel_type=slug, scheduled=True)
        return post

    return make


def medium(account: Account, is_video: bool, number: int) -> MediaAsset:
    data = FILM if is_video else picture_file("PNG", (40 + number, 20))
    return keep_upload(io.BytesIO(data), f"{number}", brand=account.brand, by=None)


def copies(sandbox: Sandbox, post: Post) -> int:
    return len(sandbox.posts(account=post.account.remote_id))


def hashes(sandbox: Sandbox, post: Post) -> list[str]:
    (out,) = sandbox.posts(account=post.account.remote_id)
    return [media["sha256"] for media in out["media"]]


def found(post: Post) -> bool:
    """Whether it was found; after a look that failed on a busy machine the next comes at once."""
    Post.objects.unconfirmed().filter(looks__gt=0).update(next_look_at=database_now())
    return settled(post, Status.PUBLISHED)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_every_upload_it_is_out_once_and_whole(
    sandbox: Sandbox, make: Make, workers: Workers, kind: str
) -> None:
    post = make(kind)
    points = [f"{step}: answered" for step in KINDS[kind][3]]
    for point in [points[0].replace("answered", "begun"), *points, "started: before the commit"]:
        # As long as it lives in between, it is not given up.
        Post.objects.filter(pk=post.pk).update(unanswered_claims=0)
        workers.kill_one_at(point)
        assert copies(sandbox, post) == 0
    with workers.two():
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, "published")
        time.sleep(0.5)  # long enough for a second copy, if one were coming
    assert copies(sandbox, post) == 1
    assert hashes(sandbox, post) == [
        use.asset.sha256 for use in post.piece_version.media.select_related("asset")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_killed_before_the_request_that_publishes_it_waits_for_a_person(
    sandbox: Sandbox, make: Make, workers: Workers, kind: str
) -> None:
    post = make(kind)
    workers.kill_one_at("post: begun")
    with workers.two():
        wait_until(lambda: settled(post, Status.UNCONFIRMED), PATIENCE, "unconfirmed")
        time.sleep(0.5)
    assert copies(sandbox, post) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_killed_after_the_answer_to_it_the_post_is_found(
    sandbox: Sandbox, make: Make, workers: Workers, kind: str
) -> None:
    post = make(kind)
    workers.kill_one_at("post: answered")
    with workers.two():
        wait_until(lambda: found(post), PATIENCE, "found")
        time.sleep(0.5)
    assert copies(sandbox, post) == 1
    assert post.remote_id == sandbox.posts(account=post.account.remote_id)[0]["id"]


def test_killed_in_the_middle_of_the_parts_the_next_worker_goes_on_there(
    sandbox: Sandbox, make: Make, workers: Workers
) -> None:
    post = make("video")
    for _ in range(2):
        sandbox.arm("facebook", "slow", call="upload")
    sandbox.arm("facebook", "slow", call="upload", seconds=10)

    def parts() -> int:
        said = [request["parameters"] or {} for request in sandbox.received()]
        return sum(one.get("upload_phase") == "transfer" for one in said)

    with workers.one(READ_TIMEOUT="20") as victim:
        wait_until(lambda: parts() == 2, PATIENCE, "two parts")
        victim.kill()
        victim.wait()
    with workers.two():
        wait_until(lambda: settled(post, Status.PUBLISHED), PATIENCE, "published")
    assert copies(sandbox, post) == 1
    assert hashes(sandbox, post) == [post.piece_version.media.get().asset.sha256]
    # The first part was tried once more, and refused with the place to go on at.
    assert parts() == -(-len(FILM) // PART) + 1
    starts = PublishStep.objects.filter(post=post, key="upload:start")
    assert starts.count() == 1
