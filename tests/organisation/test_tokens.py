"""Tokens: shown once, kept as a hash, opening no more and no longer than they should."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from organisation.clock import database_now
from organisation.models import ApiToken, AuditEntry
from organisation.tokens import issue_token, revoke_token, token_for
from tests.factories import BrandFactory, MembershipFactory, UserFactory


@pytest.fixture
def person(db):
    return UserFactory(username="mairi")


def issue(person, **more):
    asked = {"name": "till", "scopes": ["posts:read"], "by": person, "now": database_now(), **more}
    return issue_token(person, **asked)


def test_only_the_hash_and_the_beginning_are_kept(person):
    token, text = issue(person)
    assert token.hash == hashlib.sha256(text.encode()).hexdigest()
    assert text.startswith(token.prefix)
    assert len(text) >= 43
    values = ApiToken.objects.values().get()
    assert text not in str(values)
    assert text not in AuditEntry.objects.get(verb="make API token").sentence


def test_it_is_found_by_its_text_and_by_nothing_else(person):
    token, text = issue(person)
    assert token_for(text, database_now()) == token
    for other in (text[:-1], text + "x", token.hash, token.prefix, "", "\ud800"):
        assert token_for(other, database_now()) is None


def test_expired_and_revoked_tokens_open_nothing(person):
    now = database_now()
    _, short = issue(person, expires_at=now + timedelta(hours=1))
    assert token_for(short, now)
    assert token_for(short, now + timedelta(hours=1)) is None
    token, text = issue(person)
    for _ in range(2):
        revoke_token(token, by=person, now=now)
    assert token_for(text, now) is None
    assert AuditEntry.objects.filter(verb="revoke API token").count() == 1


def test_its_use_is_noted_once_a_minute(person, django_assert_num_queries):
    token, text = issue(person)
    now = database_now()
    token_for(text, now)
    with django_assert_num_queries(1):
        token_for(text, now + timedelta(seconds=59))
    token_for(text, now + timedelta(seconds=61))
    token.refresh_from_db()
    assert token.last_used_at == now + timedelta(seconds=61)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "expires_at"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(person, asked, field):
    with pytest.raises(ValidationError) as refusal:
        issue(person, **asked)
    assert set(refusal.value.message_dict) == {field}
    assert not ApiToken.objects.exists()


def test_a_token_is_not_for_a_brand_its_person_does_not_work_for(person):
    with pytest.raises(ValidationError, match="does not work for"):
        issue(person, brand=BrandFactory())


def test_the_command_prints_the_token_and_nothing_else(person, capsys):
    brand = MembershipFactory(user=person).brand
    call_command(
        "create_api_token", "mairi", name="till", scope=["posts:read", "posts:write"],
        brand=brand.slug, days=30,
    )  # fmt: skip
    text = capsys.readouterr().out.strip()
    token = token_for(text, database_now())
    assert token is not None
    assert (token.user, token.brand, token.scopes) == (person, brand, ["posts:read", "posts:write"])
    assert token.expires_at is not None
    assert token.expires_at > database_now() + timedelta(days=29)


@pytest.mark.parametrize(
    ("username", "asked", "words"),
    [
        ("nobody", {}, "no active person named nobody"),
        ("mairi", {"scope": []}, "Choose from posts:read"),
        ("mairi", {"brand": "none"}, "no brand none"),
        ("mairi", {"days": 0}, "1 to 36,500 days"),
    ],
)
def test_the_command_refuses_in_a_sentence(person, username, asked, words):
    with pytest.raises(CommandError, match=words):
        call_command(
            "create_api_token", username, **{"name": "x", "scope": ["posts:read"], **asked}
        )
