"""The home page: true figures, what needs a person, and nothing of other brands."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from desk.counting import Count
from desk.home import Home
from desk.reach import Reach
from organisation.models import Role
from platforms.models import Account
from posting.states import Hold
from tests.factories import (
    AccountFactory,
    BrandFactory,
    HeartbeatFactory,
    MembershipFactory,
    PostFactory,
    SwitchFactory,
    UserFactory,
)

HOME = reverse("desk:home")


def shown(client, person, address=HOME):
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, name="Glen & Loom page")


def test_a_stranger_is_asked_to_sign_in(client, db):
    answer = client.get(HOME)
    assert (answer.status_code, answer.url) == (302, f"{reverse('desk:sign_in')}?next={HOME}")


def test_the_bare_address_leads_home(client, db):
    assert client.get("/").url == HOME


def test_the_figures_count_what_is_there(client, people, account):
    PostFactory(account=account)
    PostFactory.create_batch(2, account=account, scheduled=True)
    PostFactory.create_batch(3, account=account, published=True)
    PostFactory(account=account, failed=True)
    home = Home(Reach(people.mairi), timezone.now())
    figures = (home.ready, home.scheduled, home.published_today, home.failing)
    assert [str(figure) for figure in figures] == ["1", "2", "3", "1"]


def test_nothing_of_another_brand_shows(client, people, account):
    PostFactory(account=account, failed=True, piece__title="Cullen skink")
    PostFactory(account=account, scheduled=True, piece__title="Hogmanay")
    text = shown(client, people.isla)
    assert "Cullen skink" not in text
    assert "Hogmanay" not in text
    assert "Glen &amp; Loom page" not in text
    assert "Nothing needs you" in text


@pytest.mark.parametrize(
    ("state", "button"),
    [("failed", "Retry"), ("missed", "Publish now"), ("unconfirmed", "Look at the evidence")],
)
def test_what_needs_a_person_stands_there_with_its_next_step(
    client, people, account, state, button
):
    PostFactory(account=account, **{state: True})
    text = shown(client, people.mairi)
    assert button in text
    assert "one needs you" in text


def test_who_may_not_publish_is_offered_no_verb(client, people, account):
    PostFactory(account=account, failed=True)
    text = shown(client, people.ewan)
    assert "Retry" not in text
    assert "/retry" not in text


def test_an_account_that_needs_reconnecting_is_said(client, people):
    AccountFactory(brand=people.brand, name="Oban shop", state=Account.State.NEEDS_RECONNECT)
    text = shown(client, people.mairi)
    assert "Oban shop must be reconnected" in text
    assert "Needs reconnect" in text


def test_figures_link_to_their_rows(client, people):
    text = shown(client, people.mairi)
    for rows in ("posting?status=ready", "posting?status=scheduled", "attention?status=failed"):
        assert rows in text
    assert f"{reverse('desk:attention')}#accounts" in text


@pytest.mark.parametrize("state", ["ready", "scheduled", "published", "failed"])
def test_a_figure_leads_to_exactly_the_rows_it_counts(client, people, account, state):
    there = PostFactory.create_batch(
        2, account=account, **({} if state == "ready" else {state: True})
    )
    for other in {"scheduled", "published", "failed", "missed"} - {state}:
        PostFactory(account=account, **{other: True})
    client.force_login(people.mairi)
    figures = client.get(HOME).context["figures"]
    figure = next(one for one in figures if one.look == state)
    assert figure.number == "2"
    rows = client.get(figure.url).context["posts"].rows
    assert {row.post for row in rows} == set(there)


def test_today_begins_at_midnight_where_the_viewer_is(people, account):
    auckland = ZoneInfo("Pacific/Auckland")
    midnight = datetime(2026, 11, 24, tzinfo=auckland)
    before = PostFactory(account=account, published=True, due=midnight - timedelta(minutes=5))
    after = PostFactory(account=account, published=True, due=midnight + timedelta(minutes=5))
    with timezone.override(auckland):
        home = Home(Reach(people.mairi), midnight + timedelta(hours=3))
        assert home.published == [after]
    with timezone.override(ZoneInfo("Europe/London")):
        home = Home(Reach(people.mairi), midnight + timedelta(hours=3))
        assert set(home.published) == {before, after}


def test_pages_speak_in_the_viewers_zone(client, people, account):
    people.mairi.timezone = "Asia/Kathmandu"
    people.mairi.save()
    with time_machine.travel(datetime(2026, 11, 24, 3, 0, tzinfo=ZoneInfo("UTC")), tick=False):
        PostFactory(account=account, scheduled=True, due=timezone.now() + timedelta(minutes=13))
        text = shown(client, people.mairi)
    assert "Next at 08:58, in 13 min" in text
    assert "Kathmandu" in text


def test_counts_stop_at_a_thousand():
    assert [str(Count(number)) for number in (0, 999, 1000, 1001)] == [
        "0",
        "999",
        "1,000",
        "1,000+",
    ]


def test_the_number_of_questions_does_not_grow_with_the_rows(
    client, people, account, django_assert_max_num_queries
):
    client.force_login(people.mairi)
    counts = []
    for _ in range(2):
        for state in ("failed", "missed", "unconfirmed", "scheduled", "published", "publishing"):
            for _ in range(4):
                PostFactory(account=AccountFactory(brand=people.brand), **{state: True})
        with django_assert_max_num_queries(30) as seen:
            client.get(HOME)
        counts.append(len(seen))
    assert counts[0] == counts[1]


# Live parts


def live(client, **headers):
    return client.get(reverse("desk:home_live"), headers=headers)


def test_a_page_where_nothing_moves_never_asks_again(client, people, account):
    PostFactory(account=account)
    assert "hx-get" not in live_part(shown(client, people.mairi))


def live_part(text):
    return text[text.index('id="live"') :].partition(">")[0]


def test_a_page_asks_every_two_seconds_while_something_moves(client, people, account):
    PostFactory(account=account, publishing=True)
    assert 'hx-trigger="every 2s"' in live_part(shown(client, people.mairi))


def test_a_page_with_a_later_post_asks_when_that_is_due(client, people, account):
    PostFactory(account=account, scheduled=True, due=timezone.now() + timedelta(minutes=10))
    assert 'hx-trigger="load delay:59' in live_part(shown(client, people.mairi))


def test_the_same_answer_is_not_sent_twice(client, people, account):
    post = PostFactory(account=account, publishing=True)
    client.force_login(people.mairi)
    with time_machine.travel(timezone.now(), tick=False):
        first = live(client)
        tag = first.headers["ETag"]
        assert f"data-etag={tag}" in first.content.decode().replace('"&quot;', '"').replace(
            '&quot;"', '"'
        )
        assert live(client, if_none_match=tag).status_code == 304
        post.delete()
        assert live(client, if_none_match=tag).status_code == 200


# The frame


def test_the_frame_counts_the_workers_that_are_alive(client, people):
    HeartbeatFactory.create_batch(3)
    HeartbeatFactory(seen_at=timezone.now() - timedelta(minutes=5))
    HeartbeatFactory(kind="clock")
    HeartbeatFactory(kind="beat")
    text = shown(client, people.mairi)
    assert "3 workers, 0 s ago" in text
    assert "Nothing is publishing" not in text


@pytest.mark.parametrize(
    ("age", "look"),
    [(14, "published"), (20, "unconfirmed"), (61, "failed")],
)
def test_workers_turn_amber_and_then_red(client, people, age, look):
    HeartbeatFactory(seen_at=timezone.now() - timedelta(seconds=age))
    HeartbeatFactory(kind="clock")
    HeartbeatFactory(kind="beat")
    text = shown(client, people.mairi)
    assert ("Nothing is publishing" in text) == (look != "published")
    mark = text[text.index('id="status"') : text.index('id="lines"')]
    assert f"s-{look}" in mark


@pytest.mark.parametrize("kind", ["clock", "beat"])
def test_a_clock_that_fell_silent_is_said_although_workers_live(client, people, kind):
    for running in {"sender", "clock", "beat"} - {kind}:
        HeartbeatFactory(kind=running)
    HeartbeatFactory(kind=kind, seen_at=timezone.now() - timedelta(minutes=2))
    text = shown(client, people.mairi)
    assert "Nothing is publishing" in text
    assert f"No {'clock worker' if kind == 'clock' else 'beat'} (it" in text
    assert "1 worker, 0 s ago" in text


def test_no_worker_ever_is_said_on_every_page(client, people):
    assert "No sending worker has ever been seen." in shown(client, people.mairi)


def test_a_stop_says_who_and_since_when(client, people):
    SwitchFactory(stopped_by=people.mairi)
    text = shown(client, people.isla)
    assert "Publishing is stopped by Mairi Fraser since" in text
    assert "Stopped by Mairi Fraser" in text


def test_another_brands_stop_is_not_shown(client, people):
    SwitchFactory(brand=people.brand)
    assert "Publishing is stopped for Glen" in shown(client, people.mairi)
    assert "Publishing is stopped" not in shown(client, people.isla)


def test_posting_to_the_sandbox_is_said(client, people):
    AccountFactory(brand=people.brand, name="Trial", server="sandbox")
    assert "Trial (Facebook) posts to the sandbox" in shown(client, people.mairi)
    assert "sandbox" not in shown(client, people.isla)


def test_the_status_brings_the_lines_only_when_they_changed(client, people):
    client.force_login(people.mairi)
    first = client.get(reverse("desk:status"), {"lines": "other"}).content.decode()
    assert 'hx-swap-oob="true"' in first
    mark = first.partition("?lines=")[2].partition('"')[0]
    again = client.get(reverse("desk:status"), {"lines": mark}).content.decode()
    assert "hx-swap-oob" not in again


def test_only_staff_see_the_way_to_the_admin(client, people):
    assert ">Admin<" not in shown(client, people.mairi)
    people.mairi.is_staff = True
    people.mairi.save()
    assert ">Admin<" in shown(client, people.mairi)


def test_a_person_of_two_brands_sees_both(client, people, account):
    other = MembershipFactory(user=people.mairi, brand=BrandFactory(), role=Role.AUTHOR)
    PostFactory(account=account, failed=True, piece__title="Of the first")
    PostFactory(
        account=AccountFactory(brand=other.brand), failed=True, piece__title="Of the second"
    )
    text = shown(client, people.mairi)
    assert "Of the first" in text
    assert "Of the second" in text
    assert text.count("/retry") == 1  # an author of the second may not


def test_a_superuser_without_any_brand_has_a_page(client, db):
    assert "Nothing needs you" in shown(client, UserFactory(boss=True))


def test_only_who_may_reconnect_an_account_is_offered_it(client, people, account):
    Account.objects.update(state=Account.State.NEEDS_RECONNECT)
    people.mairi.is_staff = True
    people.mairi.save()
    assert ">Reconnect<" not in shown(client, people.mairi)
    people.mairi.memberships.update(role=Role.ADMINISTRATOR)
    assert ">Reconnect<" in shown(client, people.mairi)


def test_who_only_looks_on_is_not_said_to_be_needed(client, people, account):
    PostFactory(account=account, failed=True)
    assert "one needs you" in shown(client, people.mairi)
    assert "one needs a person" in shown(client, people.ewan)


def test_posts_that_wait_for_an_approval_lead_to_their_list(client, people, account):
    PostFactory(account=account, holds=int(Hold.APPROVAL), piece__title="Crottle")
    PostFactory(account=account, holds=int(Hold.PERSON))
    page = shown(client, people.mairi)
    assert "One post waits for an approval" in page
    link = f"{reverse('desk:attention')}?status=held"
    assert f'href="{link}"' in page
    assert "Crottle" in shown(client, people.mairi, link)
    for other in (people.ewan, people.isla):  # an author, and someone of another brand
        assert "for an approval" not in shown(client, other)
