"""What cannot go out as planned goes another way, where that is set up and certain, and once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from organisation.clock import database_now
from organisation.models import Notice
from platforms.errors import (
    AccountBlocked,
    CredentialsExpired,
    NotReady,
    PermissionMissing,
    Rejected,
    Unclear,
    VideoRefused,
)
from platforms.models import Account
from platforms.pausing import pause_account, resume_account
from posting import falling_back
from posting.deciding import retry
from posting.dispatching import dispatch
from posting.editing import edit_post
from posting.falling_back import fall_back
from posting.models import Post, PostAttempt, PublishStep
from posting.publishing import publish
from posting.reaping import reap
from posting.states import Hold, Status
from tests.factories import (
    AccountFactory,
    ApprovalFactory,
    BrandFactory,
    MediaAssetFactory,
    PieceFactory,
    PostFactory,
    PublishStepFactory,
    SwitchFactory,
    UserFactory,
)
from tests.posting.conftest import claimed, end_lease, fresh, here, send, states

pytestmark = pytest.mark.django_db
STOPS = [
    CredentialsExpired("The token ended."),
    PermissionMissing("No right."),
    AccountBlocked("No."),
]


@pytest.fixture
def brand():
    return BrandFactory()


@pytest.fixture
def spare(brand, platform):
    return AccountFactory(brand=brand, name="Spare page")


@pytest.fixture
def account(brand, spare):
    return AccountFactory(brand=brand, name="First page", fallback=spare)


@pytest.fixture
def post(account):
    return PostFactory(account=account, scheduled=True)


def halt(account):
    Account.objects.filter(pk=account.pk).update(
        state="needs_reconnect", state_reason="The token ended."
    )


def all_due():
    """Send until nothing is left, with the dispatcher's looks between."""
    for _ in range(5):
        fall_back(database_now())
        while send():
            pass


@pytest.mark.parametrize("error", STOPS, ids=lambda error: type(error).__name__)
def test_once_its_platform_has_stopped_an_account_the_other_sends(platform, post, spare, error):
    platform.says(error)
    all_due()
    row = fresh(post)
    assert (row.status, row.account, row.meant_for) == (Status.PUBLISHED, spare, post.account)
    assert platform.reached == ["post", "post"]
    tries = PostAttempt.objects.filter(post=post).order_by("attempt_number")
    assert [(t.attempt_number, t.account, t.status) for t in tries] == [
        (1, post.account, "not_sent"),
        (2, spare, "published"),
    ]
    assert states(post) == [("post", 1, "void"), ("post", 2, "done")]
    told = "The post goes out by Spare page instead."
    assert post.events.filter(actor="fallback", sentence__endswith=told).count() == 1


def test_the_dispatcher_does_it(post, spare):
    halt(post.account)
    dispatch(lambda: None, seconds=0)
    assert fresh(post).account == spare


def test_the_notice_says_where_its_posts_go(platform, post):
    platform.says(AccountBlocked("Blocked."))
    send()
    assert "goes out by Spare page instead" in Notice.objects.get().sentence


def test_without_a_fallback_posts_wait(post, spare):
    Account.objects.update(fallback=None)
    halt(post.account)
    assert fall_back(timezone.now()) == 0
    assert fresh(post).account == post.account


def test_what_a_person_paused_waits_for_a_person(post):
    pause_account(post.account, by=UserFactory(), now=timezone.now(), reason="A crisis.")
    assert fall_back(timezone.now()) == 0


def test_a_person_who_pauses_what_the_platform_had_stopped_ends_its_fallback(platform, post):
    account, by = post.account, UserFactory()
    platform.says(AccountBlocked("Blocked."))
    send()
    assert Account.objects.get(pk=account.pk).is_stopped_by_platform
    resume_account(account, by=by, now=timezone.now())
    pause_account(account, by=by, now=timezone.now(), reason="A crisis.")
    assert fall_back(timezone.now()) == 0


