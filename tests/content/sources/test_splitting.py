"""Texts in sections."""

from hypothesis import given
from hypothesis import strategies as st

from content.sources.splitting import MOST, SECTIONS_MAX, count_words, split


def headings(text):
    return [part.heading for part in split(text)]


def squeezed(text):
    return "".join(text.split())


def test_each_heading_begins_a_section():
    text = "Before.\n\n# One\n\nFirst.\n\n## Two\nSecond.\n\nMore."
    assert [(p.heading, p.text) for p in split(text)] == [
        ("", "Before."),
        ("One", "First."),
        ("Two", "Second.\n\nMore."),
    ]


def test_a_heading_with_nothing_below_joins_the_next():
    assert headings("# One\n## Two\n\nWords.") == ["One: Two"]
    assert [(p.heading, p.text) for p in split("# Alone")] == [("Alone", "Alone")]


def test_a_hash_in_code_or_before_a_word_is_no_heading():
    assert headings("```\n# comment\n```\n#peat smoke") == [""]


def test_without_headings_paragraphs_are_put_together():
    text = "\n\n".join(f"{n} " + "word " * 100 for n in range(12))
    parts = split(text)
    assert 2 < len(parts) < 12
    assert all(len(part.text) <= MOST for part in parts)


def test_a_paragraph_without_end_is_divided_between_sentences_or_at_least_words():
    for long in ("A sentence stands here. " * 500, "word " * 3000, "漢字。" * 4000, "x" * 10_000):
        parts = split(long)
        assert all(len(part.text) <= MOST for part in parts)
        assert squeezed("".join(part.text for part in parts)) == squeezed(long)
    assert all(part.text.endswith(".") for part in split("A sentence stands here. " * 500))


def test_a_long_section_is_divided_and_counted():
    text = "# Peat\n\n" + "\n\n".join("word " * 300 for _ in range(5))
    assert headings(text) == [f"Peat ({n} of 5)" for n in range(1, 6)]


def test_there_are_never_too_many_and_the_last_has_the_rest():
    text = "\n".join(f"# H{n}\nbody{n}" for n in range(SECTIONS_MAX + 50))
    parts = split(text)
    assert len(parts) == SECTIONS_MAX
    assert f"body{SECTIONS_MAX + 49}" in parts[-1].text


def test_the_print_holds_whatever_the_spaces_are():
    assert split("# A\nb  c")[0].sha256 == split("# A\n\nb\nc\n")[0].sha256
    assert split("# A\nb c")[0].sha256 != split("# B\nb c")[0].sha256


def test_words_are_counted_where_there_are_no_spaces():
    assert count_words("It’s a well-known loom") == 4
    assert count_words("漢字です") == 4


BITS = st.sampled_from(["a", "b b", "# a", "## b", "#a", "```", "漢。", "a. b. ", "\n", "x" * 900])


@given(st.lists(BITS, max_size=40), st.sampled_from(["\n", "\n\n", " "]))
def test_no_letter_is_lost(bits, between):
    text = between.join(bits).strip()
    said = "".join(part.heading + part.text for part in split(text))
    for letter in "abx漢":
        assert said.count(letter) >= text.count(letter)
