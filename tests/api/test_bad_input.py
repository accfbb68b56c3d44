"""Whatever is sent, the answer is a sentence that names what is wrong, and nothing was made."""

import json

import pytest

from posting.models import Post
from tests.api.conftest import POSTS, blamed, told
from tests.factories import PostFactory


def ask(program, account, **fields):
    return program.ask("POST", POSTS, {"targets": [{"account": account.pk}], **fields})


@pytest.mark.parametrize(
    "raw",
    [
        b"{", b"nonsense", b"\xff\xfe", b'{"text": NaN}', b"[" * 100_000,
        b'{"text": "\xed\xa0\x80"}',
        b'{"version": ' + b"9" * 5000 + b"}",
    ],
    ids=["cut", "words", "bytes", "nan", "nested", "surrogate", "number"],
)  # fmt: skip
def test_what_is_not_json_is_said_to_be_none(mairi, account, raw):
    assert "cannot be read as JSON" in told(mairi.ask("POST", POSTS, raw), 400)


@pytest.mark.parametrize("raw", [b"[]", b"3", b'"text"', b"null", b"true"])
def test_a_body_that_is_no_object_is_refused(mairi, raw):
    told(mairi.ask("POST", POSTS, raw), 400)


def test_five_megabytes_are_too_large(mairi, account):
    assert "larger than 2 MB" in told(ask(mairi, account, text="x" * 5_000_000), 413)
    post = PostFactory(account=account)
    answer = mairi.ask("PUT", f"{POSTS}/{post.pk}", b"x" * 5_000_000)
    assert "larger than 2 MB" in told(answer, 413)


def test_a_text_longer_than_is_kept_is_refused_at_its_field(mairi, account):
    answer = ask(mairi, account, text="x" * 100_001)
    told(answer, 400)
    assert blamed(answer) == ["/text"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"text": "a\x00b"}, "/text"),
        ({"text": "half \ud83d of a pair"}, "/text"),
        ({"text": 5}, "/text"),
        ({"text": ["a"]}, "/text"),
        ({"text": None}, "/text"),
        ({"text": True}, "/text"),
        ({"text": {"a": 1}}, "/text"),
        ({"text": "a", "title": "x" * 201}, "/title"),
        ({"text": "a", "title": "\x00"}, "/title"),
        ({"text": "a", "link": "javascript:alert(1)"}, "/link"),
        ({"text": "a", "link": "https://example.org/" + "x" * 2000}, "/link"),
        ({"text": "a", "media": "5"}, "/media"),
        ({"text": "a", "media": ["5"]}, "/media/0"),
        ({"text": "a", "media": [1] * 21}, "/media"),
        ({"text": "a", "media": [2**70]}, "/media/0"),
        ({"text": "a", "media": [True]}, "/media/0"),
        ({"text": "a", "publish_now": "yes"}, "/publish_now"),
        ({"text": "a", "publish_now": 1}, "/publish_now"),
        ({"text": "a", "take_back": 61, "publish_now": True}, "/take_back"),
        ({"text": "a", "take_back": 5}, "/take_back"),
        ({"text": "a", "time": "2027-03-29T12:00"}, "/time"),
        ({"text": "a", "time": {"wall": "2027-03-29 12:00", "tz": "UTC"}}, "/time/tz"),
        ({"text": "a", "time": {"wall": "2027-03-29 12:00"}, "publish_now": True}, "/publish_now"),
        ({"text": "a", "piece": 1}, "/text"),
        ({"piece": 1.5}, "/piece"),
        ({"piece": -1}, "/piece"),
        ({}, "/text"),
        ({"text": "a", "text ": "b"}, "/text "),
        ({"text": "a", "a/b~c": 1}, "/a~1b~0c"),
        ({"text": "a", "\x00": 1}, "/\ufffd"),
        ({"text": "a", "\ud800": 1}, "/\ufffd"),
        ({"text": "a", "targets": []}, "/targets"),
        ({"text": "a", "targets": {}}, "/targets"),
        ({"text": "a", "targets": [5]}, "/targets/0"),
        ({"text": "a", "targets": [{}]}, "/targets/0/account"),
        ({"text": "a", "targets": [{"account": "1"}]}, "/targets/0/account"),
        ({"text": "a", "targets": [{"account": 1}] * 51}, "/targets"),
        ({"text": "a", "variants": []}, "/variants"),
        ({"text": "a", "variants": {"x/y": {}}}, "/variants/x~1y"),
        ({"text": "a", "variants": {"\ud800\x00": {}}}, "/variants/\ufffd\ufffd"),
        ({"text": "a", "variants": {"mastodon/status": {"text": "\x00"}}},
         "/variants/mastodon~1status/text"),
        ({"text": "a", "variants": {"mastodon/status": {"options": {"visibility": "\x00"}}}},
         "/variants/mastodon~1status/options/visibility"),
        ({"text": "a", "variants": {"mastodon/status": {"options": {"visibility": [1]}}}},
         "/variants/mastodon~1status/options/visibility"),
        ({"text": "a", "variants": {"facebook/story": {"first_comment": "First"}}},
         "/variants/facebook~1story/first_comment"),
        ({"text": "a", "variants": {"mastodon/status": {"options": {"a\x00": 1}}}},
         "/variants/mastodon~1status/options"),
    ],
)  # fmt: skip
def test_each_wrong_field_is_named_by_its_pointer(mairi, account, fields, pointer):
    answer = ask(mairi, account, **fields)
    told(answer, 400)
    assert pointer in blamed(answer)
    json.loads(answer.content)
    assert not Post.objects.exists()


