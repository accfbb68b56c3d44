"""Hashtags: groups put into texts, and tags that a brand does not use."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from content.hashtags import ban, clean_tags, save_group, tags_in, with_tags
from content.models import BannedHashtag, HashtagGroup
from posting.drafting import first_channel
from posting.editing import edit_post
from posting.queueing import queue_post
from tests.desk.composing import form
from tests.factories import AccountFactory, PieceFactory, PostFactory

PAGE = reverse("desk:hashtags")
COMPOSE = reverse("desk:compose")


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return people.mairi


def press(client, people, act, **said):
    return client.post(PAGE, {"act": act, "brand": people.brand.pk, **said}, follow=True)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#One and #two_3, (#drei)!", ["One", "two_3", "drei"]),
        ("a#b https://example.org/#c &#39; ##d #1 #é", ["é"]),
        ("＃全角 #2027er", ["全角", "2027er"]),
    ],
)  # fmt: skip
def test_tags_are_found_in_a_text(text, tags):
    assert tags_in(text) == tags


def test_a_group_is_put_in_once(client, people):
    assert with_tags("Peat #Wool ", ["wool", "tweed"]) == "Peat #Wool\n\n#tweed"
    assert with_tags("Peat #wool", ["Wool"]) == "Peat #wool"
    assert with_tags("", ["wool"]) == "#wool"


@pytest.mark.parametrize("given", ["", "two#words", "#1", "#" + "x" * 101, "#a\x00", "#a-b"])
def test_what_is_no_hashtag_is_refused(given):
    with pytest.raises(ValidationError):
        clean_tags(given)


def test_groups_are_made_changed_and_removed(client, people, mairi):
    page = press(client, people, "save", name="Harris", tags="#Tweed, wool #TWEED")
    assert "“Harris” is saved" in page.content.decode()
    group = HashtagGroup.objects.get()
    assert group.tags == "#Tweed #wool"
    again = press(client, people, "save", name="harris", tags="#x")
    assert again.status_code == 422
    assert "has a group “harris” already" in again.content.decode()
    press(client, people, "save", group=group.pk, name="Harris", tags="peat")
    assert HashtagGroup.objects.get().tags == "#peat"
    press(client, people, "remove", row=group.pk)
    assert not HashtagGroup.objects.exists()


def test_nobody_changes_those_of_another_brand(client, people, mairi):
    group = save_group(people.brand, "Harris", "tweed", by=mairi)
    client.force_login(people.isla)
    assert press(client, people, "remove", row=group.pk).status_code == 404
    other = people.isla.memberships.get().brand
    said = {"act": "remove", "brand": other.pk, "row": group.pk}
    assert client.post(PAGE, said).status_code == 404
    assert "Harris" not in client.get(PAGE).content.decode()


def test_the_composer_puts_a_group_into_the_text(client, people, mairi):
    account = AccountFactory(brand=people.brand)
    group = save_group(people.brand, "Harris", "tweed wool", by=mairi)
    filled = {**form(account), "text": "Peat #wool"}
    page = client.post(COMPOSE, {**filled, "fix": f"hashtags:{group.pk}:"})
    assert page.context["filled"].text == "Peat #wool\n\n#tweed"
    own = client.post(COMPOSE, {**filled, "fix": f"hashtags:{group.pk}:facebook/feed-post"})
    assert own.context["filled"].own["facebook/feed-post"].text == "Peat #wool\n\n#tweed"
    assert own.context["filled"].text == "Peat #wool"
    stale = client.post(COMPOSE, {**filled, "fix": "hashtags:999:"})
    assert stale.context["filled"].text == "Peat #wool"


def test_a_tag_that_is_not_used_keeps_posts_from_being_made(client, people, mairi):
    account = AccountFactory(brand=people.brand)
    ban(people.brand, "#Cheap", stops=True, why="Ask marketing", by=mairi)
    piece = PieceFactory(brand=people.brand, text="Peat #cheap")
    with pytest.raises(ValidationError, match="does not use #cheap"):
        queue_post(piece.current, account, first_channel(account), by=mairi, now=timezone.now())
    post = PostFactory(account=account)
    with pytest.raises(ValidationError, match="stays as it was"):
        edit_post(post, version=post.version, by=mairi, now=timezone.now(), text="Now #CHEAP")
    elsewhere = PieceFactory(text="#cheap")
    other = AccountFactory(brand=elsewhere.brand)
    made = queue_post(elsewhere.current, other, first_channel(other), by=None, now=timezone.now())
    assert made.pk


@pytest.mark.parametrize(("way", "stops"), [("stop", True), ("warn", False)])
def test_the_composer_says_so_while_one_writes(client, people, mairi, way, stops):
    account = AccountFactory(brand=people.brand)
    press(client, people, "ban", tag="cheap", way=way, why="")
    checked = client.post(reverse("desk:compose_check"), {**form(account), "text": "Peat #cheap"})
    problems = [row for row in checked.context["checks"].problems
                if row.problem.code == "banned_hashtag"]  # fmt: skip
    assert [row.stops for row in problems] == [stops]
    rule = BannedHashtag.objects.get()
    assert "may be used again" in press(client, people, "allow", row=rule.pk).content.decode()


def test_the_page_asks_the_same_for_many(client, people, mairi):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(PAGE).status_code == 200
        return len(caught)

    save_group(people.brand, "Harris", "tweed", by=mairi)
    ban(people.brand, "cheap", stops=True, why="", by=mairi)
    queries()
    few = queries()
    for number in range(8):
        save_group(people.brand, f"Group {number}", "tweed", by=mairi)
        ban(people.brand, f"cheap{number}", stops=False, why="", by=mairi)
    assert queries() == few
