"""`manage.py load_demo`: a bookshop that posts by itself, made once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from content.models import MediaAsset, Piece
from desk.demo import pictures
from desk.demo.loading import PASSWORD, USERNAME
from desk.demo.removing import remove_demo
from organisation.models import AuditEntry, Brand, Membership, User
from platforms.models import Account, PlatformCredential
from posting.models import Post
from posting.states import Status
from tests.sandbox.conftest import running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]


@pytest.fixture
def sandbox(settings):
    with running() as client:
        settings.SANDBOX_URL = client.address
        yield client


EVERYWHERE = ["bluesky", "facebook", "instagram", "mastodon", "twitter"]


def everything() -> dict[str, int]:
    models = (User, Brand, Membership, Account, PlatformCredential, Piece, MediaAsset, Post,
              AuditEntry)  # fmt: skip
    return {model.__name__: model.objects.count() for model in models}


def test_its_last_line_is_a_sign_in_that_works(run, sandbox, client):
    line = run("load_demo").splitlines()[-1]
    assert line == f"Sign in: {USERNAME} / {PASSWORD}"
    assert client.login(username=USERNAME, password=PASSWORD)
    assert User.objects.get().is_superuser


def test_one_post_on_each_platform_leaves_within_half_a_minute(run, sandbox):
    run("load_demo")
    soon = Post.objects.leaving_before(timezone.now() + timedelta(seconds=31))
    where = sorted(soon.values_list("platform__slug", flat=True))
    assert where == EVERYWHERE
    assert soon.filter(due_at__gt=timezone.now() + timedelta(seconds=5)).count() == 5


def test_others_are_ready_or_come_in_the_next_days(run, sandbox):
    run("load_demo")
    assert Post.objects.ready().count() == 5
    later = Post.objects.leaving_before(timezone.now() + timedelta(days=6))
    assert later.filter(due_at__gt=timezone.now() + timedelta(minutes=5)).count() == 9
    assert set(Post.objects.values_list("status", flat=True)) == {Status.READY, Status.SCHEDULED}


def test_a_second_start_adds_nothing(run, sandbox):
    said = run("load_demo")
    before = everything()
    assert run("load_demo") == said
    assert everything() == before


def test_a_second_start_takes_few_queries(run, sandbox, django_assert_max_num_queries):
    run("load_demo")
    with django_assert_max_num_queries(40):
        run("load_demo")


def test_a_sandbox_that_was_emptied_learns_the_accounts_again(run, settings):
    for _ in range(2):
        with running() as sandbox:
            settings.SANDBOX_URL = sandbox.address
            run("load_demo")
            known = sandbox.control("GET", "accounts").json()["accounts"]
            assert {account["platform"] for account in known} == set(EVERYWHERE)
    assert Account.objects.count() == 5


def test_what_was_half_made_is_finished_and_not_doubled(run, sandbox, monkeypatch):
    monkeypatch.setattr("desk.demo.loading.queue_post", _fails)
    with pytest.raises(RuntimeError):
        run("load_demo")
    monkeypatch.undo()
    run("load_demo")
    assert Piece.objects.count() == 7
    assert Post.objects.count() == 19


def _fails(*_: object, **__: object) -> None:
    raise RuntimeError("the power went")


def test_the_mastodon_account_knows_what_its_server_is(run, sandbox):
    run("load_demo")
    facts = Account.objects.get(platform__slug="mastodon").server_facts
    assert (facts["software"], facts["max_characters"]) == ("mastodon", 500)


def test_tokens_are_random_and_encrypted(run, sandbox):
    run("load_demo")
    values = {row.credential_value for row in PlatformCredential.objects.all()}
    assert len(values) == 5
    assert min(map(len, values)) >= 40


def test_every_picture_has_a_description(run, sandbox):
    run("load_demo")
    assert MediaAsset.objects.count() == 4
    assert not MediaAsset.objects.filter(alt="").exists()


@pytest.mark.parametrize("name", ["harbour", "shelf", "chart", "window"])
def test_a_picture_is_the_same_each_time(name):
    draw = getattr(pictures, name)
    assert draw() == draw()


def test_everything_is_done_by_a_person_who_stands_in_the_history(run, sandbox):
    run("load_demo")
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {"Demo Keeper"}
    for post in Post.objects.all():
        assert post.events.exists()


def test_a_password_that_was_changed_is_left_alone_and_not_told_wrongly(run, sandbox):
    run("load_demo")
    person = User.objects.get()
    person.set_password("another")
    person.save()
    assert run("load_demo").splitlines()[-1] == f"Sign in: {USERNAME} / the password you chose"
    person.refresh_from_db()
    assert person.check_password("another")


@pytest.mark.parametrize(
    ("url", "words"),
    [("", "SANDBOX_URL is not set"), ("http://127.0.0.1:1", "The sandbox does not answer at")],
)
def test_without_a_sandbox_nothing_is_made(refused, settings, url, words):
    settings.SANDBOX_URL = url
    assert words in refused("load_demo")
    assert not any(everything().values())


def test_something_else_at_its_address_is_not_taken_for_it(refused, settings, sandbox):
    settings.SANDBOX_URL = f"{sandbox.address}/mastodon"
    assert "is not the sandbox (status 404)" in refused("load_demo")


def test_an_administrator_with_a_known_password_is_not_made_where_others_can_reach_it(
    run, refused, settings, sandbox
):
    settings.SITE_URL = "https://social.example.org"
    assert "has a password everyone knows" in refused("load_demo")
    run("load_demo", "--public")


def test_a_demo_that_was_removed_stays_away_until_it_is_asked_for(run, sandbox):
    run("load_demo")
    remove_demo(by=User.objects.get(), now=timezone.now())
    assert "was removed" in run("load_demo")
    assert not Brand.objects.exists()
    assert run("load_demo", "--again").splitlines()[-1] == f"Sign in: {USERNAME} / {PASSWORD}"
    assert Brand.objects.get().slug == "harbour-books"