@pytest.mark.parametrize("kind", list(PublishStep.Kind))
def test_after_an_unknown_outcome_nothing_changes_its_way(post, kind):
    """However it came to be scheduled with a step that began."""
    PublishStepFactory(post=post, kind=kind, lease_token=0)
    halt(post.account)
    assert fall_back(timezone.now()) == 0
    assert fresh(post).account == post.account


def test_an_unconfirmed_post_stays_so(platform, post):
    platform.says(Unclear("It timed out."))
    send()
    halt(post.account)
    all_due()
    assert (fresh(post).status, fresh(post).account) == (Status.UNCONFIRMED, post.account)
    assert platform.reached == ["post"]


def test_a_post_of_which_a_part_is_out_stays(platform, post):
    platform.steps = [("once", "post"), ("once", "second")]
    platform.says(CredentialsExpired("The token ended."), step="second")
    all_due()
    row = fresh(post)
    assert (row.irrevocable, row.account) == (True, post.account)
    assert platform.reached == ["post", "second"]


def test_a_step_that_began_after_the_look_is_seen_under_the_lock(post, spare, monkeypatch):
    halt(post.account)
    count = falling_back._free_copy

    def meanwhile(one, other):
        PublishStepFactory(post=one, lease_token=0)
        return count(one, other)

    monkeypatch.setattr(falling_back, "_free_copy", meanwhile)
    assert fall_back(timezone.now()) == 0
    row = fresh(post)
    assert (row.account, row.meant_for, row.version) == (post.account, None, 1)
    assert not post.events.filter(actor="fallback").exists()


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"lease_token": 9}, {"holds": 2}, {"status": "cancelled"}]
)
def test_whoever_changed_it_first_wins(post, monkeypatch, change):
    halt(post.account)
    count = falling_back._free_copy

    def meanwhile(one, other):
        Post.objects.filter(pk=one.pk).update(**change)
        return count(one, other)

    monkeypatch.setattr(falling_back, "_free_copy", meanwhile)
    assert fall_back(timezone.now()) == 0
    assert fresh(post).account == post.account


def test_two_looks_at_once_move_it_once(post, spare):
    halt(post.account)
    now = timezone.now()
    assert falling_back._move(post, post.account, spare, now)
    assert not falling_back._move(post, post.account, spare, now)
    assert post.events.filter(actor="fallback").count() == 1


def test_it_never_falls_back_twice(post, spare):
    third = AccountFactory(brand=spare.brand)
    Account.objects.filter(pk=spare.pk).update(fallback=third)
    halt(post.account)
    fall_back(timezone.now())
    halt(spare)
    assert fall_back(timezone.now()) == 0
    assert fresh(post).account == spare


def test_two_that_stand_in_for_each_other_do_not_pass_it_to_and_fro(platform, post, spare):
    Account.objects.filter(pk=spare.pk).update(fallback=post.account)
    platform.says(CredentialsExpired("Ended."), CredentialsExpired("Ended there too."))
    all_due()
    assert platform.reached == ["post", "post"]
    assert fresh(post).status == Status.SCHEDULED


def test_where_the_piece_has_a_post_already_no_second_one_goes(post, spare):
    other = PostFactory(account=spare, piece=post.piece, published=True)
    halt(post.account)
    assert fall_back(timezone.now()) == 0
    Post.objects.filter(pk=other.pk).update(status="removed")
    assert fall_back(timezone.now()) == 1
    assert fresh(post).copy == 2


def test_a_post_made_there_at_the_same_moment_is_the_only_one(post, spare, monkeypatch):
    halt(post.account)
    count = falling_back._free_copy

    def meanwhile(one, other):
        number = count(one, other)
        PostFactory(account=other, piece=one.piece)
        return number

    monkeypatch.setattr(falling_back, "_free_copy", meanwhile)
    assert fall_back(timezone.now()) == 0
    assert fresh(post).account == post.account


