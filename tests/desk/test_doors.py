"""Signing in and out, pictures, and the pages for what went wrong."""

import io

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import RequestFactory
from django.urls import reverse
from django.views import defaults
from PIL import Image

from content.media import keep_picture
from tests.factories import PASSWORD, UserFactory

SIGN_IN = reverse("desk:sign_in")


@pytest.fixture
def callum(db):
    return UserFactory(username="callum")


def sign_in(client, **more):
    return client.post(SIGN_IN, {"username": "callum", "password": PASSWORD, **more})


def test_signing_in_leads_home(client, callum):
    assert sign_in(client).url == reverse("desk:home")


def test_signing_in_leads_to_where_one_wanted_to_go(client, callum):
    assert sign_in(client, next="/syndication/posting/posts/7").url.endswith("/posts/7")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil"]
)
def test_signing_in_never_leads_to_another_site(client, callum, elsewhere):
    assert sign_in(client, next=elsewhere).url == reverse("desk:home")


def test_a_wrong_password_is_said_and_never_sent_back(client, callum):
    answer = client.post(SIGN_IN, {"username": "callum", "password": "hunter2-hunter2"})
    text = answer.content.decode()
    assert "That name and password do not belong together" in text
    assert "hunter2" not in text


def test_who_is_signed_in_goes_straight_home(client, callum):
    client.force_login(callum)
    assert client.get(SIGN_IN).url == reverse("desk:home")


def test_signing_out_is_a_button_not_a_link(client, callum):
    client.force_login(callum)
    assert client.get(reverse("desk:sign_out")).status_code == 405
    assert client.post(reverse("desk:sign_out")).url == SIGN_IN
    assert client.get(reverse("desk:home")).status_code == 302


@pytest.fixture
def asset(people, data_dir):
    bytes_ = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(bytes_, "PNG")
    bytes_.seek(0)
    return keep_picture(bytes_, "loom.png", brand=people.brand, by=people.mairi, alt="A loom")


def test_a_picture_is_shown_to_members_only(client, people, asset):
    address = reverse("desk:picture", args=[asset.sha256])
    assert client.get(address).status_code == 302
    client.force_login(people.isla)
    assert client.get(address).status_code == 404
    client.force_login(people.ewan)
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")


def test_a_picture_whose_file_is_gone_is_not_found(client, people, asset):
    asset.file.delete(save=False)
    client.force_login(people.mairi)
    path = reverse("desk:picture", args=[asset.sha256])
    assert client.get(path).status_code == 404


def test_an_address_that_leads_nowhere_says_so_to_everyone(client, callum):
    for person in (None, callum):
        if person:
            client.force_login(person)
        answer = client.get("/syndication/nowhere")
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.content.decode()


@pytest.mark.django_db
def test_faults_and_bad_requests_have_their_words():
    request = RequestFactory().get("/")
    fault = defaults.server_error(request)
    assert fault.status_code == 500
    assert "Something broke on our side" in fault.content.decode()
    bad = defaults.bad_request(request, SuspiciousOperation())
    assert bad.status_code == 400
    assert "could not be understood" in bad.content.decode()
