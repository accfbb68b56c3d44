"""Two texts as one: what was taken out, what was put in, and texts too long for every word."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.pieces import differences as module
from desk.pieces.differences import IN, OUT, SAME, Stretch, differences


def as_marks(old, new):
    marks = {SAME: "{}", OUT: "[-{}-]", IN: "[+{}+]"}
    return "".join(marks[one.kind].format(one.text) for one in differences(old, new))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Wool and peat", "Wool or peat", "Wool[- and-][+ or+] peat"),
        ("Peat", "Peat smoke", "Peat[+ smoke+]"),
        ("Peat", "Old Peat", "[+Old+] Peat"),
        ("Old Peat", "New Peat", "[-Old-][+New+] Peat"),
        ("", "Peat", "[+Peat+]"),
        ("Peat", "", "[-Peat-]"),
        ("Peat", "Peat", "Peat"),
        ("", "", ""),
        ("One.\nTwo.", "One.\n\nTwo.", "One.[-\nTwo.-][+\n\nTwo.+]"),
        ("羊毛は泥炭の匂い", "羊毛は海の匂い", "羊毛は[-泥炭-][+海+]の匂い"),
    ],
)
def test_a_change_is_shown_word_by_word(old, new, shown):
    assert as_marks(old, new) == shown


@given(st.text("ab \n羊"), st.text("ab \n羊"))
def test_both_texts_can_be_read_out_of_it(old, new):
    """But for a space before the first word, where only one of them has another before it."""
    found = differences(old, new)
    before = "".join(one.text for one in found if one.kind != IN)
    after = "".join(one.text for one in found if one.kind != OUT)
    assert before.lstrip(" ") == old.lstrip(" ")
    assert after.lstrip(" ") == new.lstrip(" ")
    assert all(one.text for one in found)


def long_text(words, seed):
    order = [f"word{number}" for number in range(words)]
    random.Random(seed).shuffle(order)
    return " ".join(order)


def test_two_changes_at_the_ends_of_the_longest_text_are_found():
    middle = long_text(10_000, 1)
    assert len(f"Old {middle} end") > 88_000
    assert differences(f"Old {middle} end", f"New {middle} finish") == [
        Stretch(OUT, "Old"), Stretch(IN, "New"), Stretch(SAME, f" {middle}"),
        Stretch(OUT, " end"), Stretch(IN, " finish"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["羊 " * 50_000, "a\n" * 50_000, "ab " * 33_333, "x" * 100_000])
def test_nothing_that_stands_in_the_longest_text_makes_more_work_than_is_allowed(text, monkeypatch):
    """The work is the number of pairs; it is bounded before any is looked at."""
    real, sizes = module.Indel.opcodes, []

    def counted(before, after):
        sizes.append(len(before) * len(after))
        return real(before, after)

    class Counting:
        opcodes = staticmethod(counted)

    monkeypatch.setattr(module, "Indel", Counting)
    other = text.translate({ord("羊"): "海", ord("a"): "c", ord("x"): "y"})
    found = differences(text, other)
    assert {one.kind for one in found} >= {OUT, IN}
    assert all(size <= module.PAIRS_MAX for size in sizes)


def test_too_many_words_are_compared_by_lines(monkeypatch):
    monkeypatch.setattr(module, "PAIRS_MAX", 9)
    old, new = "One two three.\nFour five six.\n", "One two four.\nFour five seven.\n"
    assert as_marks(old, new) == f"[-{old}-][+{new}+]"
    assert as_marks("a b c\nd e f\ng", "x b y\nd e f\ng h i j") == (
        "[-a b c\n-][+x b y\n+]d e f\n[-g-][+g h i j+]"
    )
