"""Sources: the list, one source, and what is done to it."""

import pytest
from django.urls import reverse

from content.models import Source
from tests.content.sources.conftest import site  # noqa: F401
from tests.content.sources.made import piece_of
from tests.content.sources.test_articles import PAGE
from tests.factories import FeedFactory, SourceFactory

LIST = reverse("desk:sources")


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return people.mairi


@pytest.fixture
def source(people):
    return SourceFactory(brand=people.brand, title="Lichen")


def act(client, source, slug, **given):
    address = reverse("desk:source_act", args=[source.pk, slug])
    return client.post(address, given, follow=True).content.decode()


def listed(client, **asked):
    return [row.title for row in client.get(LIST, asked).context["sources"].rows]


def test_the_list_has_ones_own_sources_the_newest_first(client, mairi, people, source):
    SourceFactory(brand=people.brand, title="Peat")
    SourceFactory(title="Another brand’s")
    assert listed(client) == ["Peat", "Lichen"]
    piece_of(source.sections.first(), by=mairi)
    shown = client.get(LIST).content.decode()
    assert "1 piece made" in shown
    assert "nothing made yet" in shown


def test_older_ones_stand_on_the_next_page(client, mairi, people, monkeypatch):
    monkeypatch.setattr("desk.sources.pages.SIZE", 2)
    for n in range(5):
        SourceFactory(brand=people.brand, title=f"Source {n}")
    assert listed(client) == ["Source 4", "Source 3"]
    before = client.get(LIST).context["sources"].older
    assert listed(client, before=before) == ["Source 2", "Source 1"]
    assert listed(client, before="²") == ["Source 4", "Source 3"]


def test_what_is_set_aside_can_be_taken_up(client, mairi, source):
    assert "is set aside" in act(client, source, "aside")
    assert listed(client) == []
    assert listed(client, aside=1) == ["Lichen"]
    act(client, source, "aside")
    assert "among the sources again" in act(client, source, "take-up")
    assert listed(client) == ["Lichen"]


def test_one_is_deleted_unless_something_was_made_of_it(client, mairi, people, source):
    used = SourceFactory(brand=people.brand, title="Used")
    piece_of(used.sections.first(), by=mairi)
    assert "Nothing was deleted." in act(client, used, "delete")
    assert "is deleted" in act(client, source, "delete")
    assert Source.objects.get() == used


def test_reading_it_again_keeps_both_where_it_says_something_else(
    client,
    mairi,
    people,
    site,  # noqa: F811
):
    address = site.put("/wool", PAGE)
    client.post(reverse("desk:create_piece"), {"by": "link", "address": address})
    source = Source.objects.get()
    assert "what it said before" in act(client, source, "read-again")
    site.put("/wool", PAGE.replace("Part 2", "Another part"))
    assert "stands here as another source" in act(client, source, "read-again")
    assert Source.objects.count() == 2
    site.refuse("/wool", 500)
    assert "could not be read again, and stays" in act(client, source, "read-again")


def test_a_source_shows_its_text_and_where_it_is_from(client, mairi, people):
    feed = FeedFactory(brand=people.brand, title="Loom news")
    source = SourceFactory(
        brand=people.brand, feed=feed, entry_id="1", address="https://glen.example/wool"
    )
    shown = client.get(reverse("desk:source", args=[source.pk])).content.decode()
    for words in ("Ashes out.", "Loom news", "https://glen.example/wool", "A feast"):
        assert words in shown
    assert reverse("desk:source_act", args=[source.pk, "delete"]) not in shown


def test_nothing_else_is_done_to_a_source(client, mairi, source):
    address = reverse("desk:source_act", args=[source.pk, "burn"])
    assert client.post(address).status_code == 404
    assert client.get(reverse("desk:source_act", args=[source.pk, "aside"])).status_code == 405


def test_the_list_asks_as_often_for_many_sources_as_for_few(
    client, mairi, people, django_assert_max_num_queries
):
    counts = []
    for _ in range(2):
        for _ in range(4):
            source = SourceFactory(brand=people.brand, by=mairi)
            piece_of(source.sections.first(), by=mairi)
        with django_assert_max_num_queries(40) as seen:
            client.get(LIST)
        counts.append(len(seen))
    assert counts[0] == counts[1]
