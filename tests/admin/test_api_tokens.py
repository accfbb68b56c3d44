"""Tokens in the back office: one's own, shown once, and revoked there."""

import pytest
from django.urls import reverse

from organisation.clock import database_now
from organisation.models import ApiToken
from organisation.tokens import issue_token, token_for

ADD = "admin:organisation_apitoken_add"
LIST = "admin:organisation_apitoken_changelist"


def add(client, **more):
    asked = {"name": "till", "scopes": ["posts:read"], **more}
    return client.post(reverse(ADD), asked)


def test_a_new_token_is_shown_this_once(client, staff):
    client.force_login(staff["mairi"])
    page = add(client)
    token = ApiToken.objects.get()
    text = page.context["shown_once"]
    assert token_for(text, database_now()) == token
    assert text in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    for address in (LIST, "admin:organisation_apitoken_change"):
        where = reverse(address, args=[token.pk] if address != LIST else [])
        assert text not in client.get(where).content.decode()


def test_nobody_makes_a_token_for_somebody_else_but_a_superuser(client, staff):
    client.force_login(staff["una"])
    add(client, user=staff["mairi"].pk)
    assert ApiToken.objects.get().user == staff["una"]
    client.force_login(staff["boss"])
    add(client, user=staff["mairi"].pk)
    assert ApiToken.objects.filter(user=staff["mairi"]).exists()


def test_ones_own_tokens_are_listed_and_no_others(client, staff):
    token, _ = issue_token(
        staff["mairi"], name="hers", scopes=["posts:read"], by="test", now=database_now()
    )
    change = reverse("admin:organisation_apitoken_change", args=[token.pk])
    for person, sees in (("mairi", True), ("isla", False), ("una", False), ("boss", True)):
        client.force_login(staff[person])
        assert ("hers" in client.get(reverse(LIST)).content.decode()) is sees
        assert client.get(change).status_code == (200 if sees else 404)


def test_tokens_are_revoked_and_never_changed(client, staff):
    token, text = issue_token(
        staff["mairi"], name="hers", scopes=["posts:read"], by="test", now=database_now()
    )
    client.force_login(staff["mairi"])
    change = reverse("admin:organisation_apitoken_change", args=[token.pk])
    assert client.post(change, {"name": "other"}).status_code == 403
    client.post(reverse(LIST), {"action": "revoke", "_selected_action": [token.pk]})
    assert token_for(text, database_now()) is None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"scopes": []}, "required"),
        ({"scopes": ["all"]}, "valid choice"),
        ({"name": ""}, "This field"),
    ],
)
def test_what_is_wrong_stands_on_the_form(client, staff, asked, words):
    client.force_login(staff["mairi"])
    assert words in add(client, **asked).content.decode()
    assert not ApiToken.objects.exists()
