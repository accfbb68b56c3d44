"""Every answer carries the content security policy: pages, errors, the admin, redirects."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory

STRICT = (
    "default-src 'none'", "script-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    "object-src 'none'",
)  # fmt: skip


def directives(answer):
    return [part.strip() for part in answer.headers["Content-Security-Policy"].split(";")]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 302),
        ("/syndication", 200),
        ("/syndication/nowhere", 404),
        ("/admin/", 200),
        ("/admin/posting/post/", 200),
        ("/static/syndication/frame.css", 200),
    ],
)
def test_every_answer_carries_the_policy(client, db, address, status):
    client.force_login(UserFactory(boss=True))
    answer = client.get(address)
    answer.close()
    assert answer.status_code == status
    assert set(STRICT) <= set(directives(answer))
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_fault_carries_the_policy_too(client, db, monkeypatch):
    client.force_login(UserFactory(boss=True))
    client.raise_request_exception = False
    monkeypatch.setattr("desk.views.home.figures", lambda home: 1 / 0)
    answer = client.get(reverse("desk:home"))
    assert answer.status_code == 500
    assert set(STRICT) <= set(directives(answer))


def test_styles_of_a_page_may_carry_its_nonce_and_no_two_pages_share_one(client, db):
    client.force_login(UserFactory(boss=True))
    seen = set()
    for _ in range(2):
        answer = client.get(reverse("desk:home"))
        nonce = answer.content.decode().partition('name="csp-nonce" content="')[2].partition('"')[0]
        assert f"style-src 'self' 'nonce-{nonce}'" in directives(answer)
        seen.add(nonce)
    assert len(seen) == 2


def test_the_csrf_page_carries_the_policy(db, client):
    client.handler.enforce_csrf_checks = True
    answer = client.post(reverse("desk:sign_in"), {})
    assert answer.status_code == 403
    assert set(STRICT) <= set(directives(answer))
