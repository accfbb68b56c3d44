"""Whether a platform could fetch from here, told from the address alone."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from platforms.public_address import is_public, media_base, why_unreachable
from syndication_project.environment import Environment


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("https://social.example.org", True),
        ("https://social.example.org:8443/media", True),
        ("http://93.184.216.34", True),
        ("https://[2606:4700::1]", True),
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False),
        ("https://192.168.1.4", False),
        ("https://10.0.0.1", False),
        ("https://[::1]", False),
        ("https://[fd00::1]", False),
        ("https://169.254.169.254", False),
        ("https://box", False),
        ("https://box.local", False),
        ("https://box.internal.", False),
        ("ftp://social.example.org", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_names_and_numbers_of_the_internet_are_public(address, public):
    assert is_public(address) is public


def test_without_a_setting_the_address_of_the_pages_is_used(settings):
    settings.MEDIA_BASE_URL, settings.SITE_URL = "", "https://social.example.org"
    assert media_base() == "https://social.example.org"
    assert why_unreachable("Instagram") == ""
    settings.MEDIA_BASE_URL = "https://media.example.org"
    assert media_base() == "https://media.example.org"


def test_the_sentence_says_what_is_wrong_and_who_mends_it(settings):
    settings.MEDIA_BASE_URL, settings.SITE_URL = "", "http://127.0.0.1:8000"
    sentence = why_unreachable("Instagram")
    assert sentence.startswith("Instagram fetches pictures and videos from an address, and this")
    assert "sets MEDIA_BASE_URL" in sentence
    settings.MEDIA_BASE_URL = "http://10.0.0.7"
    assert "MEDIA_BASE_URL is http://10.0.0.7, which only this network" in why_unreachable("X")


@pytest.mark.parametrize("value", ["social.example.org", "ftp://x.org", "https://", "https://a/?b"])
def test_a_setting_that_is_no_address_stops_the_start(monkeypatch, tmp_path, value):
    monkeypatch.setenv("MEDIA_BASE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="MEDIA_BASE_URL"):
        Environment(tmp_path / "none")("MEDIA_BASE_URL")


def test_a_slash_at_its_end_does_not_matter(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDIA_BASE_URL", "https://media.example.org/files/")
    assert Environment(tmp_path / "none")("MEDIA_BASE_URL") == "https://media.example.org/files"
