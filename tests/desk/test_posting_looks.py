"""The posting pages that need something to show: axe, their fit, and pictures of each."""

import re

import pytest
from django.urls import reverse

from posting.models import Batch, Post
from tests.desk.test_browser import DESKTOP, browser_page, world  # noqa: F401
from tests.desk.test_every_page import look_closely
from tests.factories import PieceFactory, PostFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]
STATES = (
    "unconfirmed", "failed", "missed", "published", "scheduled", "ready", "publishing", "held",
    "cancelled", "removed",
)  # fmt: skip


def addresses(world):  # noqa: F811
    page, brand = world["ready"].account, world["brand"]
    batch = Batch.objects.create(brand=brand, by=world["callum"])
    Post.objects.update(batch=batch)
    long = PieceFactory(brand=brand, title="A story that never ends", text="wool " * 130)
    pieces = [world["ready"].piece, long, *PieceFactory.create_batch(2, brand=brand)]
    accounts = (page, world["failed"].account)
    to = [f"{a.pk}-{a.platform.channel_types.order_by('id')[0].pk}" for a in accounts]
    asked = "&".join([*(f"piece={p.pk}" for p in pieces), *(f"to={key}" for key in to)])
    posts = world | {
        "held": PostFactory(account=page, scheduled=True, holds=2),
        "cancelled": PostFactory(account=page, cancelled=True),
        "removed": PostFactory(account=page, removed=True),
    }
    return {
        "batch": reverse("desk:batch", args=[batch.pk]),
        "assign": f"{reverse('desk:assign')}?{asked}",
        "review": f"{reverse('desk:review')}?{asked}",
    } | {f"post-{state}": reverse("desk:post", args=[posts[state].pk]) for state in STATES}


@pytest.mark.parametrize("name", ["batch", "assign", "review", *(f"post-{s}" for s in STATES)])
def test_the_page_stands_up_to_axe_and_fits(browser_page, live_server, world, name):  # noqa: F811
    browser_page.set_viewport_size(DESKTOP)
    browser_page.goto(live_server.url + addresses(world)[name])
    wrong = look_closely(browser_page, f"posting-{name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("words", ["Publish now", "Give a time"])
def test_a_question_about_many_stands_up_to_axe_and_fits(browser_page, live_server, world, words):  # noqa: F811
    page = browser_page
    page.goto(live_server.url + reverse("desk:posting_hub"))
    page.locator("[data-choose-page]").check()
    page.get_by_role("button", name=words).click()
    page.wait_for_url(re.compile(".*/posting/chosen/.*"))
    wrong = look_closely(page, f"posting-many-{words.split()[0].lower()}")
    assert not wrong, "\n".join(wrong)
