"""What Bluesky's texts are made into: facets by bytes, keys by time, ids of content, threads."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.adapters.bluesky.cid import cid_of, encoded
from platforms.adapters.bluesky.richtext import facets, spans
from platforms.adapters.bluesky.threads import (
    BYTES_MAX,
    PARTS_MAX,
    TEXT_MAX,
    fits,
    parts_of,
)
from platforms.adapters.bluesky.tid import TID, tid_after, tid_at
from platforms.text import graphemes

NOW = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)


def pressed(text: str) -> list[tuple[str, str]]:
    """What the facets of a text name: their bytes as words, and their value."""
    found = []
    for facet in facets(text, lambda handle: f"did:plc:{handle}"):
        (feature,) = facet["features"]
        index = facet["index"]
        words = text.encode()[index["byteStart"] : index["byteEnd"]].decode()
        found.append((words, feature.get("uri") or feature.get("did") or feature["tag"]))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://example.org/a?b=c#d.", [("https://example.org/a?b=c#d",) * 2]),
        ("🐟 https://example.org", [("https://example.org",) * 2]),
        ("(https://example.org/x_(y))", [("https://example.org/x_(y)",) * 2]),
        ("Hello @ana.bsky.social!", [("@ana.bsky.social", "did:plc:ana.bsky.social")]),
        ("Grüße an @Ana.Example.org", [("@Ana.Example.org", "did:plc:ana.example.org")]),
        ("👩‍👩‍👧‍👦 #Fähren, #船", [("#Fähren", "Fähren"), ("#船", "船")]),
        ("＃wide and #mixed-up!", [("＃wide", "wide"), ("#mixed-up", "mixed-up")]),
        ("e\u0301 https://example.org #tag", [("https://example.org",) * 2, ("#tag", "tag")]),
        ("\r\n#a\n\n#b", [("#a", "a"), ("#b", "b")]),
    ],
)
def test_facets_name_exactly_the_bytes_that_are_pressed(text, expected):
    assert pressed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "me@example.org",
        "@nobody",
        "@ana.123",
        "https://localhost/x",
        "example.org",
        "# alone",
        "#1",
        "#2026",
        "a#b",
        "#\ufe0f\u20e3 on a telephone",
        "http://",
        "/@ana.example.org",
        "#" + "x" * 65,
    ],
)
def test_what_only_looks_like_it_stays_plain_text(text):
    assert pressed(text) == []


def test_a_tag_or_mention_inside_an_address_is_part_of_it():
    text = "https://example.org/@ana.example.org/#tag"
    assert [span.kind for span in spans(text)] == ["link"]


def test_a_mention_of_nobody_is_left_out_and_the_rest_stays():
    found = facets("@gone.example.org and #tag", lambda handle: "")
    assert [facet["features"][0]["$type"].rpartition("#")[2] for facet in found] == ["tag"]


PIECES = st.sampled_from(
    [
        "https://example.org/a",
        "@ana.example.org",
        "#tag",
        "#Fähren",
        " ",
        "\n",
        "🐟",
        "e\u0301",
        "(",
        ".",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=30).map("".join))
def test_no_facet_overlaps_another_cuts_a_letter_or_leaves_the_text(text):
    end = 0
    for facet in facets(text, lambda handle: "did:plc:x"):
        index = facet["index"]
        assert end <= index["byteStart"] < index["byteEnd"] <= len(text.encode())
        text.encode()[index["byteStart"] : index["byteEnd"]].decode()  # whole letters
        end = index["byteEnd"]


# Keys


def test_keys_have_the_form_of_tids_and_sort_by_time():
    keys = [tid_at(NOW + timedelta(microseconds=step)) for step in range(50)]
    assert keys == sorted(keys)
    assert all(TID.fullmatch(key) for key in keys)


def test_the_keys_of_a_thread_follow_each_other():
    first = tid_at(NOW)
    later = [tid_after(first, step) for step in range(PARTS_MAX)]
    assert later[0] == first
    assert later == sorted(set(later))
    assert tid_after(later[3], 4) == later[7]


def test_two_keys_of_one_moment_differ():
    assert len({tid_at(NOW) for _ in range(20)}) > 1


# Content ids. The tests against the reference server compare them with its own.


def test_a_record_has_one_encoding_whatever_the_order_of_its_fields():
    one = {"text": "Hello", "$type": "app.bsky.feed.post", "n": [1, -1, True, None]}
    other = dict(reversed(one.items()))
    assert encoded(one) == encoded(other)
    assert encoded({"bb": 1, "a": 24, "ccc": 256}) == bytes.fromhex(
        "a361611818626262016363636319 0100"
    )


@pytest.mark.parametrize("value", [1.5, b"bytes", {1, 2}])
def test_what_no_record_holds_is_an_error(value):
    with pytest.raises(TypeError):
        cid_of({"value": value})


# Threads


def test_a_short_text_is_one_post():
    assert parts_of("Hello.") == ["Hello."]
    assert parts_of("  \n ") == []


def test_a_long_text_is_cut_between_sentences():
    text = "One sentence of some length stands here. " * 20
    parts = parts_of(text)
    assert all(part.endswith("here.") for part in parts)
    assert " ".join(parts) == text.strip()
    assert all(graphemes(part) > TEXT_MAX / 2 for part in parts[:-1])


def test_the_author_says_where_to_cut():
    assert parts_of("One.\n---\nTwo.\n\n ----- \n\nThree.\n---\n") == ["One.", "Two.", "Three."]
    assert parts_of("A --- dash\nin a line") == ["A --- dash\nin a line"]


def test_numbers_stand_at_the_ends_and_fit():
    parts = parts_of("One sentence of some length stands here. " * 40, numbered=True)
    assert parts[0].endswith(f" 1/{len(parts)}")
    assert parts[-1].endswith(f" {len(parts)}/{len(parts)}")
    assert parts_of("Hello.", numbered=True) == ["Hello."]


@given(st.text(max_size=1500), st.booleans())
def test_no_part_is_empty_or_too_long_and_no_word_is_lost(text, numbered):
    parts = parts_of(text, numbered)
    assert all(part.strip() and fits(part) for part in parts)
    if not numbered and "--" not in text:
        assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_word_that_no_post_could_hold_is_cut_between_letters():
    family = "👩‍👩‍👧‍👦"
    parts = parts_of(family * 400)
    assert "".join(parts) == family * 400
    assert all(len(part.encode()) <= BYTES_MAX for part in parts)
