"""What an account spends, and its monthly cap: nothing goes beyond it and nothing is lost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from organisation.clock import database_now
from organisation.models import AuditEntry, Notice
from platforms.costs import bill_for, dollars, micros_of, prices_of
from platforms.models import Platform
from platforms.values import MediaItem, Rendition
from posting import deciding
from posting.claiming import claim_next
from posting.claims import Claim
from posting.editing import edit_post
from posting.journal import Journal
from posting.models import FollowUp, Post, PublishStep
from posting.spending import CAPPED, month_of, set_terms, spending_of
from posting.states import Status
from tests.factories import (
    AccountFactory,
    FollowUpFactory,
    PieceFactory,
    PostFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
WORKER = "worker-of-a-test"
LINKED = "Ferries at example.org"


def account_with(cap, **more):
    return AccountFactory(platform="twitter", monthly_cap=cap, **more)


def due(account, text="Ferries run late.", channel="tweet", **more):
    kind = account.platform.channel_types.get(slug=channel)
    piece = PieceFactory(brand=account.brand, text=text)
    return PostFactory(account=account, piece=piece, channel_type=kind, scheduled=True, **more)


def fresh(post):
    return Post.objects.get(pk=post.pk)


def spent(account, dollars_spent, at=None):
    """An earlier post of the account that cost so much."""
    return PublishStep.objects.create(
        post=PostFactory(account=account, channel_type=account.platform.channel_types.first()),
        key="post",
        kind="once",
        state="done",
        lease_token=1,
        cost=micros_of(dollars_spent),
        charged_to=account,
        started_at=at or database_now(),
    )


@pytest.mark.parametrize(
    ("micros", "said"),
    [
        (0, "$0.00"),
        (15_000, "$0.015"),
        (200_000, "$0.20"),
        (1_234_500_000, "$1,234.50"),
        (1, "$0.000001"),
    ],
)
def test_money_is_said_as_people_write_it(micros, said):
    assert dollars(micros) == said


@pytest.mark.parametrize(
    "wrong", [True, None, "free", -0.01, float("nan"), float("inf"), 1_001, []]
)
def test_what_is_no_price_is_refused(wrong):
    with pytest.raises(ValueError, match=r"dollars|money"):
        micros_of(wrong)


def test_a_bill_has_a_line_for_each_request_that_costs():
    account = account_with(None)
    picture = MediaItem(1, "image", "image/png", "a", "0", 1, 1, 1, alt="A ferry")
    thread = Rendition("thread", f"One.\n---\n{LINKED}", media=(picture,))
    assert bill_for(account, thread, "More at x.com") == {
        "media:1:alt": 5_000,
        "post": 15_000,
        "post:2": 200_000,
        "comment": 200_000,
    }


def test_prices_are_settings_of_the_platform():
    account = account_with(None)
    account.platform.settings = {"prices": {"post": 0.03, "post_with_address": 0}}
    assert bill_for(account, Rendition("tweet", "Ferries.")) == {"post": 30_000}
    assert bill_for(account, Rendition("tweet", LINKED)) == {}
    assert prices_of(account.platform)["deletion"] == 10_000


def test_a_plan_and_a_platform_that_is_free_cost_nothing():
    post = Rendition("tweet", LINKED)
    assert bill_for(account_with(None, pays_per_use=False), post) == {}
    assert bill_for(AccountFactory(), Rendition("feed-post", LINKED)) == {}


def test_what_reaches_the_cap_goes_out_and_what_would_pass_it_waits():
    account = account_with(Decimal("0.23"))
    spent(account, "0.03")
    first, second = due(account, LINKED), due(account, "It rains.")
    claim = claim_next(WORKER)
    assert claim is not None
    assert claim.pk == first.pk
    settle(claim)
    assert claim_next(WORKER) is None
    kept = fresh(second)
    assert (kept.status, kept.error_class, kept.attempts) == (Status.SCHEDULED, CAPPED, 0)
    assert kept.wake_at == month_of(account, database_now())[1]
    assert "would cost $0.015 at X" in kept.error_sentence
    assert "$0.00 is left of the $0.23" in kept.error_sentence
    assert "Nothing was sent." in kept.error_sentence
    assert not kept.steps.exists()


def settle(claim: Claim) -> None:
    """What a worker would have written had it sent the whole bill."""
    for step, cost in claim.bill.items():
        PublishStep.objects.create(
            post_id=claim.pk, key=step, kind="once", state="done", lease_token=claim.token,
            cost=cost, charged_to=claim.account, started_at=claim.claimed_at,
        )  # fmt: skip
    Post.objects.advance(
        claim.pk, old=Status.PUBLISHING, new=Status.PUBLISHED, sentence="Out.",
        values={"remote_id": f"{claim.pk}"},
    )  # fmt: skip


def test_two_workers_at_once_do_not_spend_more_than_one_would():
    account = account_with(Decimal("0.25"))
    due(account, LINKED)
    second = due(account, LINKED)
    first_claim = claim_next(WORKER)
    assert first_claim is not None
    assert claim_next("another worker") is None  # the first has spent nothing yet, and will
    waits = fresh(second)
    assert waits.wake_at < database_now() + timedelta(minutes=1)
    assert not Notice.objects.filter(fault=f"cap:{account.pk}").exists()
    settle(first_claim)
    Post.objects.filter(pk=second.pk).update(wake_at=database_now())
    assert claim_next("another worker") is None
    assert fresh(second).wake_at == month_of(account, database_now())[1]


def test_what_the_first_did_not_spend_after_all_is_for_the_second():
    account = account_with(Decimal("0.25"))
    first, second = due(account, LINKED), due(account, LINKED)
    assert claim_next(WORKER)
    assert claim_next(WORKER) is None
    Post.objects.advance(first.pk, old=Status.PUBLISHING, new=Status.FAILED, sentence="Refused.")
    Post.objects.filter(pk=second.pk).update(wake_at=database_now())
    claim = claim_next(WORKER)
    assert claim is not None
    assert claim.pk == second.pk


def test_a_comment_that_is_to_follow_is_counted_with_what_is_on_its_way():
    account = account_with(Decimal("0.22"))
    post = PostFactory(
        account=account, channel_type=account.platform.channel_types.first(), published=True
    )
    FollowUpFactory(post=post, account=account, text=LINKED, wake_at=database_now() + timedelta(1))
    waits = due(account, LINKED)
    assert claim_next(WORKER) is None
    assert fresh(waits).error_sentence.startswith("Waits for what other posts")


def test_a_cheaper_post_goes_out_past_one_that_waits():
    account = account_with(Decimal("0.10"))
    dear, cheap = due(account, LINKED), due(account, "It rains.")
    claim = claim_next(WORKER)
    assert claim is not None
    assert claim.pk == cheap.pk
    assert fresh(dear).error_class == CAPPED


def test_people_are_told_once_and_a_raised_cap_lets_it_go():
    account = account_with(Decimal("0.01"))
    posts = [due(account), due(account)]
    assert claim_next(WORKER) is None
    notice = Notice.objects.get(fault=f"cap:{account.pk}")
    assert "may spend $0.01" in notice.sentence
    by, now = UserFactory(), database_now()
    released = set_terms(account, by=by, now=now, pays_per_use=True, monthly_cap=Decimal(5))
    assert released == 2
    notice.refresh_from_db()
    assert notice.resolved_at is not None
    assert "$5.00 a month" in AuditEntry.objects.latest("pk").sentence
    assert {fresh(post).error_class for post in posts} == {""}
    assert claim_next(WORKER) is not None


def test_a_person_may_ask_again_and_the_cap_still_holds():
    account = account_with(Decimal("0.01"))
    post = due(account)
    assert claim_next(WORKER) is None
    deciding.publish_now(fresh(post), by=UserFactory(), now=database_now())
    assert fresh(post).wake_at <= database_now()
    assert claim_next(WORKER) is None
    assert fresh(post).error_class == CAPPED


def test_cheaper_words_are_looked_at_again():
    account = account_with(Decimal("0.10"))
    post = due(account, LINKED)
    assert claim_next(WORKER) is None
    edit_post(fresh(post), version=1, text="Ferries.", by=UserFactory(), now=database_now())
    claim = claim_next(WORKER)
    assert claim is not None
    assert claim.rendition.text == "Ferries."


def test_a_new_month_begins_with_nothing_spent():
    account = account_with(Decimal("0.02"), timezone="Pacific/Auckland")
    now = datetime(2026, 11, 30, 10, 30, tzinfo=UTC)  # half an hour before December there
    spent(account, "0.02", at=now)
    before, after = (
        spending_of([account], at)[account.pk] for at in (now, now + timedelta(hours=1))
    )
    assert (before.words, before.left) == ("$0.02 of $0.02 in November", 0)
    assert (after.words, after.left) == ("$0.00 of $0.02 in December", 20_000)


def test_the_month_is_that_of_the_account_over_the_change_of_clocks():
    account = AccountFactory(timezone="Europe/London")
    begins, ends = month_of(account, datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    assert begins.astimezone(UTC) == datetime(2026, 9, 30, 23, tzinfo=UTC)
    assert ends.astimezone(UTC) == datetime(2026, 11, 1, tzinfo=UTC)


def test_the_notice_of_the_month_before_is_closed():
    account = account_with(Decimal("0.01"))
    due(account)
    assert claim_next(WORKER) is None
    Notice.objects.update(opened_at=datetime.now(UTC) - timedelta(days=40))
    Post.objects.update(wake_at=database_now())
    assert claim_next(WORKER) is None
    assert [n.resolved_at is None for n in Notice.objects.order_by("pk")] == [False, True]


def test_a_thread_counts_only_what_is_not_out_yet():
    account = account_with(Decimal("0.02"))
    post = due(account, "One.\n---\nTwo.", channel="thread")
    PublishStep.objects.create(
        post=post, key="post", kind="once", state="done", lease_token=0, started_at=database_now()
    )
    claim = claim_next(WORKER)
    assert claim is not None
    assert claim.bill == {"post": 15_000, "post:2": 15_000}


def test_the_journal_charges_what_was_sent_and_not_what_was_refused():
    account = account_with(None)
    due(account, LINKED)
    claim = claim_next(WORKER)
    assert claim is not None
    step = Journal(claim, None, None)._new_step("post", PublishStep.Kind.ONCE, {})  # type: ignore[arg-type]
    assert (step.cost, step.charged_to_id) == (200_000, account.pk)
    free = Journal(claim, None, None)._new_step("media:1", PublishStep.Kind.REPEATABLE, {})  # type: ignore[arg-type]
    assert (free.cost, free.charged_to_id) == (0, None)


def test_a_deletion_is_paid_and_no_cap_keeps_it():
    account = account_with(Decimal(0))
    post = PostFactory(
        account=account, channel_type=account.platform.channel_types.first(), published=True
    )
    row = FollowUpFactory(post=post, account=account, kind=FollowUp.Kind.DELETE)
    claim = claim_next(WORKER)
    assert claim is not None
    assert (claim.pk, claim.bill) == (row.pk, {"delete": 10_000})


def test_the_months_of_all_accounts_are_one_question(django_assert_num_queries):
    accounts = [account_with(Decimal(1)) for _ in range(4)]
    platforms = {account.platform for account in accounts}
    assert platforms == {Platform.objects.get(slug="twitter")}
    free, now = AccountFactory(), database_now()
    with django_assert_num_queries(1):
        assert len(spending_of([*accounts, free], now)) == 4
