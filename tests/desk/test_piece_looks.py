"""The pages of a piece with something to show: axe, their fit, their pictures, the keyboard."""

import pytest
from django.urls import reverse

from content.archiving import archive
from content.media import keep_picture
from content.writing import save_version
from posting.models import Post
from tests.desk.test_browser import DESKTOP, browser_page, world  # noqa: F401
from tests.desk.test_every_page import look_closely, picture_file
from tests.factories import (
    ApprovalFactory,
    LabelFactory,
    PieceFactory,
    PostFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def piece(world, data_dir):  # noqa: F811
    """Two versions, pictures, labels, words of a channel's own, and posts in several states."""
    callum, piece = world["callum"], world["unconfirmed"].piece
    picture = keep_picture(
        picture_file(), "loom.png", brand=world["brand"], by=callum, alt="A hand loom"
    )
    for name in ("Winter", "Harris Tweed week"):
        piece.labels.add(LabelFactory(brand=world["brand"], name=name))
    LabelFactory(brand=world["brand"], name="Recall", held=True)
    account = world["ready"].account
    for copy in (2, 3):
        post = PostFactory(account=account, piece=piece, copy=copy, scheduled=True)
        ApprovalFactory(post=post, by=callum)
    save_version(
        piece,
        text="Harris Tweed smells of peat for a good reason: crottle, a lichen of Hebridean rocks.",
        link="https://glenandloom.scot/crottle-and-a-very-long-address-that-has-to-wrap-somewhere",
        media=[picture],
        variants={"mastodon/status": {"text": "Why does tweed smell of peat?"}},
        by=callum,
        expected_edits=piece.edits,
    )
    return piece


def addresses(piece):
    compared = reverse("desk:compare_versions", args=[piece.pk])
    archive(PieceFactory(brand=piece.brand, title="Put away"), by=UserFactory())
    return {
        "archived": f"{reverse('desk:ready_pieces')}?status=archived",
        "page": reverse("desk:piece", args=[piece.pk]),
        "compare": f"{compared}?one=1&other=2",
        "restore": reverse("desk:restore_version", args=[piece.pk, 1]),
    }


@pytest.mark.parametrize("name", ["page", "compare", "restore", "archived"])
def test_the_page_stands_up_to_axe_and_fits(browser_page, live_server, piece, name):  # noqa: F811
    browser_page.set_viewport_size(DESKTOP)
    browser_page.goto(live_server.url + addresses(piece)[name])
    wrong = look_closely(browser_page, f"piece-{name}")
    assert not wrong, "\n".join(wrong)


def test_an_earlier_version_is_restored_by_keys_alone(browser_page, live_server, piece):  # noqa: F811
    page = browser_page
    page.goto(live_server.url + addresses(piece)["page"])
    page.get_by_role("link", name="Restore… version 1").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{addresses(piece)['restore']}")
    boxes = page.locator("input[name=follow]")
    assert boxes.count() == 2
    page.get_by_role("button", name="Change none").focus()
    page.keyboard.press("Enter")
    assert page.locator("input[name=follow]:checked").count() == 0
    boxes.first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Restore version 1").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{addresses(piece)['page']}")
    piece.refresh_from_db()
    assert piece.current.text == piece.versions.get(number=1).text
    assert Post.objects.filter(piece_version=piece.current).count() == 1


def test_archiving_says_first_what_becomes_of_the_posts(browser_page, live_server, piece):  # noqa: F811
    page = browser_page
    page.goto(live_server.url + addresses(piece)["page"])
    page.locator("summary", has_text="Archive").focus()
    page.keyboard.press("Enter")
    assert page.get_by_text("2 scheduled posts keep their times").is_visible()
    page.get_by_role("button", name="Archive the piece").click()
    page.get_by_role("button", name="Bring back").wait_for()
    piece.refresh_from_db()
    assert piece.status == "archived"


def test_archived_pieces_are_one_choice_away(browser_page, live_server, piece):  # noqa: F811
    archive(PieceFactory(brand=piece.brand, title="Put away"), by=UserFactory())
    page = browser_page
    page.goto(live_server.url + reverse("desk:ready_pieces"))
    assert not page.get_by_role("link", name="Put away", exact=True).is_visible()
    page.get_by_label("Status", exact=True).select_option("Archived")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Put away", exact=True).wait_for()
