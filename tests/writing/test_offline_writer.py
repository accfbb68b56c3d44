"""Without a language model a draft is still made: of the section's own sentences."""

import re

import pytest

from content.writers.brief import brief_for, shows_text
from content.writers.offline import NothingToWrite, write_offline
from platforms.checking import stopping
from platforms.models import ChannelType
from tests.factories import AccountFactory
from tests.writing.made import KIRK, brief_of, source_with

pytestmark = pytest.mark.django_db
LONG = " ".join(
    f"Sentence {n} tells how the loom number {n} is warped with wool." for n in range(900)
)
TEXTS = {
    "English": KIRK,
    "very long": LONG,
    "one endless sentence": "wool " * 3_000,
    "one endless word": "w" * 90_000,
    "Japanese": "この織物には理由がある。苔の匂いがする。島の岩の地衣類で染められたからだ。" * 40,
    "Chinese without marks": "羊毛织成的布有泥炭的气味" * 400,
    "Arabic": "لماذا تفوح من التويد رائحة الخث؟ لأن الصوف صُبغ بالأشنات. " * 40,
    "Hebrew": "לבד עם ריח של כבול. הצמר נצבע בחזזיות מן הסלעים. " * 60,
    "Hindi": "ऊन में पीट की गंध क्यों है? क्योंकि वह काई से रंगी जाती है। " * 40,
    "Thai": "ผ้าทวีดมีกลิ่นพีทเพราะย้อมด้วยไลเคนจากหินของเกาะ" * 40,
    "families of emoji": "👩‍👩‍👧‍👦 " * 900,
    "emoji and a word": "👩‍👩‍👧‍👦" * 900 + " wool.",
    "hidden signs": "Wo\u200bol \u202eis dyed\u202c. " * 50,
    "markup": "# Peat\n\n- **Peat** and [wool](https://evil.example/x).\n- <b>Wool</b> &amp;.\n"
    "<script>alert(1)</script>\n![loom](loom.png)\n> It smells of peat.",
    "addresses": "Read https://evil.example now. See www.evil.example or evil.com/x. Peat is peat.",
    "NUL and half a pair": "Peat\x00 smoke.\ud83d It stays.",
    "one word": "Peat",
    "dots": "Peat. " * 800,
}  # fmt: skip


def channels():
    return [
        (kind.platform.slug, kind.slug)
        for kind in ChannelType.objects.select_related("platform").order_by("pk")
    ]


@pytest.mark.parametrize("language", TEXTS)
def test_every_channel_gets_a_text_that_fits(language):
    source = source_with(("Peat", "x"))
    section = source.sections.get()
    section.text = TEXTS[language]
    looked_at = 0
    for platform, slug in channels():
        account = AccountFactory(brand=source.brand, platform=platform)
        kind = ChannelType.objects.get(platform__slug=platform, slug=slug)
        if not shows_text(account, kind):
            continue
        brief = brief_for(section, account, kind)
        written = write_offline(brief)
        looked_at += 1
        assert written.text.strip()
        assert brief.length(written.text) <= brief.limits.text_max, (platform, slug)
        assert stopping(brief.problems(written.text)) == []
        assert not written.problem
        assert not re.search("[\x00\u200b\u202e\ud800-\udfff]|evil|<script|\\*\\*", written.text)
    assert looked_at >= 8


def test_it_says_whole_sentences_of_the_section_in_their_order():
    brief = brief_of(source_with(), "mastodon")
    body = write_offline(brief).text.partition("\n\n#")[0]
    assert body.startswith("For almost four hundred years Scotland did not keep Christmas.")
    assert body.endswith(".")
    places = [KIRK.index(sentence) for sentence in re.split(r"(?<=\.) (?=[A-Z])", body)]
    assert len(places) >= 2
    assert places == sorted(places)


def test_an_abbreviation_ends_no_sentence():
    text = (
        "Dr. Grant of Aberdeen counted forty households, e.g. in one close, at St. Giles. It is so."
    )
    brief = brief_of(source_with(("x", text)), "twitter")
    assert write_offline(brief).text.startswith(text.partition(" It")[0])


def test_hashtags_come_out_of_the_text_and_not_more_than_its_readers_expect():
    for platform, most in (("mastodon", 3), ("twitter", 1), ("instagram", 5)):
        text = write_offline(brief_of(source_with(), platform)).text
        tags = re.findall(r"#(\w+)", text)
        assert 1 <= len(tags) <= most
        assert "Hogmanay" in tags
        assert all(tag.casefold() in KIRK.casefold() for tag in tags)
        assert text.rstrip().endswith(f"#{tags[-1]}")


def test_the_link_has_its_room_and_is_not_said_twice():
    source = source_with(("Peat", LONG), address="https://glenandloom.example/" + "a" * 150)
    brief = brief_of(source, "bluesky")
    text = write_offline(brief).text
    assert source.address not in text
    assert brief.length(text) <= brief.limits.text_max


@pytest.mark.parametrize("text", ["", " \n\t", "---", "!!! ???", "1234 5678", "![](x.png)"])
def test_a_section_without_words_is_written_by_its_heading(text):
    assert "Redding" in write_offline(brief_of(source_with(("Redding the house", text)))).text


def test_nothing_at_all_is_said_so():
    source = source_with(("", "---"), title="…")
    with pytest.raises(NothingToWrite, match="no words"):
        write_offline(brief_of(source))


def test_the_same_section_gives_the_same_text():
    brief = brief_of(source_with())
    assert write_offline(brief) == write_offline(brief)
