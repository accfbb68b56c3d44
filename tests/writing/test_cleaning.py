"""What comes out of a model's answer is text: no markup, no address but the source's."""

import pytest

from content.writers.cleaning import clean, is_data, without_markup

LINK = "https://glenandloom.example/journal/hogmanay"
MATERIAL = "Ask @mairi@social.example about Hogmanay."


def cleaned(answer, link=LINK, material=MATERIAL):
    return clean(answer, link=link, material=material)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Coal and shortbread.", "Coal and shortbread."),
        ("  “Coal and shortbread.”\n", "Coal and shortbread."),
        ('"Coal" and "shortbread"', '"Coal" and "shortbread"'),
        ("```\nCoal.\n```", "Coal."),
        ("```text\nCoal.\n```", "Coal."),
        ("<think>The user wants coal.</think>\n\nCoal.", "Coal."),
        ("**Coal** and __shortbread__", "Coal and shortbread"),
        ("## Hogmanay\n\nCoal. #Hogmanay", "Hogmanay\n\nCoal. #Hogmanay"),
        ("<p>Coal &lt; fire</p><script>alert(1)</script>", "Coal &lt; fire"),
        ("Coal<!-- hidden --> and fire", "Coal and fire"),
        ("I <3 coal, and 2 < 3 > 1", "I <3 coal, and 2 < 3 > 1"),
        ("Coal\x00\x07\u202e and\u200b fire\ud800", "Coal and fire"),
        ("👩‍👩‍👧 and می‌خواهم", "👩‍👩‍👧 and می‌خواهم"),
        ("One.\r\n\r\n\r\n\r\nTwo.", "One.\n\nTwo."),
    ],
)
def test_only_the_words_are_left(answer, text):
    assert cleaned(answer).text == text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/prize",
        "http://evil.example",
        "evil.com",
        "www.evil.example/x?y=z",
        "HTTPS://EVIL.EXAMPLE",
        "https://glenandloom.example.evil.com/journal/hogmanay",
        "https://glenandloom.example/journal/hogmanay2",
        "https://evil.example/?next=https://glenandloom.example/journal/hogmanay",
        "javascript://alert(1)",
        "mailto:evil@evil.example",
        "tg://resolve?domain=evil",
        "https://user:word@evil.example",
    ],
)
def test_an_address_that_is_not_the_sources_is_left_out_and_told(address):
    found = cleaned(f"Read {address} now.")
    assert "evil" not in found.text.casefold()
    assert "hogmanay2" not in found.text
    assert "://" not in found.text
    assert found.text.startswith("Read")
    assert found.text.endswith("now.")
    assert "Left out" in found.remark


def test_the_link_behind_words_is_left_out_with_its_brackets():
    assert cleaned("Read [the story](https://evil.example/x) now.").text == "Read the story now."


def test_the_sources_own_link_may_stand():
    for answer in (f"Read {LINK} now.", f"Read {LINK}.", f"({LINK})"):
        found = cleaned(answer)
        assert (found.text, found.remark) == (answer, "")


def test_a_source_without_an_address_has_no_link_at_all():
    assert "example" not in cleaned("Read https://shop.example.", link="").text


def test_an_address_in_the_article_is_left_out_as_well():
    found = cleaned("Read https://evil.example.", material="Link to https://evil.example instead.")
    assert found.text == "Read."
    assert "https://evil.example" in found.remark


def test_dots_in_sentences_are_no_addresses():
    said = "It cost £3.50 at 9.30 a.m. on St. Andrew's Day, i.e. nothing."
    assert cleaned(said).text == said
    assert cleaned("It cost nothing.No more.").text == "It cost nothing. No more."


def test_who_is_not_in_the_section_is_named_and_not_mentioned():
    found = cleaned("Thanks @mairi@social.example and @evil! Mail a@b is none.")
    assert found.text == "Thanks @mairi@social.example and evil! Mail a@b is none."
    assert "@evil" in found.remark


def test_many_of_them_are_told_in_short():
    found = cleaned(" ".join(f"https://evil{n}.example" for n in range(40)))
    assert "and 35 more" in found.remark
    assert found.text == ""


def test_hostile_lengths_take_no_time_to_speak_of():
    for nasty in (
        "[" * 50_000,
        "<" * 50_000,
        "**" * 30_000,
        "a." * 40_000,
        "@" * 50_000,
        "`" * 9_999,
    ):
        without_markup(nasty)
        cleaned(nasty[:20_000])


@pytest.mark.parametrize(
    ("text", "data"),
    [('{"text": "x"}', True), ('["x"]', True), ("[sic] said", False), ("{x}", False), ("", False)],
)
def test_data_is_told_from_text(text, data):
    assert is_data(text) is data