@pytest.mark.parametrize(
    "spares",
    [
        {"state": "paused"},
        {"state": "needs_reconnect"},
        {"approval_rule": "anyone"},
        {"server": "sandbox"},
    ],
    ids=str,
)
def test_only_an_account_that_can_and_may_stands_in(post, spare, spares):
    Account.objects.filter(pk=spare.pk).update(**spares)
    halt(post.account)
    assert fall_back(timezone.now()) == 0


def test_another_brands_account_never_stands_in(post, spare):
    Account.objects.filter(pk=spare.pk).update(brand=BrandFactory())
    halt(post.account)
    assert fall_back(timezone.now()) == 0


def test_what_was_approved_for_one_account_goes_out_by_no_other(post):
    ApprovalFactory(post=post)
    halt(post.account)
    assert fall_back(timezone.now()) == 0


def test_only_what_is_due_and_free_goes(account):
    halt(account)
    PostFactory(account=account, scheduled=True, due=timezone.now() + timedelta(hours=1))
    PostFactory(account=account, scheduled=True, holds=int(Hold.PERSON))
    PostFactory(account=account)
    assert fall_back(timezone.now()) == 0


def test_while_publishing_is_stopped_nothing_changes_its_way(post):
    halt(post.account)
    SwitchFactory()
    assert fall_back(timezone.now()) == 0


def test_uploads_of_the_one_account_are_not_used_by_the_other(platform, post, spare):
    platform.steps = [("repeatable", "photo"), ("once", "post")]
    platform.says(CredentialsExpired("The token ended."))
    all_due()
    assert fresh(post).status == Status.PUBLISHED
    assert platform.reached == ["photo", "post", "photo", "post"]


def test_an_upload_that_ends_late_for_the_first_account_is_not_kept(platform, post, spare):
    """A worker froze in an upload, was taken for dead, and meanwhile another account stands in."""
    platform.steps = [("repeatable", "photo"), ("once", "post")]
    claim = claimed()

    def meanwhile():
        end_lease(post)
        reap(database_now())
        halt(post.account)
        assert fall_back(database_now()) == 1

    platform.before["photo"] = meanwhile
    publish(claim, here)
    assert platform.reached == ["photo"]
    assert not post.steps.exclude(state="void").exists()
    while send():
        pass
    assert platform.reached == ["photo", "photo", "post"]
    assert fresh(post).account == spare


def test_its_late_limit_is_that_of_who_sends_it(post, spare):
    Post.objects.update(due_at=timezone.now() - timedelta(hours=5))
    Account.objects.filter(pk=spare.pk).update(late_limit=timedelta(hours=1))
    halt(post.account)
    dispatch(lambda: None, seconds=0)
    dispatch(lambda: None, seconds=0)
    assert fresh(post).status == Status.MISSED


def test_a_platform_without_stopped_accounts_costs_one_question(post, django_assert_num_queries):
    with django_assert_num_queries(1):
        fall_back(timezone.now())


def test_a_fault_at_one_account_keeps_no_other_waiting(post, brand, monkeypatch):
    other = AccountFactory(brand=brand, fallback=AccountFactory(brand=brand))
    second = PostFactory(account=other, scheduled=True)
    halt(post.account)
    halt(other)
    free = falling_back._free_copy

    def faulty(one, spare):
        return 1 // 0 if one.pk == post.pk else free(one, spare)

    monkeypatch.setattr(falling_back, "_free_copy", faulty)
    assert fall_back(timezone.now()) == 1
    assert fresh(second).account == other.fallback


# Without its video


@pytest.fixture
def film(account):
    """A post with a picture's worth of text and a video, on an account that may leave that out."""
    Account.objects.filter(pk=account.pk).update(fallback_without_video=True)
    asset = MediaAssetFactory(brand=account.brand, mime="video/mp4", duration=12.5)
    piece = PieceFactory(brand=account.brand, media=[asset])
    return PostFactory(account=account, piece=piece, scheduled=True)


