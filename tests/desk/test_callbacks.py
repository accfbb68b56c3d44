"""Facebook's callbacks: a person removed the app, or wants their data deleted."""

import json
from base64 import urlsafe_b64encode

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisation.models import AuditEntry, Notice, Role
from platforms.keeping import keep_app
from platforms.models import Account, Erasure, Platform, PlatformCredential
from platforms.oauth import AppKeys
from platforms.signed_request import LONGEST, NotSigned, read
from posting.models import Post
from sandbox.facebook.signing import signed_request
from sandbox.logins import App
from tests.desk.walking import CAFE, MAIRI, SITE, Walk, page_of
from tests.factories import AccountFactory, BrandFactory, MembershipFactory, PostFactory
from tests.sandbox.conftest import running

pytestmark = pytest.mark.django_db
SECRET = "the secret of our own app"
PERSON = "7700"


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


@pytest.fixture
def account():
    """Connected by a person through the brand's own app, with a post that is out."""
    made = AccountFactory(granted_by=PERSON, login_path="facebook-login")
    by = MembershipFactory(brand=made.brand, role=Role.ADMINISTRATOR).user
    keys = AppKeys("123456789012", SECRET)
    facebook = Platform.objects.get(slug="facebook")
    keep_app(made.brand, facebook, "", keys, by=by, now=timezone.now())
    PostFactory(account=made, published=True)
    return made


def signed(person=PERSON, secret=SECRET):
    return signed_request(App("facebook", "1", secret), person)


def call(text, name="erase", **more):
    address = reverse(f"desk:{name}", args=["facebook"])
    return Client(enforce_csrf_checks=True).post(address, {"signed_request": text}, **more)


@pytest.mark.parametrize("name", ["deauthorise", "erase"])
def test_what_a_person_takes_back_is_erased_and_the_posts_stay(account, name):
    answer = call(signed(), name).json()
    account.refresh_from_db()
    assert (account.state, account.granted_by) == ("paused", "")
    assert not account.credentials.exists()
    assert "Its tokens are erased and it is paused." in account.state_reason
    assert Post.objects.filter(account=account, status="published").count() == 1
    assert Notice.objects.open().filter(fault=f"account:{account.pk}").count() == 1
    assert AuditEntry.objects.filter(verb__startswith="forget").count() == 1
    assert answer["url"].endswith(f"/syndication/erased/{answer['confirmation_code']}")


def test_the_code_leads_to_a_page_that_anybody_can_read_and_that_names_nobody(account):
    code = call(signed()).json()["confirmation_code"]
    page = page_of(Client().get(reverse("desk:erased", args=[code])))
    assert "Posts of the organisation: kept." in page
    assert account.name not in page
    assert PERSON not in page
    assert Client().get(reverse("desk:erased", args=["made-up"])).status_code == 404


def test_a_repetition_gets_the_same_answer_and_touches_nothing(account):
    text = signed()
    first = call(text).json()
    Account.objects.update(state="connected", granted_by=PERSON)
    assert call(text).json() == first
    account.refresh_from_db()
    assert account.state == "connected"
    assert Erasure.objects.count() == 1


def test_others_accounts_and_others_apps_are_left_alone(account):
    other_person = AccountFactory(
        brand=account.brand, granted_by="8800", login_path="facebook-login"
    )
    other_brand = AccountFactory(granted_by=PERSON, login_path="facebook-login")
    pasted = AccountFactory(brand=account.brand, granted_by=PERSON, login_path="")
    call(signed())
    for left in (other_person, other_brand, pasted):
        left.refresh_from_db()
        assert left.state == "connected"
        assert left.credentials.exists()


def test_somebody_unknown_gets_a_code_too(account):
    assert call(signed("nobody we know")).status_code == 200
    assert Erasure.objects.get().accounts == 0


def other_payload():
    signature = signed().partition(".")[0]
    facts = {"algorithm": "HMAC-SHA256", "user_id": "8800"}
    return f"{signature}.{urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip('=')}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "x.y",
        "é.é",
        "a" * (LONGEST + 1),
        signed(secret="another secret"),
        signed().replace(".", ""),
        other_payload(),
        signed()[:-3],
    ],
)
@pytest.mark.parametrize("name", ["deauthorise", "erase"])
def test_without_a_right_signature_nothing_is_done(account, text, name):
    answer = call(text, name)
    assert answer.status_code == 400
    assert SECRET not in answer.content.decode()
    account.refresh_from_db()
    assert account.state == "connected"
    assert not Erasure.objects.exists()


def test_a_payload_of_another_algorithm_is_refused():
    app = App("facebook", "1", SECRET)
    text = signed_request(app, "")  # signed rightly, and about nobody
    with pytest.raises(NotSigned):
        read(text, [SECRET])


def test_only_post_and_only_platforms_with_an_app(account):
    assert Client().get(reverse("desk:erase", args=["facebook"])).status_code == 405
    assert Client().post(reverse("desk:erase", args=["mastodon"])).status_code == 404


def test_an_address_that_asks_too_often_is_told_to_wait(account):
    found = [call("x.y").status_code for _ in range(70)]
    assert found.count(429) >= 1
    assert found[0] == 400
    assert call("x.y", REMOTE_ADDR="10.0.0.9").status_code == 400


def test_from_the_consent_at_the_sandbox_to_its_withdrawal(settings):
    una = MembershipFactory(brand=BrandFactory(), role=Role.ADMINISTRATOR).user
    with running() as sandbox:
        settings.SANDBOX_URL, settings.SITE_URL = sandbox.address, SITE
        Walk(sandbox, una).connect(CAFE, sandbox=1)
        said = sandbox.control(
            "POST", "revocations", json={"platform": "facebook", "person": MAIRI}
        ).json()
        assert said["revoked"] > 0
        assert call(said["signed_request"], "deauthorise").status_code == 200
    account = Account.objects.get(remote_id=CAFE)
    assert account.state == "paused"
    assert not PlatformCredential.objects.filter(account=account).exists()
