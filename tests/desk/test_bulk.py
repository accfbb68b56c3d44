"""Pages on which many posts get their times: asked for, proposed, put right, confirmed, undone."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from platforms.models import Account
from posting.drafting import first_channel
from posting.models import Post
from posting.states import Status
from scheduling.models import Proposal, Slot
from tests.factories import (
    AccountFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
    ProposalFactory,
    ProposedPostFactory,
    ScheduleTemplateFactory,
    TemplateStepFactory,
)

BULK = reverse("desk:bulk")
TOMORROW = timedelta(days=1)


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return people.mairi


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, timezone="America/New_York", name="New York")


@pytest.fixture
def asked(people, account):
    """The form as a person fills it in: two pieces, evenly, in the week from tomorrow on."""

    def asked(**said):
        pieces = [
            PieceFactory(brand=people.brand, text=f"{word} of Harris, woven by hand and dyed.").pk
            for word in ("Tweed", "Blankets and scarves")
        ]
        first = timezone.localdate() + TOMORROW
        filled = {
            "piece": pieces, "to": f"{account.pk}-{first_channel(account).pk}", "way": "even",
            "first": first, "last": first + timedelta(days=1), "days": list(range(7)),
            "opens": "09:00", "closes": "18:00",
        }  # fmt: skip
        return filled | said

    return asked


def proposed(client, asked):
    answer = client.post(BULK, asked)
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def press(client, address, slug, **said):
    shown = client.get(address).context
    said = {"version": shown["proposal"].version, "digest": shown["page"].look.digest, **said}
    return client.post(f"{address}/{slug}", said, follow=True).content.decode()


def test_times_are_shown_by_both_clocks_and_nothing_is_scheduled(client, mairi, asked):
    page = client.get(proposed(client, asked())).content.decode()
    assert "2 proposed times" in page
    assert "America/New_York" in page
    assert page.count("at your clock") == 2
    assert "Schedule 2 posts" in page
    assert not Post.objects.exists()


def test_one_press_schedules_all_and_one_takes_all_back(client, mairi, asked):
    address = proposed(client, asked())
    assert "Scheduled: 2 posts." in press(client, address, "confirm")
    assert list(Post.objects.values_list("status", flat=True)) == [Status.SCHEDULED] * 2
    shown = client.get(address).content.decode()
    assert "Undo all of it" in shown
    undone = client.post(f"{address}/undo", follow=True).content.decode()
    assert "Taken back: 2 posts." in undone
    assert "Undo all of it" not in undone
    assert set(Post.objects.values_list("status", flat=True)) == {Status.CANCELLED}


def test_pressed_twice_it_is_scheduled_once(client, mairi, asked):
    address = proposed(client, asked())
    digest = client.get(address).context["page"].look.digest
    for _ in range(2):
        page = client.post(f"{address}/confirm", {"digest": digest}, follow=True)
    assert "nothing was made a second time" in page.content.decode()
    assert Post.objects.count() == 2


def test_an_undo_is_no_longer_offered_once_one_has_left(client, mairi, asked):
    address = proposed(client, asked())
    press(client, address, "confirm")
    Post.objects.filter(pk=Post.objects.first().pk).update(
        status=Status.PUBLISHED, remote_id="1", published_at=timezone.now()
    )
    page = client.get(address).content.decode()
    assert "Undo all of it" not in page
    assert "The first of these posts has left" in page
    assert "too late to undo" in client.post(f"{address}/undo", follow=True).content.decode()


def test_what_stops_is_told_and_left_out_with_one_press(client, mairi, account, asked):
    post = PostFactory(account=account, published=True)
    pieces = [*asked()["piece"], post.piece_id]
    address = proposed(client, asked(piece=pieces))
    page = client.get(address).content.decode()
    assert "1 cannot go as it stands." in page
    assert "New York has a post of this piece already." in page
    assert 'aria-describedby="why-not"' in page
    assert "Nothing was scheduled" in press(client, address, "confirm")
    press(client, address, "leave-stopped")
    assert "Scheduled: 2 posts." in press(client, address, "confirm")


def test_conflicts_are_told_and_mended_with_one_press(client, mairi, account, asked):
    Account.objects.update(minimum_gap=timedelta(minutes=30))
    address = proposed(client, asked())
    first, second = Proposal.objects.get().items.all()
    page = press(client, address, "time", one=second.pk, wall=first.wall_time[:16])
    assert page.count("30 min is the least between two") == 2
    assert "Moved to the next free time: 1 post." in press(
        client, address, "next-free", one=second.pk
    )
    assert "least between two" not in client.get(address).content.decode()


def test_a_time_that_cannot_be_is_refused_and_the_old_one_stays(client, mairi, asked):
    address = proposed(client, asked())
    item = Proposal.objects.get().items.first()
    page = press(client, address, "time", one=item.pk, wall="2020-01-01T09:00")
    assert "is in the past" in page
    assert Proposal.objects.get().items.first().wall_time == item.wall_time


def test_ticked_ones_are_left_out_and_taken_in_again(client, mairi, asked):
    address = proposed(client, asked())
    item = Proposal.objects.get().items.first()
    assert "Schedule 1 post<" in press(client, address, "leave-out", item=[item.pk])
    assert "Schedule 2 posts<" in press(client, address, "take-in", item=[item.pk])


def test_an_old_window_changes_nothing(client, mairi, asked):
    address = proposed(client, asked())
    item = Proposal.objects.get().items.first()
    press(client, address, "leave-out", item=[item.pk])
    page = press(client, address, "take-in", item=[item.pk], version=1)
    assert "in another window" in page
    assert Proposal.objects.get().items.filter(left_out=True).count() == 1


def test_what_changed_since_one_looked_is_not_confirmed(client, mairi, asked):
    address = proposed(client, asked())
    page = press(client, address, "confirm", digest="of something else")
    assert "has changed since you looked" in page
    assert not Post.objects.exists()


def test_discarded_it_is_gone(client, mairi, asked):
    address = proposed(client, asked())
    assert "Nothing was scheduled" in client.post(
        f"{address}/discard", follow=True).content.decode()  # fmt: skip
    assert client.get(address).status_code == 404


def test_an_expired_one_says_so_and_offers_to_ask_anew(client, mairi, asked, time_machine):
    address = proposed(client, asked())
    Proposal.objects.update(expires_at=timezone.now())
    page = client.get(address).content.decode()
    assert "This proposal has expired" in page
    assert "Schedule 2 posts" not in page


def test_a_template_is_applied_to_a_piece_from_a_day_on(client, mairi, account, asked):
    template = ScheduleTemplateFactory(account=account)
    TemplateStepFactory(template=template, account=account, day=3, at=time(17, 30))
    piece = asked()["piece"][0]
    said = asked(piece=[piece], way="template", template=template.pk, to=[], last="")
    address = proposed(client, said)
    page = client.get(address).content.decode()
    assert "Step 1: Day 0 at 09:00" in page
    assert "Step 2: Day +3 at 17:30" in page
    press(client, address, "confirm")
    assert list(Post.objects.order_by("due_at").values_list("copy", flat=True)) == [1, 2]


def test_ready_posts_of_the_hub_get_times_and_lose_them_again(client, mairi, account, asked):
    posts = [PostFactory(account=account) for _ in range(2)]
    other = PostFactory(account=account, scheduled=True)
    ids = [one.pk for one in (*posts, other)]
    form = client.post(BULK, {"list": "queue", "post": ids}).content.decode()
    assert "1 of the chosen posts is not ready" in form
    assert "By a template" not in form
    said = asked(posts=",".join(map(str, ids)))
    del said["piece"], said["to"]
    address = proposed(client, said)
    press(client, address, "confirm")
    assert Post.objects.scheduled().count() == 3
    client.post(f"{address}/undo")
    assert {one.status for one in Post.objects.filter(pk__in=ids[:2])} == {Status.READY}


def test_slots_are_offered_once_an_account_has_some(client, mairi, account, asked):
    page = client.get(BULK, {"piece": asked()["piece"]}).content.decode()
    assert "No account of the brand has slots yet." in page
    assert 'value="slots"' not in page
    assert client.post(BULK, asked(way="slots")).status_code == 422
    Slot.objects.create(account=account, days=127, at=time(9), queue="evergreen")
    address = proposed(client, asked(way="slots", queue="evergreen"))
    assert "Slot Every day 09:00, evergreen" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"way": ""}, "Choose how the times are found."),
        ({"way": "horoscope"}, "is not one of the available choices"),
        ({"to": []}, "Choose at least one channel."),
        ({"first": "2020-01-01", "last": "2020-01-02"}, "That day has passed."),
        ({"first": "2999-01-01", "last": "2999-01-02"}, "Check the year."),
        ({"last": "2020-01-01"}, "lies before the first"),
        ({"last": "2999-01-01"}, "366 days are the most"),
        ({"closes": "08:00"}, "The hours end before they begin."),
        ({"days": []}, "Choose at least one day"),
        ({"first": "", "last": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_asked_is_said(client, mairi, asked, said, why):
    answer = client.post(BULK, asked(**said))
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("ids", ["", "x", "9" * 40, "900001,900002"])
def test_nothing_chosen_leads_back_or_asks_for_a_piece(client, mairi, people, ids):
    PieceFactory(brand=people.brand)
    answer = client.get(BULK, {"more": ids})
    if ids == "900001,900002":
        assert answer.url == reverse("desk:ready_pieces")
    else:
        assert answer.context["chosen"].brand == people.brand
        assert "Which piece" in answer.content.decode()


def test_more_pieces_than_fit_are_refused_before_the_form(client, mairi, people, monkeypatch):
    monkeypatch.setattr("desk.bulk.chosen.MOST", 2)
    ids = [PieceFactory(brand=people.brand).pk for _ in range(3)]
    page = client.get(BULK, {"piece": ids}, follow=True).content.decode()
    assert "2 pieces are the most at once" in page


def test_pieces_of_two_brands_are_refused(client, mairi, people):
    other = PieceFactory()
    MembershipFactory(brand=other.brand, user=mairi)
    mine = PieceFactory(brand=people.brand)
    page = client.get(BULK, {"piece": [other.pk, mine.pk]}, follow=True).content.decode()
    assert "belong to several brands" in page


def test_another_brands_pieces_posts_and_proposals_are_not_there(client, mairi, people):
    account = AccountFactory()
    post, proposal = PostFactory(account=account), ProposalFactory(account=account)
    assert client.get(BULK, {"piece": post.piece_id}).url == reverse("desk:ready_pieces")
    assert client.post(BULK, {"posts": post.pk}).url == reverse("desk:posting_hub")
    assert client.get(reverse("desk:proposal", args=[proposal.pk])).status_code == 404


def test_a_hundred_proposed_ask_as_often_as_two_and_stand_on_pages(client, mairi, account):
    def number(proposal, page=1):
        address = reverse("desk:proposal", args=[proposal.pk])
        with CaptureQueriesContext(connection) as asked:
            shown = client.get(address, {"page": page})
        return len(asked), shown.content.decode().count('id="item-')

    few, many = ProposalFactory(account=account), ProposalFactory(account=account)
    ProposedPostFactory(proposal=few, account=account)
    for minute in range(1, 130):
        ProposedPostFactory(
            proposal=many, account=account,
            due_at=timezone.now().replace(second=0, microsecond=0) + timedelta(hours=minute),
        )  # fmt: skip
    asked, rows = number(few)
    assert (rows, asked <= 30) == (2, True)
    assert number(many) == (asked, 100)
    assert number(many, 2) == (asked, 30)