def test_an_option_the_platform_does_not_know_makes_nothing(mairi, second):
    variants = {"mastodon/status": {"options": {"colour": "red"}}}
    answer = ask(mairi, second, text="a", variants=variants)
    told(answer, 400)
    assert blamed(answer) == ["/targets/0"]


def test_the_same_place_twice_is_refused(mairi, account):
    twice = [{"account": account.pk}, {"account": account.pk, "channel": "feed-post"}]
    assert "stands here twice" in told(ask(mairi, account, text="a", targets=twice), 400)


def test_a_channel_that_is_not_there_names_those_that_are(mairi, account):
    target = [{"account": account.pk, "channel": "tweet"}]
    answer = ask(mairi, account, text="a", targets=target)
    assert "It has feed-post" in told(answer, 400)
    assert blamed(answer) == ["/targets/0/channel"]


@pytest.mark.parametrize(
    "pk", ["0", "9" * 19, "9" * 40, "9" * 3000, "-1", "1.5", "abc", "%00", "1/"]
)
def test_an_address_without_a_post_is_not_found(mairi, pk):
    for method in ("GET", "PUT", "DELETE"):
        body = {"version": 1} if method == "PUT" else None
        told(mairi.ask(method, f"{POSTS}/{pk}", body), 404)


@pytest.mark.parametrize("path", ["", "/", "/queue/", "x", "/queue/more"])
def test_addresses_are_exactly_those_that_are_written_down(mairi, path):
    expected = 405 if path == "" else 404
    told(mairi.ask("GET", f"{POSTS}{path}"), expected)
    told(mairi.ask("GET", "/api/nothing"), 404)


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "PUT"])
def test_a_method_that_is_not_there_says_which_are(mairi, method):
    answer = mairi.ask(method, POSTS, {})
    assert f"does not know the method {method}" in told(answer, 405)
    assert "POST" in answer["Allow"]


def test_another_form_of_answer_is_refused(mairi):
    assert "application/json only" in told(
        mairi.ask("GET", f"{POSTS}/queue", Accept="text/html"), 406
    )


def test_another_form_of_body_is_refused(mairi, account):
    answer = mairi.client.post(
        POSTS, {"text": "a"}, headers={"Authorization": f"Bearer {mairi.text}"}
    )
    assert "Content-Type: application/json" in told(answer, 415)


def test_strange_and_harmless_texts_come_back_as_they_were(mairi, account):
    for text in (
        "<script>alert(1)</script>",
        "שלום עולם",
        "a\u200bb",
        "👩‍👩‍👧‍👦",
        "﷽" * 50,
        "' OR 1=1 --",
    ):
        [shown] = ask(mairi, account, text=text).json()["posts"]
        assert shown["text"] == text


def test_bad_changes_change_nothing(mairi, account):
    post = PostFactory(account=account)
    for body in (
        {"version": "1"}, {"version": 0}, {"version": 2**40}, {"version": 1, "text": "\x00"},
        {"version": 1, "media": [0]}, {"version": 1, "title": "x"}, {"version": 1, "time": []},
        {"version": 1, "time": {}}, {"version": True},
    ):  # fmt: skip
        told(mairi.ask("PUT", f"{POSTS}/{post.pk}", body), 400)
    post.refresh_from_db()
    assert post.version == 1
