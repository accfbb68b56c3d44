"""Addresses in settings: what EMAIL_URL and DATABASE_URL can say, and what is refused."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from syndication_project.environment import Environment


def read(monkeypatch, url):
    monkeypatch.setenv("EMAIL_URL", url)
    return Environment().mail()


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl"),
    [
        ("smtp://localhost", "localhost", 25, False, False),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, False, False),
        ("smtp+tls://mail.example.org", "mail.example.org", 587, True, False),
        ("smtp+ssl://mail.example.org", "mail.example.org", 465, False, True),
        ("smtp+tls://[::1]:2525", "::1", 2525, True, False),
    ],
)
def test_the_scheme_says_how_it_is_spoken(monkeypatch, url, host, port, tls, ssl):
    found = read(monkeypatch, url)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == (host, port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, ssl)


def test_escaped_characters_of_the_password_are_read(monkeypatch):
    found = read(monkeypatch, "smtp+tls://me%40example.org:p%2Fw%3A@mail.example.org:587")
    assert found["EMAIL_HOST_USER"] == "me@example.org"
    assert found["EMAIL_HOST_PASSWORD"] == "p/w:"


def test_empty_means_no_mail(monkeypatch):
    assert read(monkeypatch, "") == {}


@pytest.mark.parametrize(
    "url", ["mail.example.org", "smtps://h", "http://h", "smtp://", "smtp://h:x", "smtp://h:99999"]
)
def test_what_cannot_be_read_is_refused_without_repeating_it(monkeypatch, url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL cannot be read"):
        read(monkeypatch, url)


def test_an_address_of_the_database_turns_server_side_cursors_off(monkeypatch):
    url = "postgres://one:two@127.0.0.1:6432/three?DISABLE_SERVER_SIDE_CURSORS=true"
    monkeypatch.setenv("DATABASE_URL", url)
    assert Environment().database("")["DISABLE_SERVER_SIDE_CURSORS"]