def test_a_post_whose_video_is_refused_goes_out_without_it(platform, film):
    platform.steps = [("repeatable", "upload"), ("once", "post")]
    platform.says(VideoRefused("Facebook refused video 1: too small."))
    while send():
        pass
    row = fresh(film)
    assert (row.status, row.without_video, row.snapshot["media"]) == (Status.PUBLISHED, True, [])
    assert row.account == film.account
    assert platform.reached == ["upload", "post", "upload", "post"]
    tries = PostAttempt.objects.filter(post=film).values_list("status", flat=True)
    assert list(tries) == ["refused", "published"]
    words = "Facebook refused video 1: too small. The post goes out without its video instead."
    assert film.events.filter(sentence=words).count() == 1
    assert not Notice.objects.exists()


@pytest.mark.parametrize("error", [Rejected("Abuse."), NotReady("Wait."), Unclear("It timed out.")])
def test_any_other_trouble_leaves_the_video_in(platform, film, error):
    platform.says(error)
    send()
    assert fresh(film).without_video is False
    assert fresh(film).status != Status.PUBLISHED


def test_a_refusal_that_comes_after_the_lease_counts_too(platform, film):
    """A worker was taken for dead while its request was under way, and then hears the refusal."""
    platform.steps = [("repeatable", "upload"), ("once", "post")]
    claim = claimed()

    def meanwhile():
        end_lease(film)
        reap(database_now())
        assert fresh(film).status == Status.UNCONFIRMED

    platform.before["post"] = meanwhile
    platform.says(VideoRefused())
    publish(claim, here)
    row = fresh(film)
    assert (row.status, row.without_video) == (Status.SCHEDULED, True)
    assert not film.steps.exclude(state="void").exists()
    while send():
        pass
    assert fresh(film).status == Status.PUBLISHED
    assert platform.reached == ["upload", "post", "upload", "post"]


def test_it_is_off_unless_the_account_says_so(platform, film):
    Account.objects.update(fallback_without_video=False)
    platform.says(VideoRefused())
    send()
    assert (fresh(film).status, fresh(film).without_video) == (Status.FAILED, False)


def test_what_is_nothing_without_its_video_fails(platform, account, film):
    reel = account.platform.channel_types.get(slug="reel")
    Post.objects.filter(pk=film.pk).update(channel_type=reel)
    MediaAssetFactory._meta.model.objects.update(width=1080, height=1920)
    platform.says(VideoRefused())
    send()
    assert fresh(film).status == Status.FAILED


def test_after_an_earlier_try_that_may_be_out_it_does_not(platform, film):
    PublishStepFactory(post=film, key="other", lease_token=0)
    platform.says(VideoRefused())
    send()
    assert (fresh(film).status, fresh(film).without_video) == (Status.UNCONFIRMED, False)


def test_once_a_part_is_out_the_rest_is_not_changed(platform, film):
    platform.steps = [("once", "post"), ("once", "second")]
    platform.says(VideoRefused(), step="second")
    send()
    assert (fresh(film).status, fresh(film).without_video) == (Status.FAILED, False)


def test_an_approval_was_for_the_post_with_its_video(platform, film):
    ApprovalFactory(post=film)
    platform.says(VideoRefused())
    send()
    assert (fresh(film).status, fresh(film).without_video) == (Status.FAILED, False)


def test_refused_without_its_video_too_it_fails(platform, film):
    platform.says(VideoRefused(), VideoRefused())
    while send():
        pass
    assert fresh(film).status == Status.FAILED
    assert platform.reached == ["post", "post"]


def test_other_words_bring_its_video_back(platform, film):
    by = UserFactory()
    platform.says(VideoRefused(), Rejected("No."))
    while send():
        pass
    row = fresh(film)
    edit_post(row, version=row.version, by=by, now=timezone.now(), text="Other words")
    assert fresh(film).without_video is False
    retry(fresh(film), by=by, now=timezone.now())
    send()
    assert fresh(film).status == Status.PUBLISHED
    assert len(fresh(film).snapshot["media"]) == 1
