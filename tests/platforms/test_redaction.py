"""No secret survives in what is kept or shown."""

import pytest

from platforms.redaction import Redactor, masked

SECRET = "EAAB|te/st+token==0042"


def test_a_known_secret_keeps_its_last_four():
    assert Redactor([SECRET])(f"Token {SECRET} is wrong") == "Token ••••0042 is wrong"


@pytest.mark.parametrize(
    "written",
    [
        "EAAB%7Cte%2Fst%2Btoken%3D%3D0042",
        "EAAB|te/st+token==0042",
    ],
)
def test_a_secret_is_known_however_it_is_written(written):
    assert "te" not in Redactor([SECRET])(f"see ?x={written}")


def test_a_secret_with_quotes_is_known_inside_json():
    assert "pass" not in Redactor(['my "pass" word']).__call__(r'{"said": "my \"pass\" word"}')


def test_a_short_secret_leaves_nothing():
    assert masked("hunter2") == "••••"


def test_a_secret_inside_another_does_not_expose_the_rest():
    cut = Redactor(["0123456789ab", "0123456789ab-and-more-xyzw"])
    assert cut("0123456789ab-and-more-xyzw") == "••••xyzw"


def test_a_secret_learned_later_is_cut_too():
    cut = Redactor()
    cut.hide("proof-0123456789")
    assert cut("with proof-0123456789") == "with ••••6789"


@pytest.mark.parametrize(
    "text",
    [
        "access_token=unknown-secret-9999",
        '{"access_token": "unknown-secret-9999"}',
        '{\\"accessJwt\\": \\"unknown-secret-9999\\"}',
        "?a=b&client_secret=unknown-secret-9999&c=d",
        "Authorization: Bearer unknown-secret-9999",
        "status\nset-cookie: session=unknown-secret-9999",
        "refreshToken: unknown-secret-9999",
        '{"token": "eyJunknown1.eyJunknown1.unknown9999"}',
    ],
)
def test_what_stands_where_secrets_stand_is_cut(text):
    cut = Redactor()(text)
    assert "unknown" not in cut
    assert "••••9999" in cut


def test_other_text_is_left_alone():
    text = "The token is wrong: it has expired. password reset was asked for"
    assert Redactor([SECRET, ""])(text) == text


def test_its_repr_gives_nothing_away():
    assert SECRET not in repr(Redactor([SECRET]))
