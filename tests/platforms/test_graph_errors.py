"""Each row of Graph's table of errors, through the sandbox: its class, and what a person reads."""

from datetime import UTC, datetime

import pytest

from platforms.errors import NotSent, OutcomeUnknown, PlatformError, RateLimited, Unclear
from platforms.graph_errors import BY_CODE, BY_SUBCODE, TOKEN_ENDED, Meaning
from tests.platforms.journal import MemoryJournal
from tests.platforms.pages import KINDS, PageAt

# Every two hundredth code means the same; its first and last stand for them.
CODES = [code for code in BY_CODE if code not in range(201, 299)]
FOR_DEVELOPERS = "(#1) Nobody should have to read this"


def refused(
    page: PageAt, kind: str = "text", call: str = "publish", **error: object
) -> tuple[PlatformError, MemoryJournal]:
    """The error of a post that Graph refuses so, and the journal it leaves."""
    said = {"message": FOR_DEVELOPERS, **error}
    page.sandbox.arm("facebook", "refuse", call=call, error=said)
    journal = MemoryJournal()
    with pytest.raises(PlatformError) as caught:
        page.adapter().publish(KINDS[kind], journal)
    assert page.sandbox.posts() == []
    return caught.value, journal


def check(error: PlatformError, journal: MemoryJournal, meaning: Meaning) -> None:
    expected = OutcomeUnknown if meaning.kind is Unclear else meaning.kind
    assert type(error) is expected
    assert ("post" in journal.steps) == (expected is OutcomeUnknown)
    assert error.sentence.startswith("Facebook ")
    assert error.sentence.endswith(".")
    assert FOR_DEVELOPERS not in error.sentence or not meaning.words
    assert meaning.words in error.sentence
    if expected is RateLimited:
        assert error.until is not None
        assert error.until > datetime.now(UTC)


@pytest.mark.parametrize("code", CODES)
def test_each_code(a_page, code):
    error, journal = refused(a_page, code=code)
    check(error, journal, BY_CODE[code])


@pytest.mark.parametrize("subcode", BY_SUBCODE)
def test_each_subcode(a_page, subcode):
    error, journal = refused(a_page, code=100, subcode=subcode)
    check(error, journal, BY_SUBCODE[subcode])


@pytest.mark.parametrize("subcode", BY_SUBCODE)
def test_some_of_them_come_as_a_code(a_page, subcode):
    error, journal = refused(a_page, code=subcode)
    check(error, journal, BY_SUBCODE[subcode])


@pytest.mark.parametrize("subcode", TOKEN_ENDED)
def test_each_reason_why_a_token_ended(a_page, subcode):
    error, _ = refused(a_page, code=190, subcode=subcode, status=401)
    assert error.sentence == f"Facebook no longer accepts the token: {TOKEN_ENDED[subcode]}."


def test_words_that_graph_has_for_people_are_repeated_as_they_are(a_page):
    error, _ = refused(a_page, code=100, subcode=1363040, user_message="Make it upright.")
    assert error.sentence == "Facebook refused the post: Make it upright."


@pytest.mark.parametrize("code", [code for code in CODES if BY_CODE[code].kind is Unclear])
def test_what_passes_is_harmless_in_an_upload(a_page, code):
    error, _ = refused(a_page, "photos", "upload", code=code, transient=True)
    assert type(error) is NotSent


@pytest.mark.parametrize("kind", ["photos", "video", "reel", "photo story", "video story"])
def test_a_refusal_of_the_upload_names_the_picture_or_video(a_page, kind):
    error, _ = refused(a_page, kind, "upload", code=100, subcode=1366046)
    what = "picture 1" if KINDS[kind].images else "video 1"
    assert error.sentence.startswith(f"Facebook refused {what}: ")
