"""The list of posts: paging, filters, sorting, search, saved views, and whose posts it shows."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from desk.listing import keyset
from desk.listing.kinds import ATTENTION, KINDS, OUT, QUEUE
from desk.listing.page import PostList
from organisation.models import Role
from posting.labels import hold_label
from posting.models import SavedView
from tests.factories import (
    AccountFactory,
    BrandFactory,
    LabelFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
)

PAGES = ("desk:posting_hub", "desk:ready_pieces", "desk:published_posts", "desk:attention")
STATES = ("failed", "scheduled", "missed", "published", "unconfirmed", "publishing", "cancelled")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, name="Glen & Loom page")


def listed(kind, person, query="", size=50):
    return PostList(kind, QueryDict(query), user=person, now=timezone.now(), size=size)


def ids(posts):
    return [row.post.pk for row in posts.rows]


def walked(kind, person, query, size, way):
    """The pages from here to the end, following the links."""
    pages = []
    while True:
        posts = listed(kind, person, query, size)
        pages.append(ids(posts))
        url = getattr(posts, way)
        if not url:
            return pages, query
        query = url.partition("?")[2]


# Paging


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("sort", ["", "due", "-due", "updated", "-updated", "-published"])
def test_pages_forward_and_back_show_each_post_once_in_one_order(people, account, kind, sort):
    """With equal keys, and with posts that have no time at all."""
    for state in STATES:
        PostFactory.create_batch(2, account=account, due=NOON, **{state: True})
    PostFactory.create_batch(3, account=account)
    PostFactory(account=account, holds=1)
    there, last = walked(kind, people.mairi, f"sort={sort}", 3, "later_url")
    back, _ = walked(kind, people.mairi, last, 3, "earlier_url")
    everything = ids(listed(kind, people.mairi, f"sort={sort}"))
    assert [pk for page in there for pk in page] == everything
    assert back[::-1] == there
    assert len(set(everything)) == len(everything) == listed(kind, people.mairi).total.number


def test_posts_without_a_time_come_last_either_way(people, account):
    ready = PostFactory(account=account)
    early, late = (PostFactory(account=account, scheduled=True, due=NOON + timedelta(hours=h))
                   for h in (0, 1))  # fmt: skip
    assert ids(listed(QUEUE, people.mairi)) == [early.pk, late.pk, ready.pk]
    assert ids(listed(QUEUE, people.mairi, "sort=-due")) == [late.pk, early.pk, ready.pk]


def test_a_row_that_appears_meanwhile_shifts_no_page(people, account):
    posts = [PostFactory(account=account, scheduled=True, due=NOON + timedelta(hours=h))
             for h in range(4)]  # fmt: skip
    second = listed(QUEUE, people.mairi, size=2).later_url.partition("?")[2]
    PostFactory(account=account, scheduled=True, due=NOON - timedelta(hours=1))
    assert ids(listed(QUEUE, people.mairi, second, size=2)) == [p.pk for p in posts[2:]]


@pytest.mark.parametrize("place", ["", "x", "~", "~x", "20261124T120000.000000~",
                                   "20269999T000000.0~1",
                                   "~99999999999999999999", "~١"])  # fmt: skip
def test_an_address_that_names_no_place_begins_at_the_first_page(people, account, place):
    post = PostFactory(account=account)
    assert keyset.read(place) is None
    assert ids(listed(QUEUE, people.mairi, f"after={place}")) == [post.pk]


# Filters


def test_filters_narrow_by_what_they_say(people, account):
    toot = AccountFactory(brand=people.brand, platform="mastodon")
    mine = PostFactory(account=account, scheduled=True)
    other = PostFactory(account=toot, failed=True)
    for query, found in (
        ("platform=mastodon", [other]),
        (f"account={account.pk}", [mine]),
        ("status=scheduled", [mine]),
        ("status=scheduled&status=failed&platform=mastodon", [other]),
        (f"brand={people.brand.pk}", [mine, other]),
        (f"account={account.pk}&platform=mastodon", []),
        ("platform=nonesuch", []),
        ("status=nonesuch&account=x&brand=&from=yesterday&sort=text", [mine, other]),
    ):
        posts = listed(QUEUE, people.mairi, query)
        assert set(ids(posts)) == {post.pk for post in found}, query
        assert posts.total.number == len(found)


def test_a_day_begins_at_midnight_where_the_viewer_is(people, account):
    late_in_london = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    post = PostFactory(account=account, scheduled=True, due=late_in_london)
    with timezone.override("Europe/Berlin"):
        assert ids(listed(QUEUE, people.mairi, "from=2026-11-24&to=2026-11-24")) == [post.pk]
    with timezone.override("Europe/London"):
        assert ids(listed(QUEUE, people.mairi, "from=2026-11-24&to=2026-11-24")) == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "١٢"])
def test_no_date_breaks_the_list(people, account, day):
    PostFactory(account=account, scheduled=True)
    assert listed(QUEUE, people.mairi, f"from={day}&to={day}").total.number == 1


def test_attention_holds_what_failed_was_missed_may_be_out_or_waits_for_approval(people, account):
    stuck = [PostFactory(account=account, **{s: True}) for s in ("failed", "unconfirmed", "missed")]
    held = PostFactory(account=account, scheduled=True, holds=3)
    PostFactory(account=account, scheduled=True, holds=2)
    PostFactory(account=account, published=True)
    assert set(ids(listed(ATTENTION, people.mairi))) == {p.pk for p in (*stuck, held)}


def test_many_brands_are_sorted_together(people):
    posts = []
    for hour in range(25):
        account = AccountFactory()
        MembershipFactory(user=people.mairi, brand=account.brand)
        posts.append(PostFactory(account=account, scheduled=True, due=NOON + timedelta(hours=hour)))
    assert ids(listed(QUEUE, people.mairi)) == [post.pk for post in posts]


# Search


def test_search_finds_titles_and_texts_by_the_beginning_of_words(people, account):
    loom = PostFactory(
        account=account, piece__title="Warp and weft", piece__text="A Hébridean loom"
    )
    PostFactory(account=account, piece__title="Oatcakes", piece__text="Without anything")
    for asked in ("warp", "WEF", "hebrid", "loom warp", "'loom'", "hébr-loom"):
        assert ids(listed(QUEUE, people.mairi, f"q={asked}")) == [loom.pk], asked
    assert ids(listed(QUEUE, people.mairi, "q=warp oatcakes")) == []


@pytest.mark.parametrize(
    "asked",
    ["'", '"', '""', "*", "warp*", "NEAR(a b)", "brand:1", "words:warp", "a AND", "OR", "NOT",
     "(", "-", "\\", "%", "' OR 1=1 --", "a:*|b", "\u202eabc", "\ud800", "😀", "x" * 5000,
     "a " * 3000, "!!!", ":::", "<->", "\t\n", "日本"],
)  # fmt: skip
def test_nothing_a_person_types_breaks_the_search(client, people, account, asked):
    PostFactory(account=account, piece__title="Warp")
    client.force_login(people.mairi)
    asked = asked.encode("utf-8", "replace").decode()
    assert client.get(reverse("desk:posting_hub"), {"q": asked}).status_code == 200
    assert client.get(reverse("desk:ready_pieces"), {"q": asked}).status_code == 200


def test_nul_and_half_a_character_in_the_address_break_nothing(client, people, account):
    client.force_login(people.mairi)
    for query in (
        "q=%00warp",
        "q=%ED%A0%80",
        "account=%00",
        "after=%00~1",
        "platform=%00&status=%00",
    ):
        assert client.get(f"{reverse('desk:posting_hub')}?{query}").status_code == 200


def test_search_never_finds_another_brands_words(people, account):
    PostFactory(account=AccountFactory(brand=BrandFactory()), piece__title="Secret warp")
    assert ids(listed(QUEUE, people.mairi, "q=secret")) == []
    assert ids(listed(QUEUE, people.isla, "q=warp")) == []


def test_a_title_or_text_that_changed_is_found_by_its_new_words(people, account):
    from content.writing import save_version

    post = PostFactory(account=account, piece__title="Warp", piece__text="Old words")
    save_version(post.piece, text="Fresh words", by=people.mairi, expected_edits=1)
    post.piece.title = "Weft"
    post.piece.save()
    for asked, found in (("fresh", [post.pk]), ("weft", [post.pk]), ("old", []), ("warp", [])):
        assert ids(listed(QUEUE, people.mairi, f"q={asked}")) == found, asked


def test_a_search_without_a_word_says_so(client, people, account):
    client.force_login(people.mairi)
    answer = client.get(reverse("desk:posting_hub"), {"q": "?!"})
    assert "There is no word to search for" in answer.content.decode()


# Pages and people


@pytest.mark.parametrize("page", PAGES)
def test_members_see_their_brands_only_and_strangers_sign_in(client, people, account, page):
    for state in ("scheduled", "published", "failed"):
        PostFactory(account=account, piece__title=f"Cullen skink {state}", **{state: True})
    PieceFactory(brand=people.brand, title="Cullen skink ready")
    address = reverse(page)
    assert client.get(address).url.startswith(reverse("desk:sign_in"))
    for person, sees in ((people.mairi, True), (people.ewan, True), (people.isla, False)):
        client.force_login(person)
        text = client.get(address).content.decode()
        assert ("Cullen skink" in text) == sees
        assert ("Glen &amp; Loom page" in text) <= sees
    client.force_login(people.isla)
    assert "Cullen" not in client.get(address, {"brand": people.brand.pk}).content.decode()


def test_verbs_are_offered_to_those_who_may(client, people, account):
    PostFactory(account=account, failed=True)
    address = reverse("desk:attention")
    client.force_login(people.mairi)
    assert 'formaction="/syndication/posting/chosen/retry"' in client.get(address).content.decode()
    client.force_login(people.ewan)
    text = client.get(address).content.decode()
    assert "formaction" not in text
    assert "/retry" not in text


@pytest.mark.parametrize(
    ("state", "step"),
    [("failed", "Retry"), ("missed", "Publish now"), ("unconfirmed", "See evidence")],
)
def test_each_row_of_attention_has_its_next_step(client, people, account, state, step):
    PostFactory(account=account, **{state: True})
    client.force_login(people.mairi)
    assert step in client.get(reverse("desk:attention")).content.decode()


def test_never_is_an_unconfirmed_post_sent_again_from_a_list(client, people, account):
    PostFactory(account=account, unconfirmed=True)
    client.force_login(people.mairi)
    text = client.get(reverse("desk:attention")).content.decode()
    assert "send-again" not in text
    assert "give-up" not in text


@pytest.mark.parametrize("page", PAGES)
def test_fifty_rows_ask_no_more_questions_than_five(
    client, people, account, django_assert_max_num_queries, page
):
    client.force_login(people.mairi)
    counts = []
    for number in (5, 50):
        for _ in range(number // 5):
            for state in ("failed", "missed", "unconfirmed", "published"):
                PostFactory(account=account, **{state: True})
            PostFactory(account=AccountFactory(brand=people.brand))
        with django_assert_max_num_queries(28) as seen:
            client.get(reverse(page))
        counts.append(len(seen))
    assert counts[0] == counts[1]


# Live rows


def test_rows_that_move_are_asked_for_and_a_list_at_rest_is_not(client, people, account):
    client.force_login(people.mairi)
    PostFactory(account=account, failed=True)
    assert 'hx-trigger="every 2s"' not in client.get(reverse("desk:posting_hub")).content.decode()
    PostFactory(account=account, publishing=True)
    assert 'hx-trigger="every 2s"' in client.get(reverse("desk:posting_hub")).content.decode()


def test_unchanged_rows_answer_304_and_changed_ones_their_cells(client, people, account):
    client.force_login(people.mairi)
    post = PostFactory(account=account, publishing=True, due=NOON)
    address = f"{reverse('desk:live_rows')}?ids={post.pk}"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    post.holds = 0
    type(post).objects.filter(pk=post.pk).update(
        status="failed", lease_until=None, error_sentence="Refused."
    )
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert f'id="status-{post.pk}" hx-swap-oob="true"' in changed.content.decode()
    assert "Refused." in changed.content.decode()


def test_live_rows_are_for_members(client, people, account):
    post = PostFactory(account=account, publishing=True, piece__title="Cullen skink")
    address = f"{reverse('desk:live_rows')}?ids={post.pk},x,,-1"
    assert client.get(address).status_code == 286
    client.force_login(people.isla)
    assert "Cullen" not in client.get(address).content.decode()


# Saved views


def test_a_view_keeps_filters_by_name_for_its_person_only(client, people, account):
    client.force_login(people.mairi)
    address = reverse("desk:save_view", args=["queue"])
    answer = client.post(address, {"name": " Late  ones ", "query": "status=failed&after=x&evil=1"})
    assert answer.url == f"{reverse('desk:posting_hub')}?status=failed"
    [view] = SavedView.objects.all()
    assert (view.name, view.query, view.user) == ("Late ones", "status=failed", people.mairi)
    assert "Late ones" in client.get(reverse("desk:posting_hub")).content.decode()
    client.post(address, {"name": "Late ones", "query": "status=missed"})
    assert SavedView.objects.get().query == "status=missed"
    client.force_login(people.ewan)
    assert "Late ones" not in client.get(reverse("desk:posting_hub")).content.decode()
    assert client.post(reverse("desk:delete_view", args=[view.pk])).status_code == 404
    client.force_login(people.mairi)
    client.post(reverse("desk:delete_view", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_a_view_without_name_or_filter_is_not_saved(client, people):
    client.force_login(people.mairi)
    address = reverse("desk:save_view", args=["queue"])
    for form in ({"name": "", "query": "status=failed"}, {"name": "All", "query": ""}):
        text = client.post(address, form, follow=True).content.decode()
        assert "No view was saved" in text
    assert client.post(reverse("desk:save_view", args=["nonesuch"]), {}).status_code == 404
    assert not SavedView.objects.exists()


def test_published_posts_come_newest_first_and_lead_to_the_platform(client, people, account):
    old = PostFactory(account=account, published=True, due=NOON)
    new = PostFactory(account=account, published=True, due=NOON + timedelta(hours=1))
    assert ids(listed(OUT, people.mairi)) == [new.pk, old.pk]
    client.force_login(people.mairi)
    assert new.remote_url in client.get(reverse("desk:published_posts")).content.decode()


# Authors, and a search that finds more than it looks at


def test_a_list_narrowed_to_authors_shows_theirs_and_offers_the_people_of_the_brand(
    client, people, account
):
    hers, his, _ = (PostFactory(account=account, author=who)
                    for who in (people.mairi, people.ewan, people.isla))  # fmt: skip
    one, two = people.mairi.pk, people.ewan.pk
    assert ids(listed(QUEUE, people.mairi, f"author={one}")) == [hers.pk]
    both = listed(QUEUE, people.mairi, f"author={one}&author={two}")
    assert sorted(ids(both)) == sorted([hers.pk, his.pk])
    assert both.total.number == both.matching.count() == 2
    of_account = listed(QUEUE, people.mairi, f"author={one}&account={account.pk}&status=ready")
    assert ids(of_account) == [hers.pk]
    assert [choice.words for choice in both.author_choices] == ["Ewan Bain", "Mairi Fraser"]
    assert ids(listed(QUEUE, people.isla, f"author={one}")) == []


def test_a_list_narrowed_to_labels_shows_posts_of_the_pieces_that_bear_one(
    client, people, account, monkeypatch
):
    sale, tweed, _ = (LabelFactory(brand=account.brand, name=n) for n in ("Sale", "Tweed", "Kilt"))
    foreign = LabelFactory()
    one, two, _ = (PostFactory(account=account) for _ in range(3))
    one.piece.labels.add(sale, tweed)
    two.piece.labels.add(tweed)
    PostFactory().piece.labels.add(foreign)
    assert ids(listed(QUEUE, people.mairi, f"label={sale.pk}")) == [one.pk]
    both = listed(QUEUE, people.mairi, f"label={sale.pk}&label={tweed.pk}")
    assert sorted(ids(both)) == sorted([one.pk, two.pk])
    assert both.total.number == 2
    assert ids(listed(QUEUE, people.mairi, f"label={tweed.pk}&account={account.pk}")) == ids(both)
    assert ids(listed(QUEUE, people.mairi, f"label={foreign.pk}")) == []
    assert [choice.words for choice in both.label_choices] == ["Kilt", "Sale", "Tweed"]
    assert [c.words for c in listed(QUEUE, people.isla, "").label_choices] == []
    monkeypatch.setattr("desk.listing.page.MOST_PIECES", 1)
    assert listed(QUEUE, people.mairi, f"label={sale.pk}").looked_at == ""
    assert listed(QUEUE, people.mairi, f"label={tweed.pk}").looked_at == "1"


def test_a_held_label_is_named_where_its_posts_wait(client, people, account):
    label = LabelFactory(brand=account.brand, name="Sale")
    post = PostFactory(account=account, scheduled=True)
    post.piece.labels.add(label)
    hold_label(label, by=people.mairi, now=timezone.now())
    client.force_login(people.mairi)
    page = client.get(reverse("desk:post", args=[post.pk])).content.decode()
    assert "Its label “Sale” is on hold until it is released." in page
    hub = client.get(reverse("desk:posting_hub"), {"label": label.pk}).content.decode()
    assert "On hold" in hub
    assert "Sale (on hold)" in hub


def test_a_search_that_leaves_pieces_out_says_so(client, people, account, monkeypatch):
    monkeypatch.setattr("posting.search.MOST_PIECES", 2)
    monkeypatch.setattr("desk.listing.page.MOST_PIECES", 2)
    monkeypatch.setattr("desk.listing.pieces.MOST_PIECES", 2)
    client.force_login(people.mairi)
    for number, said in ((2, False), (3, True)):
        while PieceFactory._meta.model.objects.count() < number:
            PostFactory(account=account, piece__title="Peat smoke")
        for page in ("desk:posting_hub", "desk:ready_pieces"):
            text = client.get(reverse(page), {"q": "peat"}).content.decode()
            assert ("More than 2 pieces match." in text) == said
        assert len(ids(listed(QUEUE, people.mairi, "q=peat"))) == 2


@pytest.mark.parametrize(
    ("who", "state", "keys"),
    [
        ("mairi", {}, {"e", "s", "p", "f"}),
        ("mairi", {"scheduled": True, "holds": 2}, {"e", "s", "f"}),
        ("mairi", {"published": True}, set()),
        ("mairi", {"unconfirmed": True}, set()),
        ("ewan", {}, {"e"}),
    ],
)
def test_the_keys_of_a_row_are_what_its_post_and_this_person_can(
    client, people, account, who, state, keys
):
    PostFactory(account=account, **state)
    client.force_login(getattr(people, who))
    of_posts = [name for name in PAGES if name != "desk:ready_pieces"]
    pages = [client.get(reverse(name)).content.decode() for name in of_posts]
    found = set(re.findall(r'data-row-key="(.)"', "".join(pages)))
    assert found == keys


@pytest.mark.parametrize(("role", "keys"), [(Role.AUTHOR, ["e"]), (Role.AUDITOR, [])])
def test_a_piece_is_edited_from_its_row_by_a_key_of_who_may_write(client, people, role, keys):
    PieceFactory(brand=people.brand)
    client.force_login(MembershipFactory(brand=people.brand, role=role).user)
    page = client.get(reverse("desk:ready_pieces")).content.decode()
    assert re.findall(r'data-row-key="(.)"', page) == keys
