"""What docs/api.md shows works as it is written, and is refused as it is written."""

import json
import re
import shlex
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from posting.models import Post
from tests.api.conftest import POSTS, told
from tests.factories import AccountFactory, PostFactory, UserFactory
from tests.processes import ROOT

TEXT = (ROOT / "docs" / "api.md").read_text()
EXAMPLES = re.findall(r"^curl .*?(?=^```)", TEXT, re.MULTILINE | re.DOTALL)
NEXT_YEAR = timezone.now().year + 1  # the dates of the document pass, what it says does not


def replay(command, token):
    """Send what this curl command would send."""
    words = shlex.split(command.replace("2026-", f"{NEXT_YEAR}-").replace("\\\n", " "))
    address = next(word for word in words if word.startswith("https://"))
    after = dict(pairwise(words))
    headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
    headers["Authorization"] = headers["Authorization"].replace("$TOKEN", token)
    return Client(enforce_csrf_checks=True).generic(
        after.get("-X", "GET"),
        address.removeprefix("https://syndication.example.org"),
        after.get("-d", ""),
        content_type=headers.pop("Content-Type", "application/json"),
        headers=headers,
    )


@pytest.fixture
def world(people):
    AccountFactory(pk=3, brand=people.brand)
    fedi = AccountFactory(pk=4, brand=people.brand, platform="mastodon")
    PostFactory(pk=17, version=2, account=fedi, scheduled=True)
    for pk in (18, 19):
        PostFactory(pk=pk, account=fedi)


@pytest.fixture
def token(mairi, world):
    return mairi.text


def test_each_example_works(token):
    answers = [replay(command, token) for command in EXAMPLES]
    assert [answer.status_code for answer in answers] == [200, 201, 200, 200]


def test_the_example_of_making_posts_makes_what_it_says(token):
    command = next(one for one in EXAMPLES if "syndication/posts" in one and "-X POST" in one)
    made = replay(command, token).json()["posts"]
    assert [post["account"]["id"] for post in made] == [3, 4]
    assert replay(command, token)["Idempotent-Replay"] == "true"
    assert Post.objects.count() == 5


def test_the_example_of_a_refusal_is_one(mairi, account):
    shown = json.loads(re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)[0])
    time = {"wall": "2027-03-28T01:30", "zone": "Europe/London"}
    answer = mairi.make(account, time=time)
    assert answer.json() == shown


@pytest.mark.django_db
def test_the_command_for_a_token_works():
    UserFactory(username="mairi")
    words = shlex.split(re.findall(r"^manage.py (create_api_token .*)$", TEXT, re.MULTILINE)[0])
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("syn_")


def test_a_fault_of_ours_is_a_problem_too(people, mairi, monkeypatch):
    monkeypatch.setattr("scheduling.api.posts.page_of", lambda *args, **more: 1 / 0)
    client = Client(raise_request_exception=False)
    answer = client.get(f"{POSTS}/queue", headers={"Authorization": f"Bearer {mairi.text}"})
    assert "broke on our side" in told(answer, 500)
    monkeypatch.setattr("desk.views.search.render", lambda *args, **more: 1 / 0)
    client.force_login(people.mairi)
    page = client.get("/syndication/search")
    assert (page.status_code, page["Content-Type"]) == (500, "text/html; charset=utf-8")
