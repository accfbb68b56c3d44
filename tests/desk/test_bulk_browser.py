"""Templates and many times at once in a browser: by keyboard, with what is pale on the calendar."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from content.models import Piece
from posting.models import Post
from posting.states import Status
from scheduling.models import Proposal, ScheduleTemplate
from tests.desk.test_browser import DESKTOP, PHONE, assert_no_sideways_scroll, shoot, use_theme
from tests.desk.test_calendar_browser import planned, sign_in  # noqa: F401
from tests.desk.test_every_page import look_closely
from tests.factories import PieceFactory, ProposalFactory, ProposedPostFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_template_is_made_put_in_order_and_saved_by_keyboard(sign_in, live_server):  # noqa: F811
    page = sign_in("callum")
    page.goto(live_server.url + reverse("desk:new_template"))
    page.get_by_label("Name").fill("Launch")
    page.get_by_label("Time").fill("08:00")
    page.get_by_label("Where").select_option(index=1)
    add = page.get_by_role("button", name="Add a step")
    add.focus()
    page.keyboard.press("Enter")
    second = page.get_by_role("group", name="Step 2")
    second.wait_for()
    expect(second.get_by_label("Day")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    second.get_by_label("Time").fill("17:30")
    up = page.get_by_role("button", name="Move step 2 up")
    up.focus()
    page.keyboard.press("Space")
    expect(page.locator("[name=step-0-at]")).to_have_value("17:30")
    expect(page.get_by_role("group", name="Step 1").locator(":focus")).to_be_visible()
    assert page.get_by_label("Name").input_value() == "Launch"
    page.get_by_label("Name").focus()
    page.keyboard.press("Enter")
    page.get_by_text("“Launch” is saved.").wait_for()
    steps = ScheduleTemplate.objects.get().steps.values_list("day", "at__hour")
    assert list(steps) == [(3, 17), (0, 8)]


def test_pieces_are_chosen_spread_seen_on_the_calendar_confirmed_and_undone(
    sign_in, live_server, planned  # noqa: F811
):  # fmt: skip
    for name in ("Tweed of Harris and how it is dyed", "Linen and what became of it"):
        PieceFactory(brand=planned["tweed"].brand, title=name, text=name)
    page = sign_in("callum")
    page.goto(live_server.url + reverse("desk:ready_pieces"))
    for name in ("Tweed of Harris", "Linen and"):
        page.get_by_role("checkbox", name=re.compile(f"Choose {name}")).check()
    page.get_by_role("button", name="Schedule many").click()
    page.get_by_role("heading", name="Schedule many").wait_for()
    assert page.get_by_label("Queue").count() == 0  # nobody has slots
    page.get_by_role("radio", name=re.compile("Evenly")).check()
    page.get_by_role("checkbox", name=re.compile("Glen & Loom · Page post")).check()
    page.get_by_label("First day").fill(str(planned["day"]))
    page.get_by_label("Last day").fill(str(planned["day"] + timedelta(days=1)))
    shoot(page, "bulk-asked")
    page.get_by_role("button", name="Show the times").click()
    page.get_by_role("heading", name="2 proposed times").wait_for()
    assert_no_sideways_scroll(page)
    shoot(page, "bulk-proposed")
    page.get_by_role("link", name="See it on the calendar").click()
    pale = page.locator("[data-event^=item-]:visible")
    pale.first.wait_for()
    assert pale.count() == 2
    assert pale.first.evaluate("(one) => getComputedStyle(one).borderTopStyle") == "dashed"
    assert "Proposed" in pale.first.get_attribute("aria-label")
    shoot(page, "bulk-calendar")
    assert not Post.objects.filter(piece__title__startswith="Linen").exists()
    pale.first.focus()
    page.keyboard.press("m")
    expect(page.locator("#cal-said")).to_contain_text("is changed on its own page")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Schedule 2 posts").click()
    page.get_by_text("Scheduled: 2 posts.").wait_for()
    made = Post.objects.filter(proposed__proposal=Proposal.objects.get())
    assert {post.status for post in made} == {Status.SCHEDULED}
    page.get_by_role("button", name="Undo all of it").click()
    page.get_by_text("Taken back: 2 posts.").wait_for()
    assert {post.status for post in made.all()} == {Status.CANCELLED}


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_the_calendar_with_a_proposal_has_nothing_for_axe(sign_in, live_server, planned, view):  # noqa: F811
    account = planned["tweed"].account
    proposal = ProposalFactory(account=account)
    start = planned["tweed"].due_at
    for hours in (0, 3, 26):
        ProposedPostFactory(
            proposal=proposal, account=account, due_at=start + timedelta(hours=hours)
        )
    page = sign_in("callum", view=view, proposal=proposal.pk)
    page.locator("[data-event^=item-]:visible").first.wait_for()
    page.locator(".pale.warned:visible").first.wait_for()  # two at one minute
    assert look_closely(page, f"calendar-proposal-{view}") == []


def test_everything_is_within_reach_on_a_phone(sign_in, live_server, planned):  # noqa: F811
    account = planned["tweed"].account
    proposal = ProposalFactory(account=account)
    ProposedPostFactory(proposal=proposal, account=account)
    piece = Piece.objects.filter(brand=account.brand).first()
    page = sign_in("callum")
    page.set_viewport_size(PHONE)
    for name, address in {
        "proposal": reverse("desk:proposal", args=[proposal.pk]),
        "bulk": f"{reverse('desk:bulk')}?piece={piece.pk}",
        "template": reverse("desk:new_template"),
    }.items():
        page.goto(live_server.url + address)
        assert_no_sideways_scroll(page)
        for theme in ("light", "dark"):
            use_theme(page, theme)
            shoot(page, f"bulk-{name}-phone-{theme}")
    page.goto(live_server.url + reverse("desk:proposal", args=[proposal.pk]))
    page.locator("summary", has_text="Time").first.click()
    page.get_by_role("button", name="Set this time").first.wait_for()
    assert_no_sideways_scroll(page)
    page.set_viewport_size(DESKTOP)
