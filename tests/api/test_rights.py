"""Who may do what through the API: three people, nobody, and tokens with less than their person."""

import time

import pytest
from django.test import Client

from organisation.api.throttling import WINDOW
from organisation.clock import database_now
from organisation.models import Role
from organisation.tokens import revoke_token
from posting.models import Post
from tests.api.conftest import POSTS, QUEUE, Program, blamed, told
from tests.factories import (
    PASSWORD,
    AccountFactory,
    BrandFactory,
    MediaAssetFactory,
    MembershipFactory,
    PieceFactory,
    PostFactory,
)

READ, WRITE, PUBLISH = "posts:read", "posts:write", "posts:publish"
LATER = {"wall": "2027-03-29T12:00"}


def one(post):
    return f"{POSTS}/{post.pk}"


@pytest.fixture
def post(account):
    return PostFactory(account=account)


def everything(post):
    """Each view with a request that would do something."""
    target = {"targets": [{"account": post.account_id}], "text": "x"}
    return [
        ("POST", POSTS, target),
        ("GET", QUEUE, None),
        ("GET", one(post), None),
        ("PUT", one(post), {"version": 1, "text": "Other"}),
        ("DELETE", one(post), None),
    ]


def test_without_a_token_nothing_is_told(post):
    for method, path, body in everything(post):
        answer = Client().generic(method, path, body or b"", content_type="application/json")
        assert "without a token" in told(answer, 401)
        assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("text", ["", "syn_wrong", "ñ", "a b c", "\udcff", "x" * 9000])
def test_a_wrong_token_opens_nothing(mairi, post, text):
    mairi.text = text
    for method, path, body in everything(post):
        assert "opens nothing" in told(mairi.ask(method, path, body), 401)


def test_a_revoked_token_opens_nothing(mairi, people):
    revoke_token(mairi.token, by=people.mairi, now=database_now())
    assert mairi.ask("GET", QUEUE).status_code == 401


def test_an_inactive_persons_token_opens_nothing(mairi, people):
    people.mairi.is_active = False
    people.mairi.save()
    assert mairi.ask("GET", QUEUE).status_code == 401


def test_someone_of_another_brand_finds_nothing(program, people, post):
    isla = program(people.isla)
    assert isla.ask("GET", QUEUE).json()["results"] == []
    for method, path, body in everything(post)[2:]:
        assert "belongs to others" in told(isla.ask(method, path, body), 404)
    answer = isla.make(post.account)
    assert "There is no account" in told(answer, 404)
    assert blamed(answer) == ["/targets/0/account"]


def test_a_token_for_one_brand_sees_no_other(people, post, account):
    other = BrandFactory()
    MembershipFactory(user=people.mairi, brand=other, role=Role.PUBLISHER)
    narrow = Program(people.mairi, brand=other)
    assert narrow.ask("GET", one(post)).status_code == 404
    assert narrow.ask("GET", QUEUE).json()["results"] == []
    assert narrow.make(account).status_code == 404
    assert narrow.make(AccountFactory(brand=other)).status_code == 201


def test_pictures_and_pieces_of_another_brand_are_not_there(mairi, account):
    picture, piece = MediaAssetFactory(), PieceFactory()
    answer = mairi.make(account, media=[picture.pk])
    assert blamed(answer) == ["/media/0"]
    body = {"piece": piece.pk, "targets": [{"account": account.pk}]}
    assert "has no piece" in told(mairi.ask("POST", POSTS, body), 404)


def test_an_author_writes_and_lets_nothing_go_out(program, people, account, post):
    ewan = program(people.ewan)
    assert ewan.make(account).status_code == 201
    assert ewan.ask("PUT", one(post), {"version": 1, "text": "Other"}).status_code == 200
    for refused in (
        ewan.make(account, publish_now=True),
        ewan.make(account, time=LATER),
        ewan.ask("PUT", one(post), {"version": 2, "time": LATER}),
        ewan.ask("DELETE", one(post)),
    ):
        assert "no role at Glen & Loom that allows this" in told(refused, 403)
    assert Post.objects.exclude(status="ready").count() == 0


def test_an_author_does_not_change_what_is_about_to_go_out(program, people, account):
    post = PostFactory(account=account, scheduled=True)
    answer = program(people.ewan).ask("PUT", one(post), {"version": 1, "text": "Other"})
    assert answer.status_code == 403


def test_an_auditor_only_reads(program, people, post):
    people.ewan.memberships.update(role=Role.AUDITOR)
    ewan = program(people.ewan)
    answers = [ewan.ask(*request).status_code for request in everything(post)]
    assert answers == [403, 200, 200, 403, 403]


def test_a_token_does_only_what_its_scopes_say(program, people, post):
    requests = everything(post)
    reader, writer = program(people.mairi, READ), program(people.mairi, WRITE)
    assert [reader.ask(*r).status_code for r in requests] == [403, 200, 200, 403, 403]
    assert "lacks the scope posts:write" in told(reader.ask(*requests[0]), 403)
    assert [writer.ask(*r).status_code for r in requests] == [201, 403, 403, 200, 200]


def test_without_the_publishing_scope_nothing_goes_out(program, people, account, post):
    writer = program(people.mairi, READ, WRITE)
    live = PostFactory(account=account, published=True)
    for refused in (
        writer.make(account, publish_now=True),
        writer.make(account, time=LATER),
        writer.ask("PUT", one(post), {"version": 1, "time": LATER}),
        writer.ask("DELETE", one(live)),
    ):
        assert "lacks the scope posts:publish" in told(refused, 403)


def test_a_session_works_and_needs_its_csrf_token_to_change_anything(people, post):
    browser = Client(enforce_csrf_checks=True)
    assert browser.login(username="mairi", password=PASSWORD)
    assert browser.get(QUEUE).status_code == 200
    assert "CSRF" in told(browser.delete(one(post)), 403)
    browser.get("/syndication/sign-in")
    browser.cookies["csrftoken"] = secret = "a" * 32
    answer = browser.delete(one(post), headers={"X-CSRFToken": secret})
    assert answer.status_code == 200


def test_the_description_and_its_page_are_for_those_who_may_use_it(client, mairi, people):
    assert client.get("/api/syndication/schema").status_code == 401
    assert client.get("/api/syndication/docs").status_code == 302
    assert mairi.ask("GET", "/api/syndication/schema").status_code == 200
    client.force_login(people.mairi)
    page = client.get("/api/syndication/docs").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert "http" not in page.replace("http-equiv", "")


def test_too_many_requests_wait(mairi, settings, program, people, monkeypatch):
    settings.API_REQUESTS_PER_MINUTE = 2
    within = time.time() // WINDOW * WINDOW + 20  # all in one minute, however long they take
    monkeypatch.setattr("organisation.api.throttling.time.time", lambda: within)
    answers = [mairi.ask("GET", QUEUE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Too many requests" in told(answers[2], 429)
    assert answers[2]["Retry-After"] == "40"
    assert program(people.mairi).ask("GET", QUEUE).status_code == 200
