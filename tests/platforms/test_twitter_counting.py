"""Counting as X does: cases that twitter-text publishes for its third configuration, and more."""

import pytest

from platforms.adapters.twitter.weighted import addresses, length

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
POEM = "故人西辞黄鹤楼，烟花三月下扬州。"  # 16 signs

# The text, and its weight.
PUBLISHED = {
    "an address": ("Hi http://test.co", 26),
    "only an address": ("http://test.co", 23),
    "long words": ("285 chars-" + "xxxxxxxxxx-" * 25, 285),
    "an address in the middle": (
        "285 chars- http://www.twitter.com/jack " + "xxxxxxxxxx-" * 24,
        299,
    ),
    "an address at the end": ("xxxxxxxxxx-" * 24 + " http://www.twitter.com/jack ", 289),
    "ten addresses": ("https://www.twitter.com/aloha " * 10, 240),
    "160 Chinese signs": (POEM * 10, 320),
    "three letters before them": ("the" + POEM * 10, 323),
    "160 emoji": ("😷" * 160, 320),
    "a composed letter": ("A\u0301B", 2),
    "Hebrew that is taken apart": ("A\ufb2c", 4),
    "a composed letter at the end": ("282 chars-" + "x" * 269 + "A\u0301x", 281),
    "emoji of every length": (f"H🐱☺{FAMILY}", 7),
    "emoji in a row": ("😷👾😡🔥💩", 10),
    "skin tones and professions": ("🙋🏽👨\u200d🎤", 4),
    "140 families": (FAMILY * 140, 280),
    "emoji of Unicode 9": ("Unicode 9.0 emoji: 🤠; 💃; 💃🏾", 29),
    "emoji of Unicode 10": (
        "Unicode 10.0 emoji: 🤪; 🧕; 🧕🏾; 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067"
        "\U000e007f",
        34,
    ),
    "a label of 64 letters": ("randomurl" * 6 + "randomurls.com", 68),
    "a host that is too long": (
        "あいうえおかきくけこ" * 12 + " http://" + "あいうえおかきくけこ" * 5 + "あいう.com",
        358,
    ),
    "a host that is not": (
        "あいうえおかきくけこ" * 12 + " http://" + "あいうえおかきくけこ" * 5 + "あい.com",
        264,
    ),
    "a long host and a short one": (
        "https://" + "somesuperlongurl" * 8 + ".com/foo https://validurl.com",
        8 + 16 * 8 + len(".com/foo ") + 23,
    ),
    "marks of direction": ("\u2066\u202ahttp://foobar.پاکستان/\u202c\u2069", 31),
    "signs that are none": ("ABC\u202a\uffffABC\ufffe", 12),
}
MORE = {
    "nothing": ("", 0),
    "a bare host": ("test.com", 23),
    "three addresses": ("Test https://test.com test https://test.com test.com test", 86),
    "a country's host": ("foo.jp", 23),
    "no top-level domain": ("http://foo.notatld", 18),
    "a file": ("notes.txt", 9),
    "an address of mail": ("a@b.com", 7),
    "a mention": ("@a.com", 6),
    "a money sign": ("$a.com", 6),
    "brackets in a path": ("see http://a.com/b(c)d.", 28),
    "a short address of X": ("http://t.co/abcdef,x", 25),
    "a port alone": ("test.com:80", 26),
    "an underscore": ("foo_bar.example.com", 4 + 23),
    "Japanese before a host": ("日本語example.com", 6 + 23),
    "a Japanese host": ("https://例え.jp/", 23),
    "punycode": ("xn--fiqs8s.xn--fiqs8s", 23),
    "a flag": ("🇫🇴", 2),
    "a key": ("1️⃣", 2),
    "a digit": ("1", 1),
    "a sign as text": ("☺\ufe0e", 4),
    "a sign as a picture": ("☺\ufe0f", 2),
    "copyright": ("©", 1),
    "copyright as a picture": ("©\ufe0f", 2),
    "a joiner": ("\u200d", 1),
    "a heart on fire": ("❤\ufe0f\u200d🔥", 2),
    "an emoji of Unicode 16": ("\U0001fae9", 2),
    "an emoji of Unicode 17": ("\U0001faea", 2),
    "typographic quotes": ("“a”…", 4 + 1),
    "Greek, Russian, Georgian": ("Ωжა", 3),
    "Korean": ("한글", 4),
    "combining marks that do not compose": ("x\u0323\u0307", 3),
}


@pytest.mark.parametrize(("text", "weight"), PUBLISHED.values(), ids=PUBLISHED)
def test_published_cases(text, weight):
    assert length(text) == weight


@pytest.mark.parametrize(("text", "weight"), MORE.values(), ids=MORE)
def test_more_cases(text, weight):
    assert length(text) == weight


def test_what_is_linked_is_known_by_its_place():
    text = "See example.com/a, https://b.org/c?d=e#f! and notes.txt"
    found = [text[one.start : one.end] for one in addresses(text)]
    assert found == ["example.com/a", "https://b.org/c?d=e#f"]


@pytest.mark.parametrize(
    "piece", ["a.", "日.", "日本語", "(a", "http://", "a.b/", "@", "👨\u200d", "-._"]
)
def test_hostile_texts_are_counted_all_the_same(piece):
    text = piece * 2_000 + ".com"
    assert 0 < length(text) <= 2 * len(text) + 23
