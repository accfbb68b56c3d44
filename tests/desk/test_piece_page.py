"""A piece's page: what it says, where it goes, and what can be done with it."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from content.copying import duplicate_piece
from content.models import Draft, Piece
from content.writing import save_version
from organisation.models import AuditEntry, Role
from posting.labels import hold_label
from posting.models import Post
from posting.states import Hold, Status
from tests.desk.walking import page_of
from tests.factories import (
    AccountFactory,
    LabelFactory,
    MediaAssetFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
    ScheduleFactory,
)

COMPOSE = reverse("desk:compose")


@pytest.fixture
def piece(people, data_dir):
    return PieceFactory(
        brand=people.brand,
        by=people.ewan,
        title="Kettle",
        text="The kettle is on.",
        link="https://glenandloom.scot/kettle",
        media=[MediaAssetFactory(brand=people.brand, alt="A kettle", focus_x=0.2)],
        variants={
            "mastodon/status": {"text": "Kettle on!", "link": "", "pictures": 0,
                                "options": {"visibility": "unlisted"}},
            "gone/kind": {"first_comment": "More of it.", "options": {"odd": 3}},
        },
    )  # fmt: skip


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return client


@pytest.fixture
def ewan(client, people):
    client.force_login(people.ewan)
    return client


def address(piece):
    return reverse("desk:piece", args=[piece.pk])


def act(client, piece, slug, **sent):
    return client.post(reverse("desk:piece_act", args=[piece.pk, slug]), sent, follow=True)


def test_it_shows_all_that_the_piece_says_and_where_it_goes(ewan, piece, people):
    account = AccountFactory(brand=people.brand, name="Oban shop")
    post = PostFactory(account=account, piece=piece, scheduled=True)
    plan = ScheduleFactory(account=account, piece=piece)
    answer = ewan.get(address(piece))
    page = page_of(answer)
    for words in (
        "The kettle is on.", "https://glenandloom.scot/kettle", "A kettle", "Ewan Bain", "Ready",
        "Mastodon, post", "Kettle on!", "it stands in the text", "but not in public lists",
        "gone/kind", "More of it.", "Oban shop", "Scheduled", "version 1", f"plan {plan.pk}",
    ):  # fmt: skip
        assert words in page, words
    assert reverse("desk:post", args=[post.pk]) in answer.content.decode()


def test_a_piece_that_says_nothing_yet_has_a_page(ewan, people):
    empty = Piece.objects.create(brand=people.brand, title="Later")
    assert "It says nothing yet" in page_of(ewan.get(address(empty)))


def test_the_list_of_pieces_the_post_and_the_search_lead_to_it(ewan, piece):
    post = PostFactory(account=AccountFactory(brand=piece.brand), piece=piece)
    for place, asked in (
        (reverse("desk:ready_pieces"), {}),
        (reverse("desk:post", args=[post.pk]), {}),
        (reverse("desk:search"), {"q": "kettle"}),
    ):
        assert f'href="{address(piece)}"' in ewan.get(place, asked).content.decode()


def test_the_admin_leads_to_it(client, people, piece):
    people.mairi.is_staff = True
    people.mairi.save()
    client.force_login(people.mairi)
    form = client.get(reverse("admin:content_piece_change", args=[piece.pk]))
    assert f'href="{address(piece)}"' in form.content.decode()


def test_it_stands_under_posting_in_the_rail(ewan, piece):
    entries = ewan.get(address(piece)).context["frame"].entries
    assert [entry.words for entry in entries if entry.current] == ["Posting"]


@pytest.mark.parametrize("words", ["9" * 30, "²", "-1", "x", ""])
def test_anything_may_stand_in_the_address(ewan, piece, words):
    asked = {"before_post": words, "before_version": words}
    assert ewan.get(address(piece), asked).status_code == 200
    compared = reverse("desk:compare_versions", args=[piece.pk])
    assert ewan.get(compared, {"one": words, "other": 1}).status_code == 404


def test_posts_and_versions_are_read_a_page_at_a_time(ewan, piece, people, settings):
    account = AccountFactory(brand=people.brand)
    posts = [PostFactory(account=account, piece=piece, copy=copy) for copy in range(1, 31)]
    for edits in range(1, 30):
        save_version(piece, text=f"Take {edits}", by=people.ewan, expected_edits=edits)
    first = ewan.get(address(piece)).context["page"]
    assert [post.pk for post in first.posts] == [post.pk for post in posts[:4:-1]]
    assert [version.number for version in first.versions] == list(range(30, 5, -1))
    asked = {"before_post": first.older_posts, "before_version": first.older_versions}
    second = ewan.get(address(piece), asked).context["page"]
    assert [post.pk for post in second.posts] == [post.pk for post in posts[4::-1]]
    assert [version.number for version in second.versions] == [5, 4, 3, 2, 1]
    assert (second.older_posts, second.older_versions) == (0, 0)


def test_it_asks_the_same_number_of_questions_however_much_there_is(
    ewan, piece, people, django_assert_max_num_queries
):
    counts = []
    for _ in range(2):
        for _ in range(3):
            PostFactory(account=AccountFactory(brand=people.brand), piece=piece, scheduled=True)
            piece.labels.add(LabelFactory(brand=people.brand))
            piece.refresh_from_db()
            save_version(piece, text="So.", by=people.ewan, expected_edits=piece.edits,
                         media=MediaAssetFactory.create_batch(3, brand=people.brand))  # fmt: skip
        with django_assert_max_num_queries(22) as seen:
            ewan.get(address(piece))
        counts.append(len(seen))
    assert counts[0] == counts[1]


# Duplicating


def test_a_duplicate_says_and_shows_the_same_and_opens_in_the_composer(ewan, piece, people):
    label = LabelFactory(brand=people.brand)
    piece.labels.add(label)
    PostFactory(account=AccountFactory(brand=people.brand), piece=piece, scheduled=True)
    answer = act(ewan, piece, "duplicate", key=str(uuid.uuid4()))
    copy = Piece.objects.exclude(pk=piece.pk).get()
    assert answer.context["filled"].piece == copy.pk
    assert (copy.title, copy.author, copy.status) == ("Kettle (copy)", people.ewan, "ready")
    old, new = piece.current, copy.current
    assert (new.number, new.text, new.link, new.variants) == (1, old.text, old.link, old.variants)
    shown = [list(version.media.values_list("asset", "alt", "focus_x", "position"))
             for version in (old, new)]  # fmt: skip
    assert shown[0] == shown[1] != []
    assert list(copy.labels.all()) == [label]
    assert not copy.posts.exists()
    assert AuditEntry.objects.filter(verb="duplicate piece", subject_id=copy.pk).count() == 1


def test_a_second_press_makes_no_second_duplicate(ewan, piece):
    key = str(uuid.uuid4())
    first, second = (act(ewan, piece, "duplicate", key=key) for _ in range(2))
    assert Piece.objects.count() == 2
    assert first.context["filled"].piece == second.context["filled"].piece


def test_a_form_of_somebody_else_makes_nothing(ewan, piece, people):
    draft = Draft.objects.create(brand=people.brand, by=people.mairi)
    assert act(ewan, piece, "duplicate", key=str(draft.pk)).status_code == 404
    assert act(ewan, piece, "duplicate", key="x").status_code == 404
    assert Piece.objects.count() == 1


def test_the_longest_title_still_says_that_it_is_a_copy(piece, people):
    piece.title = "x" * 200
    copy = duplicate_piece(piece, by=people.ewan)
    assert (len(copy.title), copy.title[-8:]) == (200, "x (copy)")


def test_a_piece_without_words_is_duplicated_as_a_draft(people):
    empty = Piece.objects.create(brand=people.brand, title="Later")
    copy = duplicate_piece(empty, by=people.ewan)
    assert (copy.status, copy.current) == (Piece.Status.DRAFT, None)


# Archiving


def test_an_archived_piece_leaves_the_list_and_keeps_its_posts(ewan, piece, people):
    account = AccountFactory(brand=people.brand)
    post = PostFactory(account=account, piece=piece, scheduled=True)
    assert "1 scheduled post keeps its time" in page_of(ewan.get(address(piece)))
    answer = act(ewan, piece, "archive")
    assert "“Kettle” is archived. 1 post keeps its time." in page_of(answer)
    post.refresh_from_db()
    assert (post.status, post.holds) == (Status.SCHEDULED, Hold.NONE)
    pieces = reverse("desk:ready_pieces")
    assert "Kettle" not in page_of(ewan.get(pieces))
    archived = ewan.get(pieces, {"status": "archived"})
    assert "Kettle" in page_of(archived)
    assert not archived.context["may_assign"]
    assert "was archived already" in page_of(act(ewan, piece, "archive"))
    assert AuditEntry.objects.filter(verb="archive piece").count() == 1


def test_it_can_be_brought_back(ewan, piece):
    act(ewan, piece, "archive")
    assert "“Kettle” is ready again" in page_of(act(ewan, piece, "bring-back"))
    assert "Kettle" in page_of(ewan.get(reverse("desk:ready_pieces")))
    assert "not in the archive" in page_of(act(ewan, piece, "bring-back"))


def test_what_never_said_anything_comes_back_as_a_draft(ewan, people):
    empty = Piece.objects.create(brand=people.brand, title="Later", status="archived")
    act(ewan, empty, "bring-back")
    empty.refresh_from_db()
    assert empty.status == Piece.Status.DRAFT


def test_there_is_no_other_act(ewan, piece):
    assert act(ewan, piece, "burn").status_code == 404


# Labels


def test_labels_are_set_from_those_of_the_brand(ewan, piece, people):
    winter, summer = (LabelFactory(brand=people.brand, name=name) for name in ("Winter", "Summer"))
    elsewhere = LabelFactory()
    piece.labels.add(winter)
    page = act(ewan, piece, "labels", had=[winter.pk], label=[summer.pk, elsewhere.pk])
    assert "The labels are set." in page_of(page)
    assert list(piece.labels.all()) == [summer]
    assert "as they were" in page_of(act(ewan, piece, "labels", had=[summer.pk], label=[summer.pk]))
    entries = AuditEntry.objects.filter(verb="label piece")
    assert [entry.sentence for entry in entries] == [
        "Ewan Bain set the labels of “Kettle”: Summer."
    ]


def test_what_somebody_else_set_meanwhile_stays(ewan, piece, people):
    theirs, mine = LabelFactory.create_batch(2, brand=people.brand)
    piece.labels.add(theirs)
    act(ewan, piece, "labels", label=[mine.pk])
    assert set(piece.labels.all()) == {theirs, mine}


@pytest.mark.parametrize("worn", [True, False])
def test_a_held_label_is_changed_only_by_who_may_hold_posts(client, piece, people, worn):
    post = PostFactory(account=AccountFactory(brand=people.brand), piece=piece, scheduled=True)
    label = LabelFactory(brand=people.brand, name="Recall")
    if worn:
        piece.labels.add(label)
    hold_label(label, by=people.mairi, now=timezone.now())
    sent = {"had": [label.pk]} if worn else {"label": [label.pk]}
    before = Post.objects.get(pk=post.pk).holds
    client.force_login(people.ewan)
    assert "does not include holding posts" in page_of(act(client, piece, "labels", **sent))
    assert Post.objects.get(pk=post.pk).holds == before
    client.force_login(people.mairi)
    act(client, piece, "labels", **sent)
    assert Post.objects.get(pk=post.pk).holds == (Hold.NONE if worn else Hold.LABEL)


def test_who_may_only_read_sees_labels_and_no_buttons(client, piece, people):
    piece.labels.add(LabelFactory(brand=people.brand, name="Winter"))
    client.force_login(MembershipFactory(brand=people.brand, role=Role.AUDITOR).user)
    page = client.get(address(piece)).content.decode()
    assert "Winter" in page
    assert reverse("desk:piece_act", args=[piece.pk, "labels"]) not in page
    for words in ("Duplicate", "Archive…", "Edit in the composer", "Restore…"):
        assert words not in page
