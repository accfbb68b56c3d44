"""Create piece: a source is taken, its sections are chosen, and what was made is told."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from content.models import Draft, Piece, Source
from tests.content.sources.conftest import site  # noqa: F401
from tests.content.sources.made import piece_of
from tests.content.sources.test_articles import PAGE
from tests.desk.composing import form
from tests.factories import AccountFactory, FeedFactory, MembershipFactory, SourceFactory

CREATE = reverse("desk:create_piece")
COMPOSE = reverse("desk:compose")


@pytest.fixture
def mairi(client, people):
    client.force_login(people.mairi)
    return people.mairi


def page_of(source):
    return reverse("desk:sections", args=[source.pk])


def take(client, **given):
    return client.post(CREATE, given, follow=True)


def ticked(page):
    return [row.called for row in page.context["page"].rows if row.chosen]


def test_a_pasted_text_leads_to_its_sections(client, mairi, people):
    page = take(client, by="text", text="# Wool\n\nDyed.\n\n# Loom\n\nSold.", title="The glen")
    source = Source.objects.get()
    assert page.redirect_chain == [(page_of(source), 302)]
    assert (source.brand, source.by, source.kind) == (people.brand, mairi, "text")
    assert [row.called for row in page.context["page"].rows] == ["Wool", "Loom"]


def test_a_file_leads_to_its_sections(client, mairi):
    upload = SimpleUploadedFile("peat.md", b"# Peat\n\nSmoke.", "text/markdown")
    take(client, by="file", file=upload)
    source = Source.objects.get()
    assert (source.kind, source.title, source.file_name) == ("file", "Peat", "peat.md")


def test_an_address_leads_to_the_sections_of_its_article(client, mairi, site):  # noqa: F811
    page = take(client, by="link", address=site.put("/wool", PAGE))
    source = Source.objects.get()
    assert (source.kind, source.title, source.address) == ("url", "Wool", f"{site.address}/wool")
    assert "Part 2" in page.content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"by": "text", "text": " "}, "There is no text in it."),
        ({"by": "link", "address": "javascript:alert(1)"}, "is not a web address"),
        ({"by": "link", "address": "http://127.0.0.1:1/"}, "not a public address"),
        ({"by": "file"}, "No file came with it."),
        ({"by": "feed"}, "No file came with it."),
    ],
)
def test_what_cannot_be_read_says_why_and_keeps_what_was_typed(client, mairi, given, words):
    page = client.post(CREATE, given)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not Source.objects.exists()
    if "address" in given:
        assert f'value="{given["address"]}"' in page.content.decode()


def test_a_text_that_is_too_long_stands_in_the_form_again(client, mairi):
    text = "wool " * 1_000_000
    page = client.post(CREATE, {"by": "text", "text": text})
    assert page.status_code == 422
    assert "5,000,000 characters" not in text
    assert "is the most that is kept" in page.content.decode()
    assert text.strip() in page.content.decode()


def test_a_hostile_title_and_text_are_only_words(client, mairi):
    evil = "<script>alert(1)</script>"
    page = take(client, by="text", text=f"# {evil}\n\n{evil} \x00", title=evil)
    assert evil not in page.content.decode()
    source = client.get(reverse("desk:source", args=[Source.objects.get().pk]))
    assert evil not in source.content.decode()


def test_the_same_text_again_leads_to_the_one_that_is_there(client, mairi):
    take(client, by="text", text="Wool.")
    page = take(client, by="text", text="Wool.")
    assert "was read before" in page.content.decode()
    assert Source.objects.count() == 1


def test_the_brand_is_the_one_chosen_of_ones_own(client, mairi, people):
    other = MembershipFactory(user=mairi).brand
    take(client, by="text", text="Wool.", brand=other.pk)
    assert Source.objects.get().brand == other
    strange = people.isla.memberships.get().brand
    assert client.post(CREATE, {"by": "text", "text": "x", "brand": strange.pk}).status_code == 404


def test_a_kind_of_source_that_there_is_not_is_not_found(client, mairi):
    assert client.get(CREATE, {"by": "fax"}).status_code == 404


def test_feeds_and_their_newest_entries_are_offered(client, mairi, people):
    feed = FeedFactory(brand=people.brand, title="Loom news")
    source = SourceFactory(brand=people.brand, feed=feed, entry_id="1", title="Lichen")
    shown = client.get(CREATE, {"by": "feed"}).content.decode()
    assert "Loom news" in shown
    assert page_of(source) in shown
    assert "Subscribe to a feed" in shown


def test_the_next_section_of_which_nothing_was_made_is_ticked(client, mairi, people):
    source = SourceFactory(brand=people.brand)
    assert ticked(client.get(page_of(source))) == ["A feast"]
    piece_of(source.sections.first(), "mastodon/status", by=mairi)
    page = client.get(page_of(source))
    assert ticked(page) == ["Redding"]
    shown = page.content.decode()
    assert "for Mastodon, post" in shown
    assert f"{COMPOSE}?section={source.sections.last().pk}" in shown
    assert ticked(client.get(page_of(source), {"choose": "none"})) == []
    piece_of(source.sections.last(), by=mairi)
    assert "Something was made of every section" in client.get(page_of(source)).content.decode()


def test_all_of_which_nothing_was_made_can_be_ticked_and_any(client, mairi, people):
    source = SourceFactory(brand=people.brand, text="# A\n1\n# B\n2\n# C\n3")
    first = source.sections.first()
    piece_of(first, by=mairi)
    assert ticked(client.get(page_of(source), {"choose": "rest"})) == ["B", "C"]
    assert ticked(client.get(page_of(source), {"section": first.pk})) == ["A"]


def test_a_section_is_taken_into_the_composer_and_remembered_once_sent(client, mairi, people):
    source = SourceFactory(brand=people.brand, address="https://glen.example/wool")
    section = source.sections.first()
    shown = client.get(COMPOSE, {"section": section.pk}, follow=True)
    filled = shown.context["filled"]
    assert (filled.section, filled.link) == (section.pk, "https://glen.example/wool")
    assert filled.text.startswith("A feast\n\n")
    sent = form(
        AccountFactory(brand=people.brand),
        key=str(shown.context["c"].key),
        section=section.pk,
        text=filled.text,
        when="ready",
        to=[],
    )
    client.post(COMPOSE, sent)
    piece = Piece.objects.get()
    assert (piece.section, piece.origin, piece.channel) == (section, "source", "")
    assert ticked(client.get(page_of(source))) == ["Redding"]
    told = client.get(reverse("desk:piece", args=[piece.pk])).content.decode()
    assert reverse("desk:source", args=[source.pk]) in told


def test_a_draft_of_the_composer_keeps_the_section(client, mairi, people):
    section = SourceFactory(brand=people.brand).sections.first()
    kept = form(AccountFactory(brand=people.brand), section=section.pk)
    client.post(reverse("desk:compose_check"), kept)
    draft = Draft.objects.get()
    page = client.get(COMPOSE, {"draft": str(draft.pk)})
    assert page.context["c"].section == section


def test_words_outlive_the_source_they_came_from(client, mairi, people):
    section = SourceFactory(brand=people.brand).sections.first()
    kept = form(AccountFactory(brand=people.brand), section=section.pk)
    client.post(reverse("desk:compose_check"), kept)
    section.source.delete()
    page = client.get(COMPOSE, {"draft": str(Draft.objects.get().pk)})
    assert page.context["c"].section is None
    assert page.context["filled"].text == kept["text"]


def test_a_section_of_another_brand_is_not_found_and_never_remembered(client, mairi, people):
    strange = SourceFactory().sections.first()
    assert client.get(COMPOSE, {"section": strange.pk}, follow=True).status_code == 404
    assert client.get(page_of(strange.source)).status_code == 404
    sent = form(AccountFactory(brand=people.brand), section=strange.pk, when="ready", to=[])
    client.post(COMPOSE, sent)
    assert Piece.objects.get().section is None


def test_the_pages_ask_as_often_for_many_as_for_few(
    client, mairi, people, django_assert_max_num_queries
):
    feed = FeedFactory(brand=people.brand)
    counts: list[int] = []
    for _ in range(2):
        for n in range(3):
            entry = f"{len(counts)}{n}"
            source = SourceFactory(brand=people.brand, feed=feed, entry_id=entry)
            piece_of(source.sections.first(), by=mairi)
        many = SourceFactory(brand=people.brand, text="\n".join(f"# H{n}\nb{n}" for n in range(9)))
        for section in many.sections.all()[: 2 + 4 * len(counts)]:
            piece_of(section, by=mairi)
        with django_assert_max_num_queries(120) as seen:
            for address in (CREATE, f"{CREATE}?by=feed", page_of(many)):
                client.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[1]
