"""Only web addresses become links that people click."""

import pytest

from platforms.links import web_address


@pytest.mark.parametrize("value", ["https://social.example/@ana/1", "http://127.0.0.1:8801/x"])
def test_a_web_address_is_kept(value):
    assert web_address(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        None,
        7,
        "javascript:alert(1)",
        "data:text/html,x",
        "//social.example/x",
        "/x",
        "https://",
        "https://[broken",
        "https://social.example/" + "x" * 500,
    ],
)
def test_anything_else_is_dropped(value):
    assert web_address(value) == ""
